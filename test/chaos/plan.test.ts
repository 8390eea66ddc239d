import { expect, test } from 'vitest';
import type { Verdict } from './judge.ts';
import { planOf } from './plan.ts';
import { type Finished, table } from './table.ts';

const PLANS = Array.from({ length: 500 }, (_, seed) => planOf(seed));

test('the same seed gives the same chaos plan and another seed a different one', () => {
  expect(planOf(7)).toEqual(planOf(7));
  expect({ ...planOf(7), seed: 8 }).not.toEqual(planOf(8));
});

test('500 chaos plans disturb at every kind of event and contain every fault', () => {
  const disturbances = PLANS.flatMap((plan) => plan.disturbances);
  expect(new Set(disturbances.map(({ on }) => on)).size).toBe(6);
  const acts = disturbances.map(({ act }) => (act.kind === 'database' ? act.fault : `${act.kind} ${act.victim}`));
  expect(new Set(acts).size).toBe(3 * 3 + 3);
  expect(new Set(PLANS.map(({ channelError }) => channelError)).size).toBe(5);
  expect(new Set(PLANS.map(({ isProxied }) => isProxied)).size).toBe(2);
  expect(new Set(PLANS.flatMap(({ adobe }) => adobe.map(({ kind, on }) => `${kind} ${on}`))).size).toBe(7);
  expect(new Set(PLANS.flatMap(({ confirmations }) => confirmations.map(({ presses }) => presses)))).toEqual(
    new Set([1, 2, 3]),
  );
  expect(PLANS.some(({ hasReminderWindow }) => hasReminderWindow)).toBe(true);
  expect(PLANS.some(({ slackDelayMs }) => slackDelayMs > 0)).toBe(true);
  expect(PLANS.every(({ confirmations, disturbances }) => confirmations.length > 0 && disturbances.length > 0)).toBe(
    true,
  );
});

test('the chaos table has a row for each kind of trial and one for all', () => {
  const verdict: Verdict = {
    migrations: 2,
    doubled: [],
    silent: ['etl-1: no end'],
    lost: [],
    overdue: [],
    late: 0,
    recoveries: [10_000, 1_000, 12_340],
    duplicates: { digests: 0, messages: 0 },
  };
  const kinds = [
    { engine: 'sqlite', instances: 1 },
    { engine: 'postgres', instances: 3 },
  ] as const;
  const finished: Finished[] = [{ kind: kinds[0], kills: 3, stops: 1, pauses: 2, outages: 1, verdict }];
  expect(table(finished, kinds).split('\n').slice(2)).toEqual([
    '| SQLite | 1 | 1 | 3 | 1 | 2 | 1 | 2 | 0 | 1 | 0 | 10.0 s | 12.3 s |',
    '| PostgreSQL | 3 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | – | – |',
    '| **all** |  | 1 | 3 | 1 | 2 | 1 | 2 | 0 | 1 | 0 | 10.0 s | 12.3 s |',
  ]);
});
