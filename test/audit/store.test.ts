import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/audit/audit-entry.ts';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { onBothEngines, openFresh, type TestEngine } from '../db/setup.ts';
import { accountId, credential, minute, request } from '../support/samples.ts';

describe('the audit trail', () => onBothEngines(suite));

function entry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: minute(0),
    actor: 'U1',
    action: 'refused',
    technicalAccountId: accountId(1),
    migrationId: null,
    detail: null,
    ...changes,
  };
}

function suite(engine: TestEngine) {
  async function fresh() {
    const { db } = await openFresh(engine);
    return { db, trail: new SqlAuditTrail(db), sync: new SqlSyncStore(db) };
  }

  test('returns every field of the entries it recorded', async () => {
    const { trail } = await fresh();
    const whole = entry({
      migrationId: 'm',
      action: 'start_answered',
      detail: { wanted: 'migrate', why: 'unclear', answer: `it's "late" 🕰` },
    });
    await trail.record(whole);
    const bare = entry({ technicalAccountId: null, actor: 'qs-creds' });
    await trail.record(bare);
    expect(await trail.history(null, 0, 10)).toEqual({
      total: 2,
      rows: [
        { ...bare, credentialName: null },
        { ...whole, credentialName: null },
      ],
    });
  });

  test('is read page by page, newest first', async () => {
    const { trail } = await fresh();
    // The clocks of instances may differ; rows are in the order of writing.
    for (let i = 0; i < 7; i++) await trail.record(entry({ actor: `U${i}`, at: minute(i % 3) }));
    const pages = [0, 3, 6, 9].map((offset) => trail.history(null, offset, 3));
    expect((await Promise.all(pages)).map(({ rows, total }) => [total, rows.map(({ actor }) => actor)])).toEqual([
      [7, ['U6', 'U5', 'U4']],
      [7, ['U3', 'U2', 'U1']],
      [7, ['U0']],
      [7, []],
    ]);
  });

  test("returns the history of one credential or of all, with each one's current name", async () => {
    const { trail, sync } = await fresh();
    await sync.replaceCredentials([credential(1, { name: 'old' }), credential(2)], minute(0));
    await trail.record(entry({ actor: 'first' }));
    await trail.record(entry({ actor: 'second', technicalAccountId: accountId(2) }));
    await trail.record(entry({ actor: 'third' }));
    // Gone from Adobe, but still listed with its name.
    await sync.replaceCredentials([credential(1, { name: 'new' })], minute(1));
    const historyOf = async (id: string | null) => {
      const { rows, total } = await trail.history(id, 0, 10);
      return [total, ...rows.map(({ actor, credentialName }) => `${actor}: ${credentialName}`)];
    };
    expect(await historyOf(null)).toEqual([3, 'third: new', 'second: credential 2', 'first: new']);
    expect(await historyOf(accountId(1))).toEqual([2, 'third: new', 'first: new']);
    expect(await historyOf(accountId(3))).toEqual([0]);
  });

  test('contains every state change of a migration', async () => {
    const { db, trail } = await fresh();
    const migrations = new SqlMigrationStore(db, 'org');
    await migrations.ask(request('m'));
    await migrations.confirm('m', 'U2', minute(1));
    const note = { at: minute(2), actor: 'qs-creds', detail: { why: 'elsewhere' } };
    await migrations.move('m', 'confirmed', 'migrated', { endedAt: minute(2) }, note);
    const about = { technicalAccountId: accountId(1), migrationId: 'm', credentialName: null };
    expect((await trail.history(accountId(1), 0, 10)).rows).toEqual([
      { ...about, ...note, action: 'migrated' },
      { ...about, at: minute(1), actor: 'U2', action: 'confirmed', detail: null },
      { ...about, at: minute(0), actor: 'U1', action: 'asked', detail: null },
    ]);
  });
}
