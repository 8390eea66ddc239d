import { describe, expect, test } from 'vitest';
import { triageOf } from '../../src/usage/triage.ts';
import { newProcess, startWith } from '../migrations/setup.ts';
import { adobeError, consoleId } from '../support/fakes.ts';
import { accountId, minute } from '../support/samples.ts';
import { query, run, schedule } from './setup.ts';

async function readWith(numbers: readonly number[]) {
  const now = await startWith(numbers);
  return {
    ...now,
    /** Syncs, reads the use, and returns the triage of each credential: `1 idle`. */
    async read(): Promise<string[]> {
      now.clock.advance(60);
      await now.sync.run();
      now.adobe.calls.length = 0;
      await now.usageSync.run();
      return this.judge();
    },
    async judge(): Promise<string[]> {
      const { rows } = await now.stores.credentials.page({}, 0, 10_000);
      return rows
        .map((each) => `${Number.parseInt(each.technicalAccountId, 16)} ${triageOf(each, now.clock.now()).kind}`)
        .sort();
    },
    usage: async (number: number) => (await now.stores.credentials.get(accountId(number)))?.usage ?? [],
  };
}

describe('after a sync', () => {
  test('each credential left is judged by its own schedules and queries', async () => {
    const now = await readWith([1, 2, 3]);
    now.adobe.schedulesIn.set('dev', [schedule({ technicalAccountId: accountId(2) })]);
    now.adobe.queriesIn.set('dev', [query(-30, 'failed', { technicalAccountId: accountId(2) })]);
    expect(await now.judge()).toEqual(['1 unread', '2 unread', '3 unread']);
    expect(await now.read()).toEqual(['1 idle', '2 failing', '3 idle']);
    expect(now.adobe.calls).toEqual(['schedules dev', 'queries dev']);
    expect(await now.usage(2)).toEqual([
      {
        sandbox: 'dev',
        readAt: minute(1),
        askedAt: null,
        problem: null,
        schedules: [{ id: 's1', name: 'Hourly', cron: '0 * * * *', isEnabled: true, nextRunAt: minute(60) }],
        queries: { count: 1, isAtLeast: false },
        lastQuery: { at: minute(-30), outcome: 'failed', error: 'no access at -30' },
        failing: { since: minute(-30), mayBeEarlier: true, error: 'no access at -30' },
      },
    ]);
  });

  test('no call is made if no credential is left', async () => {
    const now = await readWith([1]);
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.read();
    expect(now.adobe.calls).toEqual([]);
  });

  test('usage is read once per sync, however many instances there are', async () => {
    const now = await readWith([1]);
    await now.read();
    await Promise.all([newProcess(now.world).usageSync.run(), newProcess(now.world).usageSync.run()]);
    expect(now.adobe.calls).toHaveLength(2);
  });

  test('a sandbox that cannot be read makes no credential Idle, and earlier data stays', async () => {
    const now = await readWith([1, 2]);
    now.adobe.schedulesIn.set('dev', [schedule()]);
    now.adobe.queriesIn.set('dev', [query(0)]);
    expect(await now.read()).toEqual(['1 in_use', '2 idle']);
    now.adobe.failing.set('queries', adobeError('not_allowed', 403));
    expect(await now.read()).toEqual(['1 in_use', '2 unread']);
    expect((await now.usage(1))[0]).toMatchObject({ readAt: minute(1), problem: { kind: 'not_allowed' } });
  });

  test('a credential beyond the reach of the bulk reading is requested individually', async () => {
    const now = await readWith([1, 2]);
    now.adobe.reach = 2;
    const of = (number: number) => ({ technicalAccountId: accountId(number) });
    now.adobe.queriesIn.set('dev', [query(0), query(-1), query(-2, 'succeeded', of(2))]);
    expect(await now.read()).toEqual(['1 in_use', '2 in_use']);
    expect(now.adobe.called('queries')).toEqual(['queries dev', `queries dev ${accountId(2)}`]);
    expect((await now.usage(1))[0]?.queries).toEqual({ count: 2, isAtLeast: true });
  });

  test('credentials beyond the limit of individual requests are read in turns, and count as unread until then', async () => {
    const numbers = Array.from({ length: 205 }, (_, i) => i + 1);
    const now = await readWith(numbers);
    now.adobe.reach = 1;
    now.adobe.queriesIn.set(
      'dev',
      [1, 2, 3].map((at) => query(-at, 'succeeded', { technicalAccountId: null })),
    );
    const first = await now.read();
    expect(first.filter((each) => each.endsWith('idle'))).toHaveLength(200);
    expect(first.filter((each) => each.endsWith('unread'))).toHaveLength(5);
    expect((await now.read()).filter((each) => each.endsWith('idle'))).toHaveLength(205);
  });

  test('a credential beyond that limit is in use if an enabled schedule shows it, and is requested individually later', async () => {
    const numbers = Array.from({ length: 205 }, (_, i) => i + 1);
    const now = await readWith(numbers);
    now.adobe.queryReach = 1;
    now.adobe.schedulesIn.set(
      'dev',
      numbers.map((number) => schedule({ id: `s${number}`, technicalAccountId: accountId(number), cron: '0 9 * * *' })),
    );
    now.adobe.queriesIn.set(
      'dev',
      [1, 2, 3].map((at) => query(-at, 'succeeded', { technicalAccountId: null })),
    );
    expect(new Set((await now.read()).map((each) => each.split(' ')[1]))).toEqual(new Set(['in_use']));
    const asked = now.adobe.called('queries dev ');
    expect(asked).toHaveLength(200);
    await now.read();
    const rest = now.adobe.called('queries dev ').slice(0, 5);
    expect(rest.filter((call) => asked.includes(call))).toEqual([]);
  });

  test('a schedule that should have led to a query is asked for its runs, since a failed login leaves no query', async () => {
    const now = await readWith([1, 2]);
    now.adobe.schedulesIn.set('dev', [schedule(), schedule({ id: 's2', technicalAccountId: accountId(2) })]);
    now.adobe.queriesIn.set('dev', [query(-60), query(0, 'succeeded', { technicalAccountId: accountId(2) })]);
    now.adobe.runsOf.set('s1', [run(0, 'failed', 'no login'), run(-60, 'succeeded')]);
    now.clock.advance(20 * 60);
    expect(await now.read()).toEqual(['1 failing', '2 in_use']);
    expect(now.adobe.called('run')).toEqual(['runs s1', 'run s1 r0']);
    expect((await now.usage(1))[0]?.failing).toEqual({ since: minute(0), mayBeEarlier: false, error: 'no login' });
  });

  test('a schedule whose runs cannot be read affects neither the others nor the reading', async () => {
    const now = await readWith([1]);
    now.adobe.schedulesIn.set('dev', [schedule()]);
    now.adobe.failing.set('runs', adobeError('refused', 400));
    now.clock.advance(20 * 60);
    expect(await now.read()).toEqual(['1 in_use']);
  });

  test('no more calls are made once Adobe throttles', async () => {
    const now = await readWith([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    now.adobe.reach = 1;
    now.adobe.queriesIn.set(
      'dev',
      [1, 2].map((at) => query(-at, 'succeeded', { technicalAccountId: null })),
    );
    for (let number = 1; number <= 9; number++)
      now.adobe.failing.set(`queries dev ${accountId(number)}`, adobeError('throttled', 429));
    expect(new Set(await now.read())).toEqual(new Set(Array.from({ length: 9 }, (_, i) => `${i + 1} unread`)));
  });
});
