import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { Kysely, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { SqlLeases } from '../../src/db/leases.ts';
import { NodeSqliteDialect } from '../../src/db/sqlite-dialect.ts';
import { minute } from '../support/samples.ts';
import { onBothEngines, open, openFresh, POSTGRES, type TestEngine } from './setup.ts';

// Printed once for all suites: a reporter does not name skipped tests.
if (POSTGRES !== 'PostgreSQL') console.warn(POSTGRES);

describe('the schema', () => onBothEngines(suite));

function suite(engine: TestEngine) {
  test('consists of these changes', async () => {
    const { db } = await openFresh(engine);
    const { rows } = await sql<{ name: string }>`select name from schema_changes order by name`.execute(db);
    expect(rows.map(({ name }) => name)).toEqual([
      '001_first',
      '002_reminders',
      '003_audit_chain',
      '004_names',
      '005_reminder_rounds',
      '006_unread',
      '008_readings',
      '009_methods',
      '010_hand_off',
      '011_first_statuses',
      '012_usage',
      '013_impact',
      '014_dry_runs',
      '015_daily_counts',
      '016_holds',
      '017_start_refusals',
      '018_watches',
      '019_adobe_pauses',
      '020_triage',
      '021_order',
      '022_indexes',
      '023_status_times',
      '024_ask_messages',
      '025_people_behind',
      '026_assignments',
      '027_triage_order',
      '028_impact_before',
      '029_message_links',
    ]);
  });

  test('stays unchanged at the next start, with its content', async () => {
    const { db, settings } = await openFresh(engine);
    await new SqlLeases(db, engine.kind, 'me').acquire('one', minute(0), 60_000);
    const later = await open(settings);
    expect(await later.selectFrom('leases').select(['name', 'holder']).execute()).toEqual([
      { name: 'one', holder: 'me' },
    ]);
  });

  test('of a newer version is rejected with the reason', async () => {
    const { db, settings } = await openFresh(engine);
    await sql`insert into schema_changes (name, timestamp) values ('999_later', ${minute(0).toISOString()})`.execute(
      db,
    );
    await expect(openDatabase(settings)).rejects.toThrow(
      'The database was changed by a newer version of qs-creds (999_later): start that version.',
    );
  });

  test('that cannot be created is rejected with the reason', async () => {
    const { db, settings } = await openFresh(engine);
    await sql`delete from schema_changes`.execute(db);
    await expect(openDatabase(settings)).rejects.toMatchObject({
      message: 'The database schema could not be brought up to date.',
      cause: { message: expect.stringContaining('already exists') },
    });
  });

  test('is created completely or not at all', async () => {
    const { db, settings } = await openFresh(engine);
    await sql`delete from schema_changes`.execute(db);
    // The first statement of the change succeeds, a later one fails.
    await sql`drop table credentials`.execute(db);
    await expect(openDatabase(settings)).rejects.toThrow('could not be brought up to date');
    await expect(sql`select * from credentials`.execute(db)).rejects.toThrow(/no such table|does not exist/);
  });

  if (engine.kind === 'sqlite') {
    test('waits for a process that is writing the new file', async () => {
      const { settings } = await openFresh(engine);
      if (settings.kind !== 'sqlite') throw new Error('not a file');
      const path = `${settings.path}.second`;
      const writer = new DatabaseSync(path);
      writer.exec('begin immediate');
      const db = new Kysely({ dialect: new NodeSqliteDialect(path) });
      const mode = sql`pragma journal_mode`.execute(db);
      // By now the first attempt has failed.
      await setImmediate();
      writer.close();
      expect((await mode).rows).toMatchObject([{ journal_mode: 'wal' }]);
      await db.destroy();
    });
  }
}
