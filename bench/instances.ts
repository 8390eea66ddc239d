import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { largeOrganisation } from '../playground/adobe/large-seed.ts';
import { freshDatabase } from '../test/chaos/databases.ts';
import { Fleet } from '../test/chaos/fleet.ts';
import type { AtEnd, World } from '../test/process/world.ts';
import { ADMIN } from '../test/support/people.ts';
import { Random } from '../test/support/random.ts';
import { command, load, spread } from './load.ts';
import { POSTGRES_SERVER, SKIPPED } from './postgres.ts';
import { statementsOf } from './recorded.ts';
import type { Table } from './report.ts';
import { inWorld } from './scope.ts';
import { settled } from './settled.ts';

const SIZES = [1, 2, 4];
const CREDENTIALS = 1_000;
const CLIENTS = 8;
const LOAD_MS = 2_000;
/** How long the statements of an idle bot are counted. */
const IDLE_MS = 10_000;
const COMMANDS = ['list', 'status'];
/** How often the instance that works through the queue is killed. */
const KILLS = 3;
const MIGRATION_SECONDS = 1;
/** How often each act is tried to count its statements; fewer than the questions that one person may have open. */
const TRIES = 7;
const READS = ['list', 'status', 'history', 'help'];

const SEED = largeOrganisation(CREDENTIALS);
/** Credentials that one press of Migrate confirms, without a typed name. */
const FREE = SEED.credentials
  .filter(({ state, sandboxes }) => state === 'NOT_STARTED' && !sandboxes.includes('prod'))
  .map(({ name }) => name);

/** Measures several processes on one PostgreSQL. */
export async function instances(): Promise<readonly Table[]> {
  if (POSTGRES_SERVER === null) return [{ title: 'Several instances', columns: [''], rows: [[SKIPPED]] }];
  const columns: number[][] = [];
  for (const size of SIZES) columns.push(await measure(size));
  const labels = [
    ...COMMANDS.flatMap((each) => [`${each}, a second`, `${each}, p99 ms`]),
    'takeover, median s',
    'takeover, worst s',
  ];
  return [
    {
      title: `Several instances on PostgreSQL: ${CREDENTIALS} credentials, ${CLIENTS} requests at a time`,
      columns: ['', ...SIZES.map(String)],
      rows: labels.map((label, row) => [label, ...columns.map((column) => column[row] ?? '')]),
    },
    await statements(),
  ];
}

async function inPostgres<T>(work: (world: World, url: string, atEnd: AtEnd) => Promise<T>): Promise<T> {
  const adobe = { seed: SEED, pageSize: 1_000, migrationSeconds: MIGRATION_SECONDS };
  return inWorld({ adobe }, async (world, atEnd) => {
    const { settings } = await freshDatabase('postgres', POSTGRES_SERVER ?? '', atEnd);
    // Connects directly, not through the proxy in this process by which trials disturb connections.
    return work(world, settings.kind === 'postgres' ? settings.url : '', atEnd);
  });
}

async function measure(size: number): Promise<number[]> {
  return inPostgres(async (world, url, atEnd) => {
    const fleet = new Fleet(world, { DATABASE_URL: url }, new Random(size));
    atEnd(async () => fleet.close());
    fleet.start(size);
    while (!fleet.hasSynced || !fleet.isServing) await sleep(50);
    await settled(world);
    const addresses = fleet.instances.map(({ url }) => String(url).replace('/slack/events', ''));
    const told: number[] = [];
    for (const text of COMMANDS) {
      const one = (agent: Agent, n: number) => command(addresses[n % size] ?? '', agent, ADMIN, text);
      // The first load warms up.
      await load(one, { clients: CLIENTS, ms: LOAD_MS / 2 });
      const { perSecond, p99 } = await load(one, { clients: CLIENTS, ms: LOAD_MS });
      told.push(perSecond, p99);
    }
    world.slack.appUrl = `${addresses[0]}/slack/events`;
    const { p50, worst } = spread(await takeovers(world, fleet));
    return [...told, p50, worst];
  });
}

/** Seconds from each kill, right after a start reached Adobe, to the next start. The killed one restarts at once. */
async function takeovers(world: World, fleet: Fleet): Promise<number[]> {
  const questions: { channel: string; ts: string }[] = [];
  // Some may have left the queue by the time the last one is confirmed.
  for (const name of FREE.slice(0, KILLS + 4)) questions.push(await world.ask(name));
  const { starts } = world.adobe;
  const next = async () => {
    const before = starts.length;
    await world.slack.waitFor(() => starts.length > before);
    return Number(starts[before]?.at);
  };
  for (const question of questions) await world.slack.press(ADMIN, question, 'confirm');
  await next();
  const told: number[] = [];
  while (told.length < KILLS) {
    await fleet.end('busiest', 'SIGKILL', 0);
    const from = fleet.ended.at(-1)?.at ?? Number.NaN;
    told.push(((await next()) - from) / 1000);
  }
  return told;
}

/** Counts the statements of each command and press, without the renewals of leases by jobs meanwhile. */
async function statements(): Promise<Table> {
  return inPostgres(async (world, url, atEnd) => {
    const settings = { DATABASE_URL: url, MIGRATION_POLL_SECONDS: '5' };
    const folder = await mkdtemp(join(tmpdir(), 'qs-creds-bench-'));
    atEnd(() => rm(folder, { recursive: true, force: true }));
    const recording = async (name: string) => {
      const file = join(folder, name);
      await writeFile(file, '');
      const preload = `--import=${join(import.meta.dirname, 'record-postgres.ts')}`;
      return { file, settings: { ...settings, NODE_OPTIONS: preload, RECORD_STATEMENTS: file } };
    };
    // The worker starts first and works through the queue, so that the server only serves requests.
    const worker = await recording('worker');
    await world.start(worker.settings);
    const server = await recording('server');
    const served = world.spawn(server.settings);
    await world.speakTo(served);
    await settled(world);
    const address = await served.address();
    const agent = new Agent({ keepAlive: true });
    const row = async (label: string, act: () => Promise<unknown>, goal: string) => {
      const all = await statementsOf(server.file, act, ({ sql }) => !sql.includes('"leases"'), TRIES);
      const own = all.filter(({ sql }) => !/^(begin|start transaction|commit)/.test(sql));
      return [label, own.length, all.length, goal];
    };
    const count = async () => (await readFile(worker.file, 'utf8')).split('\n').length;
    const before = await count();
    await sleep(IDLE_MS);
    const idle = ((await count()) - before) / (IDLE_MS / 1000);
    const rows: (string | number)[][] = [];
    for (const text of READS) rows.push(await row(text, () => command(address, agent, ADMIN, text), '≤ 3'));
    const questions: { channel: string; ts: string }[] = [];
    for (const name of FREE.slice(0, TRIES)) questions.push(await world.ask(name));
    const confirm = async () => {
      const question = questions.pop();
      if (question !== undefined) await world.slack.press(ADMIN, question, 'confirm');
      const isClosed = () => !world.messages.some(({ ts, text }) => ts === question?.ts && text.includes('Migrate `'));
      await world.slack.waitFor(isClosed);
    };
    rows.push(await row('a press that confirms', confirm, '≤ 6'));
    rows.push(['jobs of an idle instance, a second', idle, idle, '']);
    agent.destroy();
    return { title: 'Statements of one command', columns: ['', 'statements', 'with begin and commit', 'goal'], rows };
  });
}
