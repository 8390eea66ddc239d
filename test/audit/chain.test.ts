import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/audit/audit-entry.ts';
import { SqlAuditTrail, verifyAudit, writeAudit } from '../../src/audit/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { type Database, openReadOnly } from '../../src/db/database.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { useContenders } from '../db/contenders.ts';
import { onBothEngines, open, openAt, openFresh, type TestEngine } from '../db/setup.ts';
import { accountId, credential, minute, request } from '../support/samples.ts';

describe('the hash chain of the audit trail', () => onBothEngines(suite));

const BEGINNING = '0'.repeat(64);

function entry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: minute(0),
    actor: 'U1',
    action: 'refused',
    technicalAccountId: accountId(1),
    migrationId: 'm',
    detail: { why: 'guest' },
    ...changes,
  };
}

async function ids(db: Database): Promise<number[]> {
  return (await db.selectFrom('audit').select('id').orderBy('id').execute()).map(({ id }) => id);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

function suite(engine: TestEngine) {
  const contenders = useContenders();

  async function findings(db: Database): Promise<readonly string[]> {
    return (await verifyAudit(db, null)).findings;
  }

  test('starts empty and links each row to the one before', async () => {
    const { db } = await openFresh(engine);
    expect(await verifyAudit(db, null)).toEqual({ head: { count: 0, hash: BEGINNING }, findings: [] });
    const trail = new SqlAuditTrail(db);
    for (let i = 0; i < 3; i++) await trail.record(entry({ actor: `U${i}` }));
    const rows = await db.selectFrom('audit').selectAll().orderBy('id').execute();
    expect(rows.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(rows.map((row) => row.previous_hash)).toEqual([BEGINNING, rows[0]?.hash, rows[1]?.hash]);
    expect(new Set(rows.map(({ hash }) => hash)).size).toBe(3);
    expect(await verifyAudit(db, null)).toEqual({ head: { count: 3, hash: rows[2]?.hash }, findings: [] });
  });

  test('computes the same hashes as earlier versions', async () => {
    const { db } = await openFresh(engine);
    const trail = new SqlAuditTrail(db);
    await trail.record(entry());
    await trail.record(entry({ technicalAccountId: null, migrationId: null, detail: null }));
    // Existing databases depend on this hash: with another one, all their rows would seem changed.
    expect((await verifyAudit(db, null)).head.hash).toBe(
      '74772db8d4503a2388697d09622f7641fba17ab26d89befedd4841c9d2a850b9',
    );
  });

  test('verifies with any text from outside', async () => {
    const { db } = await openFresh(engine);
    const trail = new SqlAuditTrail(db);
    const texts = ['', ' ', '"],["', 'é\u0301 🕰', 'half a \ud800 sign', 'a \0 b', '\n\r\u2028', '\\u0000'];
    for (const text of texts) {
      await trail.record(entry({ actor: text, technicalAccountId: text, migrationId: text, detail: { why: text } }));
    }
    expect(await findings(db)).toEqual([]);
    expect(await ids(db)).toEqual(upTo(texts.length));
  });

  test('has no gap after a rolled-back transaction', async () => {
    const { db } = await openFresh(engine);
    const trail = new SqlAuditTrail(db);
    await trail.record(entry());
    const rolledBack = db.transaction().execute(async (trx) => {
      await writeAudit(trx, entry());
      await writeAudit(trx, entry());
      throw new Error('undone');
    });
    await expect(rolledBack).rejects.toThrow('undone');
    await trail.record(entry());
    expect(await ids(db)).toEqual([1, 2]);
    expect(await findings(db)).toEqual([]);
  });

  test('stays intact when processes write at the same moment', async () => {
    const { db, settings } = await openFresh(engine);
    const store = new SqlMigrationStore(db, 'org');
    const all = Array.from({ length: 20 }, (_, i) => `m${i}`);
    for (const [i, id] of all.entries())
      await store.ask(request(id, { technicalAccountId: accountId(i), askedBy: `U${i}` }));
    const at = minute(1).getTime();
    const results = await contenders.contend(settings, { do: 'confirm', organisation: 'org', ids: all, at });
    expect(results.filter((result) => result !== null).sort()).toEqual(all.toSorted());
    expect(await ids(db)).toEqual(upTo(40));
    expect(await findings(db)).toEqual([]);
  });

  test('causes no deadlock with syncs and migrations that write at the same moment', async () => {
    const { db, settings } = await openFresh(engine);
    const credentials = Array.from({ length: 10 }, (_, i) => credential(i));
    await new SqlSyncStore(db).replaceCredentials(credentials, minute(0));
    // Two connections of one process to one SQLite file would block each other, so there is one instance.
    const instances = engine.kind === 'sqlite' ? [db] : [db, await open(settings), await open(settings)];
    const work = instances.flatMap((instance, n) => {
      const store = new SqlMigrationStore(instance, 'org');
      const trail = new SqlAuditTrail(instance);
      const sync = new SqlSyncStore(instance);
      return credentials.map(async ({ technicalAccountId }, i) => {
        const id = `m${n}-${i}`;
        await store.ask(request(id, { technicalAccountId, askedBy: `U${n}` }));
        await Promise.all([
          sync.replaceCredentials(credentials, minute(1)),
          trail.record(entry()),
          store.move(id, 'asked', 'cancelled', {}, { at: minute(1), actor: 'U1', detail: null }),
        ]);
      });
    });
    await Promise.all(work);
    expect(await ids(db)).toEqual(upTo(30 * instances.length));
    expect(await findings(db)).toEqual([]);
  });

  test('can be verified while rows are written', async () => {
    const { db, settings } = await openFresh(engine);
    const [trail, other] = [new SqlAuditTrail(db), await openReadOnly(settings)];
    for (let i = 0; i < 20; i++) {
      const [{ findings: found }] = await Promise.all([verifyAudit(other, null), trail.record(entry())]);
      expect(found).toEqual([]);
    }
    await other.destroy();
  });

  test('includes the rows of an older version, whatever their numbers', async () => {
    const { db, settings } = await openAt(engine, '002_reminders');
    // More than one chunk, and with gaps, as rollbacks leave them on PostgreSQL.
    const COUNT = 1_203;
    const old = upTo(COUNT).map((i) => ({
      ...{ id: i * 3, at: minute(i).toISOString(), actor: `U${i}`, action: 'asked' as const },
      ...{ technical_account_id: null, migration_id: `m${i}`, detail: i % 2 === 0 ? null : '{"why":"é"}' },
    }));
    for (let i = 0; i < COUNT; i += 300) {
      const rows = old.slice(i, i + 300).map((row) => sql`(${sql.join(Object.values(row))})`);
      await sql`insert into audit (${sql.join(Object.keys(old[0] ?? {}).map((name) => sql.ref(name)))})
        values ${sql.join(rows)}`.execute(db);
    }

    const later = await open(settings);

    expect(await findings(later)).toEqual([]);
    const rows = await later.selectFrom('audit').selectAll().orderBy('id').execute();
    expect(rows).toMatchObject(old.map((row, i) => ({ ...row, id: i + 1 })));
    await new SqlAuditTrail(later).record(entry());
    expect((await verifyAudit(later, null)).head.count).toBe(COUNT + 1);
    expect(await findings(later)).toEqual([]);
    expect((await new SqlAuditTrail(later).history(null, 0, 2)).rows.map(({ actor }) => actor)).toEqual([
      'U1',
      `U${COUNT}`,
    ]);
  });
}
