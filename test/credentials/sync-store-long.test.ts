import { describe, expect, test } from 'vitest';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import type { AdobeStatus } from '../../src/credentials/credential.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { onBothEngines, openFresh, type TestEngine } from '../db/setup.ts';
import { accountId, credential, minute } from '../support/samples.ts';

describe('the sync store', () => onBothEngines(suite));

function suite(engine: TestEngine) {
  async function fresh() {
    const { db } = await openFresh(engine);
    return { db, sync: new SqlSyncStore(db), credentials: new SqlCredentialStore(db) };
  }

  test('yields to the event loop while writing 10 000 credentials, and misses none', async () => {
    const { sync, credentials } = await fresh();
    const all = Array.from({ length: 10_000 }, (_, i) => credential(i));
    const replaced = async (adobeStatus: AdobeStatus) => {
      const turns = countTurns();
      await sync.replaceCredentials(
        all.map((one) => ({ ...one, adobeStatus })),
        minute(0),
      );
      return turns();
    };
    // Chunks of five hundred.
    expect(await replaced('completed')).toBeGreaterThanOrEqual(20);
    // A stale status for all: each is written a second time, since migrated is final.
    expect(await replaced('started')).toBeGreaterThanOrEqual(40);
    expect((await credentials.page({}, 9_990, 100)).rows).toHaveLength(10);
    expect((await sync.overview()).counts).toMatchObject({ migrated: 10_000, migrating: 0 });
  });

  test('yields to the event loop while writing 10 000 external changes to the audit trail', async () => {
    const { db, sync } = await fresh();
    const entries = Array.from({ length: 10_000 }, (_, i) => ({
      at: minute(0),
      actor: 'qs-creds',
      action: 'migrated_outside' as const,
      technicalAccountId: accountId(i),
      migrationId: null,
      detail: null,
    }));
    const turns = countTurns();
    await sync.replaceCredentials([], minute(0), entries);
    expect(turns()).toBeGreaterThanOrEqual(19);
    expect((await new SqlAuditTrail(db).history(null, 0, 1)).total).toBe(10_000);
  });
}

/** Counts the turns of the event loop from now on. */
function countTurns(): () => number {
  let turns = 0;
  let next = setImmediate(count);
  function count() {
    turns++;
    next = setImmediate(count);
  }
  return () => {
    clearImmediate(next);
    return turns;
  };
}
