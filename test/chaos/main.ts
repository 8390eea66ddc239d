/** `npm run chaos`: real processes, killed at random moments. What is counted is explained in docs/reliability.md. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { planOf } from './plan.ts';
import { type Finished, faultTable, type Kind, table } from './table.ts';
import { runTrial, type Trial } from './trial.ts';

/** How many trials two cores can run at once and still start a process within a second or two. */
const AT_ONCE = 4;
/** A query without a response fails after this time. Milliseconds. */
const QUERY_TIMEOUT_MS = 10_000;
const METHODS = ['query-service', 'developer-console', 'hand-off'] as const;
const SETUPS = [
  { engine: 'sqlite', instances: 1 },
  { engine: 'sqlite', instances: 3 },
  { engine: 'postgres', instances: 1 },
  { engine: 'postgres', instances: 3 },
] as const;
const KINDS: readonly Kind[] = METHODS.flatMap((method) => SETUPS.map((setup) => ({ method, ...setup })));

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string' },
    instances: { type: 'string' },
    method: { type: 'string' },
  },
});
const trials = Number(values.trials);
const firstSeed = Number(values.seed);
const server = process.env['TEST_POSTGRES_URL'];
const wanted = KINDS.filter(
  ({ method, engine, instances }) =>
    (values.method ?? method) === method &&
    (values.only ?? engine) === engine &&
    Number(values.instances ?? instances) === instances,
);
const kinds = wanted.filter(({ engine }) => engine === 'sqlite' || server !== undefined);
if (!(trials >= 1) || !Number.isInteger(firstSeed) || wanted.length === 0) {
  const options = `--trials N [--seed S] [--method ${METHODS.join('|')}] [--only sqlite|postgres] [--instances 1|3]`;
  console.error(`usage: npm run chaos -- ${options}`);
  process.exit(2);
}
if (kinds.length < wanted.length) {
  console.error('PostgreSQL: skipped, set TEST_POSTGRES_URL to run it, or run `.ci/postgres npm run chaos`');
}
if (kinds.length === 0) process.exit(2);

const finished: (Finished & { trial: Trial })[] = [];
const failures: string[] = [];
/** Removes what the running trials have created. */
const cleanups = new Set<() => Promise<void>>();
let next = 0;

async function worker(): Promise<void> {
  while (next < trials) {
    const number = next++;
    const kind = kinds[number % kinds.length];
    if (kind !== undefined) await runOne(firstSeed + number, kind);
  }
}

async function runOne(seed: number, kind: Kind): Promise<void> {
  const what = `seed ${seed}, ${kind.method}, ${kind.engine}, ${kind.instances} instance${kind.instances === 1 ? '' : 's'}`;
  const ends: (() => Promise<void>)[] = [];
  const clean = async () => {
    // Later ones may depend on earlier ones.
    for (const end of ends.splice(0).reverse()) await end().catch(() => undefined);
  };
  cleanups.add(clean);
  try {
    const trial = await runTrial(planOf(seed, kind.method), {
      ...kind,
      server: server ?? '',
      atEnd: (end) => ends.push(end),
    });
    const { verdict, evidence, exits } = trial;
    // A process logs errors when its database is gone, or when it was suspended while it waited for the database.
    const isExplained = evidence.interruptions.some(
      ({ what, at, endedAt }) => what === 'database' || endedAt - at > QUERY_TIMEOUT_MS,
    );
    const errors = isExplained ? [] : trial.errors;
    const kills = evidence.ended.filter(({ signal }) => signal === 'SIGKILL').length;
    const pauses = evidence.interruptions.filter(({ what }) => what === 'pause').length;
    finished.push({
      kind,
      kills,
      stops: evidence.ended.length - kills,
      pauses,
      outages: evidence.interruptions.length - pauses,
      verdict,
      trial,
    });
    const wrong = [
      ...verdict.doubled.map((each) => `doubled: ${each}`),
      ...verdict.silent.map((each) => `silent: ${each}`),
      ...verdict.lost.map((each) => `lost: ${each}`),
      ...verdict.overdue,
      ...verdict.unattributed.map((each) => `audit trail: ${each}`),
      ...exits,
      ...(verdict.late > 0 ? [`${verdict.late} stops without exit code 0 within 10 s`] : []),
    ];
    if (wrong.length > 0 || errors.length > 0) {
      const folder = join(tmpdir(), 'qs-creds-chaos', `${seed}-${kind.method}-${kind.engine}-${kind.instances}`);
      await trial.saveTo(folder);
      for (const each of [...wrong, ...errors]) console.error(`${what}: ${each}`);
      console.error(`${what}: logs and evidence are in ${folder}`);
      if (wrong.length > 0) failures.push(what);
    }
    console.error(`${finished.length} of ${trials} done, ${failures.length} failed`);
  } catch (error) {
    failures.push(what);
    console.error(`${what}: the trial itself failed`, error);
  } finally {
    await clean();
    cleanups.delete(clean);
  }
}

function report(): void {
  const sum = (of: (each: (typeof finished)[number]) => number) =>
    finished.reduce((total, each) => total + of(each), 0);
  const ends = finished.flatMap(({ trial }) => trial.evidence.acts.map((each) => each.ends.at(-1)));
  const ended = (end: string) => ends.filter((each) => each === end).length;
  const count = (of: (each: (typeof finished)[number]) => boolean) => finished.filter(of).length;
  const digests = count(({ trial }) => trial.evidence.digests !== null);
  console.log(table(finished, kinds));
  console.log(
    `\nTrials in which a fault took place:\n\n${faultTable(finished.map(({ kind, trial }) => ({ kind, shown: trial.shown })))}`,
  );
  console.log(`
${ended('done')} ended as confirmed, ${ended('not done')} ended without effect, ${ended('needs attention')} need attention.
${sum(({ trial }) => trial.ignored)} presses had a response and no effect; the question was still pending and was pressed again.
${digests} reminder windows; ${sum(({ verdict }) => verdict.duplicates.digests)} digests and ${sum(({ verdict }) => verdict.duplicates.messages)} progress messages were posted twice, after a lost response, or a crash between Slack's accepting one and its being recorded.
${sum(({ trial }) => trial.errors.length)} errors in the logs, ${sum(({ verdict }) => verdict.overdue.length)} overdue requests, ${sum(({ trial }) => trial.exits.length)} unexpected exits, ${sum(({ verdict }) => verdict.late)} late stops.
npm run chaos -- --trials ${trials} --seed ${firstSeed}`);
  for (const failure of failures) console.log(`failed: ${failure}`);
  const verdict = failures.length === 0 ? 'none failed' : `${failures.length} failed`;
  console.log(`chaos: ${finished.length} of ${trials} trials finished, ${verdict}`);
}

// Once, so that a second Ctrl+C exits immediately.
process.once('SIGINT', async () => {
  next = trials;
  report();
  await Promise.all([...cleanups].map((clean) => clean()));
  process.exit(130);
});

await Promise.all(Array.from({ length: Math.min(AT_ONCE, trials) }, worker));
report();
process.exit(failures.length > 0 ? 1 : 0);
