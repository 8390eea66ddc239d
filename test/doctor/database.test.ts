import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { CheckRun } from '../../src/doctor/check.ts';
import { checkDatabase } from '../../src/doctor/database.ts';
import { summarizeDatabase } from '../../src/doctor/store.ts';
import { onBothEngines, openAt, openFresh, type TestEngine } from '../db/setup.ts';

/** What the doctor says about a database, and whether this version can read it. */
async function look(settings: Awaited<ReturnType<TestEngine['empty']>>) {
  const run = new CheckRun({ wrong: new Set(), timeoutMs: 10_000, onResult: () => {} });
  const db = await checkDatabase(run, settings);
  const summary = db === null ? null : await summarizeDatabase(db);
  await db?.destroy();
  const [{ ok, detail, fix } = { ok: null, detail: '', fix: null }] = run.results;
  return { ok, detail, fix, summary };
}

onBothEngines((engine) => {
  test('the doctor leaves a database without tables to the first start', async () => {
    const settings = await engine.empty();
    const words = /the first start creates/;
    expect(await look(settings)).toMatchObject({ ok: true, detail: expect.stringMatching(words), summary: null });
    expect(await look(settings)).toMatchObject({ detail: expect.stringMatching(words) });
  });

  test('the doctor leaves the schema of an older version to the next start', async () => {
    const { settings, db } = await openAt(engine, '005_reminder_rounds');
    const words = /the next start brings its schema up to date \(006_unread/;
    expect(await look(settings)).toMatchObject({ ok: true, detail: expect.stringMatching(words), summary: null });
    const { rows } = await sql<{ name: string }>`select name from schema_changes order by name desc`.execute(db);
    expect(rows[0]?.name).toBe('005_reminder_rounds');
  });

  test('the doctor reads the current schema for a report', async () => {
    const { settings } = await openFresh(engine);
    const { ok, summary } = await look(settings);
    expect(ok).toBe(true);
    expect(summary).toEqual({
      counts: {
        ...{ credentials: {}, migrations: {}, reminderRounds: {}, reminderMessages: {} },
        ...{ integrations: 0, auditRows: 0 },
      },
      lastErrors: {
        ...{ sync: null, syncTriedAt: null, syncSucceededAt: null, unread: [], starts: [], channel: null },
      },
    });
  });

  test('the doctor reports the schema of a newer version as a fault', async () => {
    const { settings, db } = await openFresh(engine);
    await sql`insert into schema_changes (name, timestamp) values ('999_later', '2030-01-01')`.execute(db);
    expect(await look(settings)).toMatchObject({ ok: false, fix: 'Start that version.', summary: null });
  });
});
