import { expect, test } from 'vitest';
import { CHANNEL } from '../process/world.ts';
import { type Fault, shownIn } from './faults.ts';
import type { Verdict } from './judge.ts';
import { planOf } from './plan.ts';
import { type Finished, faultTable, table } from './table.ts';

const METHODS = ['query-service', 'developer-console', 'hand-off'] as const;
const PLANS = Array.from({ length: 500 }, (_, seed) => METHODS.map((method) => planOf(seed, method))).flat();

test('the same seed gives the same chaos plan and another seed a different one', () => {
  const plan = planOf(7, 'hand-off');
  expect(planOf(7, 'hand-off')).toEqual(plan);
  expect({ ...plan, seed: 8 }).not.toEqual(planOf(8, 'hand-off'));
});

test('500 chaos plans of each method include disturbances at every kind of event and every fault', () => {
  const disturbances = PLANS.flatMap((plan) => plan.disturbances);
  expect(new Set(disturbances.map(({ on }) => on)).size).toBe(6);
  const acts = disturbances.map(({ act }) => (act.kind === 'database' ? act.fault : `${act.kind} ${act.victim}`));
  expect(new Set(acts).size).toBe(3 * 3 + 3);
  // Four codes, one to four failures, and none.
  expect(new Set(PLANS.map(({ channel }) => JSON.stringify(channel))).size).toBe(4 + 4 + 1);
  expect(new Set(PLANS.map(({ lostResponses }) => lostResponses))).toEqual(new Set([0, 1, 2, 3]));
  expect(new Set(PLANS.map(({ isProxied }) => isProxied)).size).toBe(2);
  expect(new Set(PLANS.filter(({ lostResponses }) => lostResponses > 0).map(({ isGateway }) => isGateway)).size).toBe(
    2,
  );
  const faults = METHODS.map((method) => {
    const own = PLANS.filter((plan) => plan.method === method).flatMap(({ adobe }) => adobe);
    return new Set(own.map(({ kind, on }) => `${kind} ${on}`)).size;
  });
  // Each request of a method can fail in five ways, and reading the status in two.
  expect(faults).toEqual([7, 17, 2]);
  const people = PLANS.flatMap(({ confirmations }) => confirmations);
  expect(new Set(people.map((each) => `${each.lastStep} ${each.isLeft} ${each.isInProduction}`)).size).toBe(8);
  expect(new Set(PLANS.flatMap(({ confirmations }) => confirmations.map(({ presses }) => presses)))).toEqual(
    new Set([1, 2, 3]),
  );
  expect(PLANS.some(({ hasReminderWindow }) => hasReminderWindow)).toBe(true);
  expect(PLANS.some(({ slackDelayMs }) => slackDelayMs > 0)).toBe(true);
  expect(PLANS.every(({ confirmations, disturbances }) => confirmations.length > 0 && disturbances.length > 0)).toBe(
    true,
  );
});

test('a fault of a chaos trial is counted if it took effect, not because it was planned', () => {
  const nothing = { database: [], pauses: 0, slack: [], proxy: { requests: [], tunnels: [] } };
  const post = { method: 'chat.postMessage', args: { channel: CHANNEL }, ok: false, error: 'is_archived' };
  const rejecting = { channel: { error: 'is_archived' }, lostResponses: 1, isGateway: true };
  const failing = { channel: { failures: 1 }, lostResponses: 1, isGateway: false };
  expect([...shownIn({ ...nothing, plan: rejecting }), ...shownIn({ ...nothing, plan: failing })]).toEqual([]);
  const met = [
    { fault: 'killed', met: 5 },
    { fault: 'down', met: 0 },
  ] as const;
  const requests = ['GET http://adobe.example/console/organizations'];
  const proxy = { requests, tunnels: ['slack.example:443'] };
  const slack = [post, { ...post, ok: true }];
  expect([...shownIn({ plan: rejecting, database: met, pauses: 1, slack, proxy })]).toEqual([
    ...['database killed', 'pause', 'channel rejects', 'response lost, 504', 'proxy'],
  ]);
  expect([...shownIn({ ...nothing, plan: failing, slack, proxy: { ...proxy, tunnels: [] } })]).toEqual([
    ...['channel answers 503', 'response lost'],
  ]);
  expect([...shownIn({ ...nothing, plan: rejecting, slack: [{ ...post, error: 'not_in_channel' }] })]).toEqual([]);
  const finished = [
    { kind: { method: 'hand-off', engine: 'sqlite', instances: 1 }, shown: new Set<Fault>(['pause']) },
  ] as const;
  expect(faultTable(finished)).toContain('| pause | 1 | 0 |');
});

test('the chaos table has a row for each kind of trial and one for all kinds', () => {
  const verdict: Verdict = {
    migrations: 2,
    doubled: [],
    silent: ['etl-1: no end'],
    lost: [],
    overdue: [],
    unattributed: [],
    late: 0,
    recoveries: [10_000, 1_000, 12_340],
    duplicates: { digests: 0, messages: 0 },
  };
  const kinds = [
    { method: 'query-service', engine: 'sqlite', instances: 1 },
    { method: 'hand-off', engine: 'postgres', instances: 3 },
  ] as const;
  const finished: Finished[] = [{ kind: kinds[0], kills: 3, stops: 1, pauses: 2, outages: 1, verdict }];
  expect(table(finished, kinds).split('\n').slice(2)).toEqual([
    '| query-service | SQLite | 1 | 1 | 3 | 1 | 2 | 1 | 2 | 0 | 1 | 0 | 10.0 s | 12.3 s |',
    '| hand-off | PostgreSQL | 3 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | – | – |',
    '| **all** |  |  | 1 | 3 | 1 | 2 | 1 | 2 | 0 | 1 | 0 | 10.0 s | 12.3 s |',
  ]);
});
