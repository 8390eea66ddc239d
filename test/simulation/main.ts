/**
 * `npm run simulate -- [--seeds 10000] [--from 0]` runs that many seeds on all cores; `--covered` then runs more until
 * every fault was injected, every crash point was reached and every end was seen; `--seed 7` runs one and prints its
 * trace. The last line is the verdict; the exit code is 1 if an invariant is violated or something was not covered, 2
 * for wrong options.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Coverage } from './coverage.ts';
import { runSeed } from './run.ts';
import { faultsOf } from './seed-faults.ts';

interface SeedResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly counts: readonly (readonly [string, number])[];
}

/** How many failing seeds are printed with their trace; the others only with their violations. */
const MAX_TRACES = 3;
const PROGRESS_MS = 1_000;
/** The last seed of the search for what was not covered. */
const MAX_SEED = 4_000;
/** How many seeds that search runs before it looks at what is still missing. */
const SEARCHED_AT_ONCE = 20;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function runShare(seeds: readonly number[]): Promise<void> {
  for (const seed of seeds) {
    const { violations, counts } = await runSeed(seed);
    parentPort?.postMessage({ seed, violations, counts: [...counts] } satisfies SeedResult);
  }
}

/** Runs one seed and prints its trace. Returns whether every invariant holds. */
async function replay(seed: number): Promise<boolean> {
  const { trace, violations } = await runSeed(seed, true);
  print([...trace, '', ...violations.map((violation) => `violated: ${violation}`)].join('\n'));
  return violations.length === 0;
}

/** Runs these seeds on all cores. Returns whether every invariant holds and, with `isCovered`, all was covered. */
async function runAll(from: number, count: number, isCovered: boolean): Promise<boolean> {
  const coverage = new Coverage();
  const failing: SeedResult[] = [];
  const startedAt = performance.now();
  let planned = count;
  let done = 0;
  const progress = () => {
    const perSecond = ((done * 1_000) / (performance.now() - startedAt)).toFixed(1);
    print(`${done} of ${planned} seeds, ${failing.length} failing, ${perSecond} per second`);
  };
  const collect = (result: SeedResult) => {
    done++;
    coverage.add(result.counts);
    if (result.violations.length > 0) failing.push(result);
  };
  const timer = setInterval(progress, PROGRESS_MS);
  try {
    await onAllCores(seedsFrom(from, count), collect);
    for (let next = from + count; isCovered && coverage.missing().length > 0 && next < MAX_SEED; ) {
      const missing = coverage.missing();
      const seeds: number[] = [];
      for (; seeds.length < SEARCHED_AT_ONCE && next < MAX_SEED; next++) if (mayReach(next, missing)) seeds.push(next);
      planned += seeds.length;
      await onAllCores(seeds, collect);
    }
  } finally {
    clearInterval(timer);
  }
  progress();
  print(coverage.table());
  failing.sort((a, b) => a.seed - b.seed);
  for (const { seed } of failing.slice(0, MAX_TRACES)) {
    print(`\nseed ${seed}:`);
    await replay(seed);
  }
  for (const { seed, violations } of failing) {
    print(`\nnpm run simulate -- --seed ${seed}\n  ${violations.join('\n  ')}`);
  }
  const missing = isCovered ? coverage.missing() : [];
  if (missing.length > 0) print(`\nnever happened: ${missing.join(', ')}`);
  const seeds = failing.map(({ seed }) => seed).join(', ');
  const verdict = failing.length === 0 ? 'no seed failed' : `${failing.length} failed: ${seeds}`;
  print(`\nsimulation: ${done} seeds, ${verdict}${missing.length > 0 ? `, ${missing.length} not covered` : ''}`);
  return failing.length + missing.length === 0;
}

function seedsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/** While crash points are missing, only the seeds to which they are assigned; any seed may show ends and faults. */
function mayReach(seed: number, missing: readonly string[]): boolean {
  const points = missing.filter((what) => /^(before|after) /.test(what));
  return points.length === 0 || faultsOf(seed).crashPoints.some((point) => points.includes(point));
}

async function onAllCores(seeds: readonly number[], collect: (result: SeedResult) => void): Promise<void> {
  const cores = availableParallelism();
  const shares = Array.from({ length: cores }, (_, core) => seeds.filter((_, i) => i % cores === core));
  await Promise.all(shares.filter((share) => share.length > 0).map((share) => inWorker(share, collect)));
}

function inWorker(seeds: readonly number[], collect: (result: SeedResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: seeds });
    worker.on('message', collect);
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      from: { type: 'string' },
      covered: { type: 'boolean', default: false },
      seed: { type: 'string' },
    },
  });
  const [from, seeds, seed] = [values.from ?? 0, values.seeds ?? 10_000, values.seed ?? 0].map(Number);
  if (from === undefined || seeds === undefined || seed === undefined || !(from >= 0 && seeds >= 1 && seed >= 0)) {
    console.error('usage: npm run simulate -- [--seeds N] [--from S] [--covered] | --seed S');
    process.exitCode = 2;
    return;
  }
  if (values.seed === undefined) process.exitCode = (await runAll(from, seeds, values.covered)) ? 0 : 1;
  else {
    const isGood = await replay(seed);
    print(`simulation: seed ${seed} ${isGood ? 'passed' : 'failed'}`);
    process.exitCode = isGood ? 0 : 1;
  }
}

await (isMainThread ? main() : runShare(workerData));
