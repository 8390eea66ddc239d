import { inParallel } from '../src/lib/parallel.ts';
import type { Engine } from '../test/chaos/databases.ts';
import type { Plan } from '../test/chaos/plan.ts';
import { runTrial } from '../test/chaos/trial.ts';
import { spread } from './load.ts';
import { POSTGRES_SERVER, SKIPPED } from './postgres.ts';
import type { Table } from './report.ts';
import { untilEnd } from './scope.ts';

/** How long after a start the instance that sent it is killed, in one trial each; it restarts at once. Milliseconds. */
const KILLED_AFTER = [0, 300, 600, 900];
/** How many trials of one instance run at once: they mostly wait. */
const AT_ONCE = 2;
const INSTANCES = [1, 3];

function planOf(delay: number): Plan {
  return {
    seed: 1,
    method: 'query-service',
    confirmations: ['etl-1', 'etl-2'].map((name) => ({
      name,
      at: 0,
      presses: 1,
      lastStep: 'finish',
      isLeft: false,
      isInProduction: false,
    })),
    disturbances: [{ on: 'start', nth: 1, delay, act: { kind: 'kill', victim: 'busiest', downMs: 0 } }],
    adobe: [],
    slackDelayMs: 0,
    hasReminderWindow: false,
    channel: null,
    lostResponses: 0,
    isProxied: false,
    isGateway: false,
  };
}

/** Measures from a kill during a migration until the queue moves: a start, or a message about progress or an end. */
export async function recovery(): Promise<readonly Table[]> {
  const rows: (string | number)[][] = [];
  for (const instances of INSTANCES) rows.push(await recovered('SQLite', 'sqlite', instances));
  if (POSTGRES_SERVER === null) rows.push(['PostgreSQL', '', SKIPPED, '', '', '']);
  else for (const instances of INSTANCES) rows.push(await recovered('PostgreSQL', 'postgres', instances));
  return [
    {
      title: 'From a kill during a migration until the queue moves, the process started again at once',
      columns: ['', 'instances', 'kills', 'median, s', 'worst, s', 'goal'],
      rows,
    },
  ];
}

async function recovered(label: string, engine: Engine, instances: number): Promise<(string | number)[]> {
  const seconds: number[] = [];
  await inParallel(KILLED_AFTER, instances === 1 ? AT_ONCE : 1, (delay) =>
    untilEnd(async (atEnd) => {
      const setup = { engine, instances, server: POSTGRES_SERVER ?? '', atEnd };
      const { verdict } = await runTrial(planOf(delay), setup);
      const wrong = [...verdict.doubled, ...verdict.silent, ...verdict.lost];
      if (wrong.length > 0) throw new Error(wrong.join('\n'));
      seconds.push(...verdict.recoveries.map((ms) => ms / 1000));
    }),
  );
  const { p50, worst } = spread(seconds);
  return [label, instances, seconds.length, p50, worst, 'median ≤ 3, worst ≤ 5'];
}
