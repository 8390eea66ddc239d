import { describe, expect, test } from 'vitest';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { SqlTrendStore } from '../../src/trend/store.ts';
import { Trends } from '../../src/trend/trends.ts';
import { onBothEngines, openFresh, type TestEngine } from '../db/setup.ts';
import { TestClock } from '../support/clock.ts';
import { accountId, credential } from '../support/samples.ts';

const PLAN = { deadline: '2025-06-30', timeZone: 'UTC' };
const DAY = 24 * 60 * 60;

describe('the trend', () => onBothEngines(suite));

function suite(engine: TestEngine) {
  async function start() {
    const { db } = await openFresh(engine);
    const clock = new TestClock('2025-05-05T09:00:00Z');
    const syncs = new SqlSyncStore(db);
    const sync = async (migrated: number) => {
      const all = [1, 2, 3, 4].map((n) => credential(n, { adobeStatus: n <= migrated ? 'completed' : 'not_started' }));
      await syncs.replaceCredentials(all, clock.now());
      await syncs.noteSync({ triedAt: clock.now(), problem: null, unread: [] });
    };
    const trends = () => new Trends({ trends: new SqlTrendStore(db), clock }, PLAN);
    return { db, clock, sync, trends };
  }

  test('is nothing before the first sync has succeeded', async () => {
    const { trends } = await start();
    await trends().note();
    expect(await trends().current()).toBeNull();
  });

  test('has one row a day, from any instance, with the latest counts of the day', async () => {
    const { clock, sync, trends } = await start();
    await sync(0);
    await Promise.all([trends().note(), trends().note()]);
    await sync(1);
    await trends().note();
    clock.advance(DAY);
    await sync(3);
    expect((await trends().current())?.counts).toEqual([
      { day: '2025-05-05', left: 3, migrated: 1, failing: 0 },
      { day: '2025-05-06', left: 1, migrated: 3, failing: 0 },
    ]);
  });

  test('begins with the days known from the audit trail', async () => {
    const { db, clock, sync, trends } = await start();
    const audit = new SqlAuditTrail(db);
    for (const [number, action] of [
      [1, 'asked'],
      [1, 'migrated'],
      [2, 'migrated_outside'],
    ] as const) {
      const migrationId = null;
      const entry = { actor: 'U1', action, technicalAccountId: accountId(number), migrationId, detail: null };
      await audit.record({ at: clock.now(), ...entry });
      clock.advance(DAY);
    }
    await sync(2);
    await trends().note();
    expect((await trends().current())?.counts).toEqual([
      { day: '2025-05-05', left: 4, migrated: 0, failing: null },
      { day: '2025-05-06', left: 3, migrated: 1, failing: null },
      { day: '2025-05-07', left: 2, migrated: 2, failing: null },
      { day: '2025-05-08', left: 2, migrated: 2, failing: 0 },
    ]);
  });
}
