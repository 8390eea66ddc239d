import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Coverage } from './coverage.ts';
import { runSeed } from './run.ts';

/**
 * `npm run simulate -- [--seeds 10000] [--from 0]` runs so many seeds on all cores; `--seed 7` runs one and prints
 * everything that happened in it. Exit code 1 when something is wrong.
 */

interface Share {
  readonly first: number;
  readonly end: number;
  readonly step: number;
}

/** What a worker tells of one seed. */
interface SeedResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly counts: readonly (readonly [string, number])[];
}

/** Failing seeds that are printed whole; the others are only named. */
const TRACED = 3;
const PROGRESS_MS = 1_000;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function work({ first, end, step }: Share): Promise<void> {
  for (let seed = first; seed < end; seed += step) {
    const { violations, counts } = await runSeed(seed);
    parentPort?.postMessage({ seed, violations, counts: [...counts] } satisfies SeedResult);
  }
}

/** Prints everything that happened in a seed. True when nothing is wrong. */
async function replay(seed: number): Promise<boolean> {
  const { trace, violations } = await runSeed(seed, true);
  print([...trace, '', ...violations.map((violation) => `WRONG: ${violation}`)].join('\n'));
  return violations.length === 0;
}

/** Runs these seeds on all cores. True when nothing is wrong. */
async function runAll(from: number, end: number): Promise<boolean> {
  const coverage = new Coverage();
  const failing: SeedResult[] = [];
  const began = performance.now();
  let done = 0;
  const progress = () => {
    const perSecond = Math.round((done * 1_000) / (performance.now() - began));
    print(`${done} of ${end - from} seeds, ${failing.length} failing, ${perSecond} a second`);
  };
  const collect = (told: SeedResult) => {
    done++;
    coverage.add(told.counts);
    if (told.violations.length > 0) failing.push(told);
  };
  const timer = setInterval(progress, PROGRESS_MS);
  const step = availableParallelism();
  await Promise.all(Array.from({ length: step }, (_, i) => inWorker({ first: from + i, end, step }, collect))).finally(
    () => clearInterval(timer),
  );
  progress();
  print(coverage.table());
  failing.sort((a, b) => a.seed - b.seed);
  for (const { seed } of failing.slice(0, TRACED)) {
    print(`\nseed ${seed}:`);
    await replay(seed);
  }
  for (const { seed, violations } of failing) {
    print(`\nnpm run simulate -- --seed ${seed}\n  ${violations.join('\n  ')}`);
  }
  return failing.length === 0;
}

function inWorker(share: Share, collect: (told: SeedResult) => void): Promise<void> {
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
  const from = Number(values.from ?? 0);
  const isGood =
    values.seed === undefined
      ? await runAll(from, from + Number(values.seeds ?? 10_000))
      : await replay(Number(values.seed));
  process.exitCode = isGood ? 0 : 1;
}

await (isMainThread ? main() : work(workerData));
