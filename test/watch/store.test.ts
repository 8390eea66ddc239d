import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { toMigrationRow } from '../../src/db/migration-row.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { THREAD } from '../../src/notices/notice.ts';
import { SqlNoticeStore } from '../../src/notices/store.ts';
import { SqlWatchStore } from '../../src/watch/store.ts';
import type { Failure, SandboxWatch } from '../../src/watch/watch.ts';
import { onBothEngines, open, openAt, openFresh, type TestEngine } from '../db/setup.ts';
import { accountId, minute, PROBLEM, request } from '../support/samples.ts';

const HOUR_MS = 60 * 60_000;
const FAILURE: Failure = { id: 'dev/s', name: 'S', since: minute(20), error: 'no "access"', failedBefore: true };
const FOUND: SandboxWatch = {
  sandbox: 'dev',
  readAt: minute(21),
  problem: PROBLEM,
  isWhole: false,
  schedules: [
    {
      ...{ id: 's', name: 'S', nextRunAt: minute(30), isDue: true, isOverdue: false, failedBefore: true },
      failing: { since: minute(20), mayBeEarlier: true, error: 'no "access"' },
      lastRun: { at: minute(20), outcome: 'failed' },
    },
  ],
  queries: {
    ...{ count: 3, isAtLeast: true, failedBefore: false },
    failing: { since: minute(5), mayBeEarlier: true, error: null },
  },
};

describe('the store of watches', () => onBothEngines(suite));

function suite(engine: TestEngine) {
  async function start() {
    const { db } = await openFresh(engine);
    const migrations = new SqlMigrationStore(db, 'org');
    /** Stores a migration that ended in this state at this minute. */
    const ended = async (id: string, to: 'migrated' | 'failed', at: number, number = 1) => {
      await migrations.ask(request(id, { technicalAccountId: accountId(number) }));
      await migrations.confirm(id, 'U1', minute(1));
      const note = { at: minute(at), actor: 'U1', detail: null };
      await migrations.move(id, 'confirmed', to, { endedAt: minute(at) }, note);
    };
    return { db, ended, watches: new SqlWatchStore(db, 'org'), notices: new SqlNoticeStore(db) };
  }

  test('a watch begins once for each credential that was migrated recently in this organisation', async () => {
    const { db, ended, watches } = await start();
    await ended('old', 'migrated', 2, 1);
    await ended('new', 'migrated', 30, 2);
    await ended('failed', 'failed', 30, 3);
    const other = new SqlWatchStore(db, 'another');
    await other.begin(minute(10), HOUR_MS);
    expect(await watches.get('new')).toBeNull();
    await Promise.all([watches.begin(minute(10), HOUR_MS), watches.begin(minute(10), HOUR_MS)]);
    await watches.begin(minute(10), 2 * HOUR_MS);
    expect(await watches.get('new')).toEqual({
      ...{ migrationId: 'new', since: minute(30), until: minute(90), looks: 0, nextLookAt: minute(45) },
      ...{ found: [], failures: [], told: null, acknowledged: null },
    });
    expect([await watches.get('old'), await watches.get('failed')]).toEqual([null, null]);
    expect([await watches.due(minute(44)), await other.due(minute(60))]).toEqual([null, null]);
    expect(await watches.due(minute(45))).toMatchObject({ migration: { id: 'new', state: 'migrated' } });
  });

  test('a look is claimed by one process, and its findings are stored together with the messages about them', async () => {
    const { ended, watches, notices } = await start();
    await ended('m1', 'migrated', 2);
    await watches.begin(minute(0), HOUR_MS);
    const watch = (await watches.due(minute(20)))?.watch;
    if (watch === undefined) throw new Error('none is due');
    expect(await Promise.all([watches.claim(watch, minute(35)), watches.claim(watch, minute(35))])).toContain(false);
    expect(await watches.due(minute(34))).toBeNull();
    const looked = { ...watch, looks: 1, nextLookAt: null, found: [FOUND], failures: [FAILURE], told: 'gist' };
    const notice = { kind: 'watch', migrationId: 'm1', told: 'gist' } as const;
    const told = { at: minute(21), notices: [{ subject: 's', address: THREAD, notice }], hasNewFailure: true };
    await watches.save({ ...looked, looks: 2 }, told);
    expect(await watches.get('m1')).toMatchObject({ looks: 1, found: [] });
    await watches.save(looked, told);
    expect(await watches.get('m1')).toEqual(looked);
    const waiting = await notices.waiting(minute(600), 100);
    expect(waiting.filter(({ address }) => address === THREAD)).toMatchObject([{ notice, createdAt: minute(21) }]);
  });

  test('a press during a look counts, unless the look finds a new failure', async () => {
    const { ended, watches } = await start();
    await ended('m1', 'migrated', 2);
    await watches.begin(minute(0), HOUR_MS);
    const due = await watches.due(minute(20));
    if (due === null) throw new Error('none is due');
    const press = () => {
      const notice = { kind: 'acknowledged', migrationId: 'm1', by: 'U1' } as const;
      return watches.acknowledge(due, 'U1', minute(30), { subject: 'a', address: THREAD, notice });
    };
    const failing = { ...due.watch, failures: [FAILURE] };
    const save = (hasNewFailure: boolean) => watches.save(failing, { at: minute(31), notices: [], hasNewFailure });
    expect(await press()).toBe(false);
    await save(true);
    expect(await press()).toBe(true);
    expect(await press()).toBe(false);
    await save(false);
    expect(await watches.get('m1')).toMatchObject({ acknowledged: { by: 'U1', at: minute(30) } });
    expect(await watches.unacknowledged(5)).toEqual({ rows: [], total: 0 });
    await save(true);
    expect(await watches.unacknowledged(5)).toMatchObject({ rows: [{ watch: { failures: [FAILURE] } }], total: 1 });
    expect(await watches.unacknowledged(0)).toEqual({ rows: [], total: 1 });
  });

  test('a database of the previous version opens, and recent migrations are watched', async () => {
    const { db, settings } = await openAt(engine, '017_start_refusals');
    const row = toMigrationRow({ ...request('m1'), state: 'migrated', endedAt: minute(5) }, 'org');
    const known = Object.entries(row).filter(([column]) => !['impact_before', 'message_link'].includes(column));
    await sql`insert into migrations (${sql.join(known.map(([column]) => sql.ref(column)))})
      values (${sql.join(known.map(([, value]) => value))})`.execute(db);
    const watches = new SqlWatchStore(await open(settings), 'org');
    await watches.begin(minute(0), HOUR_MS);
    expect(await watches.due(minute(20))).toMatchObject({ migration: { id: 'm1' }, watch: { since: minute(5) } });
  });
}
