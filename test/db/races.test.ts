import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import type { MigrationState } from '../../src/migrations/migration.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { accountId, minute, request } from '../support/samples.ts';
import { PROCESSES, useContenders } from './contenders.ts';
import { onBothEngines, openFresh, type TestEngine } from './setup.ts';

describe('races between processes', () => onBothEngines(suite));

/** Concurrent calls per process: twenty in all. */
const CALLS = 20 / PROCESSES;
const organisation = 'org';
const at = minute(1).getTime();

/** The names of the recorded schema changes. */
async function changesIn(db: Database): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from schema_changes order by name`.execute(db);
  return rows.map(({ name }) => name);
}

function suite(engine: TestEngine) {
  const contenders = useContenders();

  async function fresh() {
    const { db, settings } = await openFresh(engine);
    const store = new SqlMigrationStore(db, organisation);
    const put = async (id: string, state: MigrationState, number: number) =>
      store.ask(request(id, { state, technicalAccountId: accountId(number), askedBy: `U${id}` }));
    const audited = async (action: MigrationState) =>
      (await db.selectFrom('audit').select('migration_id').where('action', '=', action).execute()).map(
        (row) => row.migration_id,
      );
    return { db, settings, store, put, audited };
  }

  test('create the schema once when they start at the same moment', async () => {
    const fromOne = await changesIn((await openFresh(engine)).db);
    // Several times, since the race has a short window.
    for (let i = 0; i < 10; i++) {
      const settings = await engine.empty();
      expect(await contenders.contend(settings, { do: 'open' })).toEqual(Array(PROCESSES).fill('open'));
      const db = await openDatabase(settings);
      onTestFinished(() => db.destroy());
      expect(await changesIn(db)).toEqual(fromOne);
    }
  });

  test('confirm a request once', async () => {
    const { settings, store, put, audited } = await fresh();
    await put('m', 'asked', 1);
    const task = { do: 'confirm', organisation, ids: Array<string>(CALLS).fill('m'), at } as const;
    const results = await contenders.contend(settings, task);
    expect(results).toHaveLength(20);
    expect(results.filter((result) => result !== null)).toEqual(['m']);
    expect(await audited('confirmed')).toEqual(['m']);
    expect(await store.get('m')).toMatchObject({ state: 'confirmed', decidedAt: minute(1) });
  });

  test('confirm one of several requests for a credential', async () => {
    const { settings, store, put, audited } = await fresh();
    const ids = Array.from({ length: CALLS }, (_, i) => `m${i}`);
    for (const id of ids) await put(id, 'asked', 1);
    const results = await contenders.contend(settings, { do: 'confirm', organisation, ids, at });
    const won = results.filter((result) => result !== null);
    expect(won).toHaveLength(1);
    expect(await audited('confirmed')).toEqual(won);
    expect((await store.queue()).map(({ id }) => id)).toEqual(won);
    expect(await store.overdueRequests(new Date('2100-01-01'))).toHaveLength(CALLS - 1);
  });

  test('submit one of several queued migrations', async () => {
    const { settings, store, put, audited } = await fresh();
    const ids = Array.from({ length: CALLS }, (_, i) => `m${i}`);
    for (const [i, id] of ids.entries()) await put(id, 'confirmed', i);
    const results = await contenders.contend(settings, { do: 'submit', organisation, ids, at });
    const won = results.filter((result) => result !== null);
    expect(won).toHaveLength(1);
    expect(await audited('submitted')).toEqual(won);
    const line = await store.queue();
    expect(line.filter(({ state }) => state === 'submitted').map(({ id }) => id)).toEqual(won);
    expect(line.filter(({ state }) => state === 'confirmed')).toHaveLength(CALLS - 1);
  });

  test('resolve a migration that needs attention once', async () => {
    const { settings, store, put, audited } = await fresh();
    await put('m', 'needs_attention', 1);
    const task = { do: 'resolve', organisation, ids: Array<string>(CALLS).fill('m'), at } as const;
    const results = await contenders.contend(settings, task);
    expect(results).toHaveLength(20);
    expect(results.filter((result) => result !== null)).toEqual(['m']);
    expect(await audited('resolved')).toEqual(['m']);
    expect(await store.get('m')).toMatchObject({ state: 'resolved', endedAt: minute(1) });
  });

  test('continue by hand once after a refused start', async () => {
    const { db, settings, store } = await fresh();
    const ended = { decidedBy: 'U1', decidedAt: minute(0), startedAt: minute(0), endedAt: minute(0) };
    await store.ask(request('m', { state: 'failed', ...ended }));
    const task = { do: 'continue', organisation, ids: Array<string>(CALLS).fill('m'), at } as const;
    const results = await contenders.contend(settings, task);
    expect(results.filter((result) => result !== null)).toEqual(['m']);
    const rows = await db.selectFrom('audit').select('migration_id').where('action', '=', 'continued').execute();
    expect(rows).toEqual([{ migration_id: 'm' }]);
    const goingOn = { state: 'confirmed', method: 'hand-off', decidedAt: minute(0), startedAt: null, endedAt: null };
    expect(await store.get('m')).toMatchObject(goingOn);
  });

  test('claim the reminder to press Migrate once', async () => {
    const { settings, store } = await fresh();
    await store.ask(request('m', { state: 'submitted', method: 'hand-off', startedAt: minute(0) }));
    const task = { do: 'remind', organisation, ids: Array<string>(CALLS).fill('m'), at } as const;
    expect((await contenders.contend(settings, task)).filter((result) => result !== null)).toEqual(['m']);
    expect(await store.get('m')).toMatchObject({ remindedAt: minute(1) });
  });

  test('give a lease to one holder, and to one again after it expires', async () => {
    const { db, settings } = await fresh();
    const ttlMs = 60_000;
    for (const now of [at, at + ttlMs]) {
      const results = await contenders.contend(settings, { do: 'acquire', times: CALLS, at: now, ttlMs });
      expect(results).toHaveLength(20);
      const won = results.filter((result) => result !== null);
      const { holder, until } = await db.selectFrom('leases').selectAll().executeTakeFirstOrThrow();
      expect(won).toEqual([holder]);
      // PostgreSQL uses its own clock.
      if (settings.kind === 'sqlite') expect(until).toBe(new Date(now + ttlMs).toISOString());
      else await db.updateTable('leases').set({ until: new Date().toISOString() }).execute();
    }
  });
}
