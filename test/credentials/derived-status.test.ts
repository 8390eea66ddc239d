import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { lockCounts } from '../../src/credentials/counts-store.ts';
import type { AdobeStatus } from '../../src/credentials/credential.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import type { Database } from '../../src/db/database.ts';
import type { MigrationState } from '../../src/migrations/migration.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { onBothEngines, open, openFresh, type TestEngine } from '../db/setup.ts';
import { accountId, credential, minute, request } from '../support/samples.ts';

describe('the derived status', () => onBothEngines(suite));

const NOTE = { at: minute(3), actor: 'U3', detail: null };

function suite(engine: TestEngine) {
  async function fresh() {
    const { db, settings } = await openFresh(engine);
    const sync = new SqlSyncStore(db);
    const credentials = new SqlCredentialStore(db);
    const migrations = new SqlMigrationStore(db, 'org');
    await sync.replaceCredentials([credential(1), credential(2)], minute(0));
    const status = async (number: number) => (await credentials.get(accountId(number)))?.status;
    return { db, settings, sync, credentials, migrations, status };
  }

  test.each<[AdobeStatus, MigrationState[], string[]]>([
    ['not_started', ['cancelled'], ['eligible']],
    ['not_started', ['confirmed', 'failed'], ['migrating', 'eligible']],
    ['not_started', ['confirmed', 'submitted', 'running', 'failed'], [...Array(3).fill('migrating'), 'eligible']],
    ['completed', ['confirmed', 'submitted', 'migrated'], ['migrating', 'migrating', 'migrated']],
    ['started', ['confirmed', 'running', 'needs_attention'], ['migrating', 'migrating', 'needs_attention']],
    ['started', ['confirmed', 'failed'], ['migrating', 'unfinished']],
    ['none', ['confirmed', 'failed'], ['migrating', 'not_eligible']],
    ['unknown', ['confirmed', 'submitted', 'needs_attention'], ['migrating', 'migrating', 'needs_attention']],
    ['completed', ['confirmed', 'submitted', 'needs_attention'], ['migrating', 'migrating', 'migrated']],
    [
      'not_started',
      ['confirmed', 'submitted', 'needs_attention', 'resolved'],
      ['migrating', 'migrating', 'needs_attention', 'eligible'],
    ],
    [
      'started',
      ['confirmed', 'running', 'needs_attention', 'resolved'],
      ['migrating', 'migrating', 'needs_attention', 'unfinished'],
    ],
  ])('with %s at Adobe follows a migration through %j', async (adobe, path, expected) => {
    const { sync, migrations, status } = await fresh();
    await sync.replaceCredentials([credential(1, { adobeStatus: adobe }), credential(2)], minute(0));
    await migrations.ask(request('m'));
    let from: MigrationState = 'asked';
    for (const [i, to] of path.entries()) {
      await migrations.move('m', from, to, {}, NOTE);
      expect(await status(1)).toBe(expected[i]);
      from = to;
    }
    expect(await status(2)).toBe('eligible');
  });

  test('does not change before the confirmation', async () => {
    const { migrations, status } = await fresh();
    await migrations.ask(request('m'));
    expect(await status(1)).toBe('eligible');
    await migrations.confirm('m', 'U2', minute(1));
    expect(await status(1)).toBe('migrating');
  });

  test('shows the app’s own migration through changes at Adobe and through syncs', async () => {
    const { sync, credentials, migrations, status } = await fresh();
    await migrations.ask(request('m'));
    await migrations.confirm('m', 'U2', minute(1));
    await sync.replaceCredentials([credential(1)], minute(2));
    expect(await status(1)).toBe('migrating');
    await migrations.move('m', 'confirmed', 'submitted', {}, NOTE);
    await credentials.setAdobeStatus(accountId(1), 'completed', minute(1));
    expect(await status(1)).toBe('migrating');
    await migrations.move('m', 'submitted', 'needs_attention', {}, NOTE);
    expect(await status(1)).toBe('migrated');
    expect((await sync.overview()).counts).toMatchObject({ migrated: 1, migrating: 0, needs_attention: 0 });
  });

  test('needs attention until Adobe reports the credential migrated or someone tries again', async () => {
    const { sync, credentials, migrations, status } = await fresh();
    await migrations.ask(request('m', { state: 'submitted' }));
    await migrations.move('m', 'submitted', 'needs_attention', {}, NOTE);
    await sync.replaceCredentials([credential(1, { adobeStatus: 'started' }), credential(2)], minute(5));
    expect(await status(1)).toBe('needs_attention');
    await migrations.ask(request('again'));
    await migrations.confirm('again', 'U2', minute(1));
    expect(await status(1)).toBe('migrating');
    await migrations.move('again', 'confirmed', 'failed', {}, NOTE);
    expect(await status(1)).toBe('needs_attention');
    await credentials.setAdobeStatus(accountId(1), 'completed', minute(1));
    expect(await status(1)).toBe('migrated');
  });

  // SQLite has one writer at a time, so this race cannot occur there.
  if (engine.kind === 'postgres') {
    test('is derived from a concurrent change of the status at Adobe', async () => {
      const { settings, credentials, migrations, status } = await fresh();
      await migrations.ask(request('m', { state: 'running' }));
      await credentials.setAdobeStatus(accountId(1), 'started', minute(1));
      const elsewhere = await open(settings);
      const change = await elsewhere.startTransaction().execute();
      await lockCounts(change);
      await change
        .updateTable('credentials')
        .set({ adobe_status: 'completed' })
        .where('technical_account_id', '=', accountId(1))
        .execute();
      const moving = migrations.move('m', 'running', 'migrated', {}, NOTE);
      await Promise.race([moving, waiting(elsewhere)]);
      await change.commit().execute();
      await moving;
      expect(await status(1)).toBe('migrated');
    });
  }
}

/** Waits until a statement waits for the lock of another. */
async function waiting(db: Database): Promise<void> {
  const waits = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await waits.execute(db)).rows.length === 0);
}
