import { beforeAll, expect, test } from 'vitest';
import { type Run, runSeed } from './run.ts';

/**
 * The product's own use cases and loops on a model of Adobe, Slack and time: in every seed, actions, faults and crashes
 * come in a different order. `npm run simulate -- --seed 7` replays one with its trace; CI runs more seeds with it,
 * until they have covered everything.
 */

const SEEDS = 40;

const runs: Run[] = [];

beforeAll(async () => {
  for (let seed = 0; seed < SEEDS; seed++) runs.push(await runSeed(seed));
});

test('no simulated seed violates an invariant', () => {
  const failing = runs.filter(({ violations }) => violations.length > 0);
  expect(failing.map(({ seed, violations }) => `npm run simulate -- --seed ${seed}: ${violations[0]}`)).toEqual([]);
});

test('the same seed repeats the same run', async () => {
  for (const seed of [1, 2, 3]) {
    const [first, second] = [await runSeed(seed, true), await runSeed(seed, true)];
    expect(first.trace.length, `seed ${seed}`).toBeGreaterThan(200);
    expect(second.trace, `seed ${seed}`).toEqual(first.trace);
    expect([...second.counts], `seed ${seed}`).toEqual([...first.counts]);
  }
});

test('two seeds give different runs', async () => {
  expect((await runSeed(1, true)).trace).not.toEqual((await runSeed(2, true)).trace);
});
