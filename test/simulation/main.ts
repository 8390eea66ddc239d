/**
 * `npm run simulate -- [--seeds 10000] [--from 0]` runs that many seeds on all cores; `--seed 7` runs one and prints its
 * trace. The last line is the verdict; the exit code is 1 if an invariant is violated, 2 for wrong options.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Coverage } from './coverage.ts';
import { runSeed } from './run.ts';

/** The seeds of one worker: from `first` to before `end`. */
interface Share {
  readonly first: number;
  readonly end: number;
  readonly step: number;
}

interface SeedResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly counts: readonly (readonly [string, number])[];
}

/** How many failing seeds are printed with their trace; the others only with their violations. */
const MAX_TRACES = 3;
const PROGRESS_MS = 1_000;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function runShare({ first, end, step }: Share): Promise<void> {
  for (let seed = first; seed < end; seed += step) {
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

/** Runs these seeds on all cores. Returns whether every invariant holds. */
async function runAll(from: number, end: number): Promise<boolean> {
  const coverage = new Coverage();
  const failing: SeedResult[] = [];
  const startedAt = performance.now();
  let done = 0;
  const progress = () => {
    const perSecond = Math.round((done * 1_000) / (performance.now() - startedAt));
    print(`${done} of ${end - from} seeds, ${failing.length} failing, ${perSecond} per second`);
  };
  const collect = (result: SeedResult) => {
    done++;
    coverage.add(result.counts);
    if (result.violations.length > 0) failing.push(result);
  };
  const timer = setInterval(progress, PROGRESS_MS);
  const step = availableParallelism();
  await Promise.all(Array.from({ length: step }, (_, i) => inWorker({ first: from + i, end, step }, collect))).finally(
    () => clearInterval(timer),
  );
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
  const seeds = failing.map(({ seed }) => seed).join(', ');
  const verdict = failing.length === 0 ? 'no seed failed' : `${failing.length} failed: ${seeds}`;
  print(`\nsimulation: ${done} seeds, ${verdict}`);
  return failing.length === 0;
}

function inWorker(share: Share, collect: (result: SeedResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.on('message', collect);
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seeds: { type: 'string' }, from: { type: 'string' }, seed: { type: 'string' } },
  });
  const [from, seeds, seed] = [values.from ?? 0, values.seeds ?? 10_000, values.seed ?? 0].map(Number);
  if (from === undefined || seeds === undefined || seed === undefined || !(from >= 0 && seeds >= 1 && seed >= 0)) {
    console.error('usage: npm run simulate -- [--seeds N] [--from S] | --seed S');
    process.exitCode = 2;
    return;
  }
  if (values.seed === undefined) process.exitCode = (await runAll(from, from + seeds)) ? 0 : 1;
  else {
    const isGood = await replay(seed);
    print(`simulation: seed ${seed} ${isGood ? 'passed' : 'failed'}`);
    process.exitCode = isGood ? 0 : 1;
  }
}

await (isMainThread ? main() : runShare(workerData));
