import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { orderSettingOf, updateStoredOrder } from '../../src/credentials/order-store.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { onBothEngines, open, openAt, type TestEngine } from '../db/setup.ts';
import { accountId, minute, PROBLEM } from '../support/samples.ts';
import { storedOrderFaults } from '../support/stored-order.ts';

describe('a database of an earlier version opens with the data read from Adobe', () => onBothEngines(suite));

function suite(engine: TestEngine) {
  test('and reads the certificates at the next sync', async () => {
    const { db, settings } = await openAt(engine, '006_unread');
    const unread = [{ what: 'sandbox', count: 1, names: ['qa'], problem: PROBLEM }];
    await sql`insert into sync_state (id, tried_at, succeeded_at, problem, unread)
      values (1, ${minute(2).toISOString()}, ${minute(1).toISOString()}, ${JSON.stringify(PROBLEM)},
      ${JSON.stringify(unread)})`.execute(db);
    await sql`insert into integrations (id, technical_account_id) values ('i1', ${accountId(1)})`.execute(db);
    await sql`insert into credentials (technical_account_id, name, description, sandboxes, adobe_status, console_id, status,
      name_key, search_text) values (${accountId(1)}, 'etl', '', '["dev"]', 'not_started', 'i1', 'eligible', 'etl', 'etl')`.execute(
      db,
    );

    const later = await open(settings);

    const sync = new SqlSyncStore(later);
    expect(await sync.syncState()).toEqual({
      triedAt: minute(2),
      succeededAt: minute(1),
      problem: PROBLEM,
      unread,
      progress: null,
    });
    const integration = { technicalAccountId: accountId(1), certificate: null };
    expect(await sync.knownIntegrations()).toEqual(new Map([['i1', integration]]));
    expect(await new SqlCredentialStore(later).get(accountId(1))).toMatchObject({
      name: 'etl',
      status: 'eligible',
      certificateUntil: null,
    });
  });

  test('even if nothing was read yet', async () => {
    const { settings } = await openAt(engine, '006_unread');
    const sync = new SqlSyncStore(await open(settings));
    expect(await sync.syncState()).toMatchObject({ triedAt: null, succeededAt: null, progress: null });
    await sync.noteProgress({ read: 0, total: null, at: minute(0) });
    expect(await sync.syncState()).toMatchObject({ triedAt: null, progress: { read: 0 } });
  });

  test('and has the right order and the right counts at the first start', async () => {
    const { db, settings } = await openAt(engine, '020_triage');
    const rows = [
      ['etl', 'dev', 'eligible'],
      ['other', 'dev', 'eligible'],
      ['old', 'prod', 'migrated'],
      ['loads', 'prod', 'eligible'],
      ['stuck', 'dev', 'needs_attention'],
    ] as const;
    for (const [i, [name, sandbox, status]] of rows.entries())
      await sql`insert into credentials (technical_account_id, name, description, sandboxes, adobe_status, status, name_key,
        search_text) values (${accountId(i)}, ${name}, '', ${JSON.stringify([sandbox])}, 'none', ${status}, ${name}, '')`.execute(
        db,
      );
    await sql`insert into credential_usage (technical_account_id, read_at, usage, failing_since)
      values (${accountId(1)}, ${minute(0).toISOString()}, '[]', ${minute(0).toISOString()})`.execute(db);

    const later = await open(settings);
    await Promise.all([updateStoredOrder(later, null), updateStoredOrder(await open(settings), null)]);

    const names = (await new SqlCredentialStore(later).page({}, 0, 9)).rows.map(({ name }) => name);
    expect(names).toEqual(['stuck', 'other', 'loads', 'etl', 'old']);
    expect(await storedOrderFaults(later)).toEqual([]);
  });

  test('and knows the use of each credential at the first start', async () => {
    const { db, settings } = await openAt(engine, '026_assignments');
    const rows = [
      ['in_use', null],
      ['idle', null],
      ['failing', minute(0).toISOString()],
      ['unread', null],
    ] as const;
    for (const [i, [triage, failingSince]] of rows.entries()) {
      const id = accountId(i);
      await sql`insert into credentials (technical_account_id, name, description, sandboxes, adobe_status, status, name_key,
        search_text) values (${id}, ${triage}, '', '["dev"]', 'none', 'eligible', ${triage}, '')`.execute(db);
      await sql`insert into credential_usage (technical_account_id, read_at, usage, failing_since, triage, as_of)
        values (${id}, '', '[]', ${failingSince}, ${triage}, ${minute(0).toISOString()})`.execute(db);
    }
    // As an earlier version left it.
    await sql`update credential_counts set ordered_by = ${orderSettingOf(null)}`.execute(db);

    const later = await open(settings);
    await updateStoredOrder(later, null);

    expect(await storedOrderFaults(later)).toEqual([]);
    const { rows: inUse, total } = await new SqlCredentialStore(later).page({ isInUse: true }, 0, 9);
    expect({ total, names: inUse.map(({ name }) => name) }).toEqual({ total: 1, names: ['in_use'] });
  });
}
