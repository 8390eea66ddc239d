import { beforeAll, expect, test } from 'vitest';
import { IS_CI } from '../support/effort.ts';
import { Coverage } from './coverage.ts';
import { type Run, runSeed } from './run.ts';
import { faultsOf } from './seed-faults.ts';

/**
 * The product's own use cases and loops on a model of Adobe, Slack and time: in every seed, actions, faults and crashes
 * come in a different order. `npm run simulate -- --seed 7` replays one with its trace; CI runs more seeds.
 */

const SEEDS = IS_CI ? 400 : 40;
/** Where the search for rare crash points ends. */
const MAX_SEED = 4_000;
/** Beside everything else that CI runs, it is three times as slow as alone. */
const TIMEOUT_MS = 900_000;

const runs: Run[] = [];

beforeAll(async () => {
  for (let seed = 0; seed < SEEDS; seed++) runs.push(await runSeed(seed));
}, TIMEOUT_MS);

test('no simulated seed violates an invariant', () => {
  const failing = runs.filter(({ violations }) => violations.length > 0);
  expect(failing.map(({ seed, violations }) => `npm run simulate -- --seed ${seed}: ${violations[0]}`)).toEqual([]);
});

test.runIf(IS_CI)(
  'the simulated seeds inject every fault, crash before and after every call, and reach every end',
  async () => {
    const coverage = new Coverage();
    for (const { counts } of runs) coverage.add(counts);
    for (let seed = SEEDS; seed < MAX_SEED; seed++) {
      const missing = coverage.missing();
      if (missing.length === 0) break;
      // Crash points are tried by the seeds to which they are assigned; ends and faults may come with any seed.
      if (!mayReach(seed, missing)) continue;
      const { counts, violations } = await runSeed(seed);
      expect(violations, `npm run simulate -- --seed ${seed}`).toEqual([]);
      coverage.add(counts);
    }
    expect(coverage.missing()).toEqual([]);
  },
  TIMEOUT_MS,
);

function mayReach(seed: number, missing: readonly string[]): boolean {
  const { crashPoints } = faultsOf(seed);
  return missing.some((what) => crashPoints.includes(what) || !/^(before|after) /.test(what));
}

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
