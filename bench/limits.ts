import { manyCredentials, technicalAccountIdOf } from '../playground/adobe/seed.ts';
import { PEOPLE, type Person } from '../playground/slack/users.ts';
import type { Call } from '../playground/slack/web-api.ts';
import { startApp } from '../src/app.ts';
import { readConfig, secretsOf } from '../src/config/config.ts';
import { createLogger } from '../src/lib/log.ts';
import { CHANNEL, type World } from '../test/process/world.ts';
import { FastTime } from './fast-time.ts';
import { spread } from './load.ts';
import { owners } from './owners.ts';
import type { Table } from './report.ts';
import { inWorld } from './scope.ts';

/** Slack's published rates per minute, for chat.update (Tier 3) and views.publish (Tier 4). */
const EDITS = 50;
const PUBLISHES = 100;
/** How long a migration takes according to Adobe's page: 30 to 40 s, in its later revisions 8 to 10 s. Seconds. */
const ONE_SECONDS = 40;
const QUEUED_SECONDS = 10;
const QUEUED = 100;
const VIEWERS: readonly Person[] = Array.from({ length: 50 }, (_, i) => ({
  id: `U0VIEWER${String(i).padStart(2, '0')}`,
  name: `viewer${i}`,
  realName: `Viewer ${i}`,
  role: 'member',
  email: `viewer${i}@example.com`,
}));
/** How many times faster time passes. What the bot, the local Slack and the simulated Adobe take is multiplied too. */
const FACTOR = 40;
const MINUTE_MS = 60_000;
const LONG = { timeoutMs: 600_000 };

/** Measures what migrations and open Homes demand of Slack and Adobe, against their rates. */
export async function limits(): Promise<readonly Table[]> {
  return [await oneMigration(), await aQueue(), await owners()];
}

async function oneMigration(): Promise<Table> {
  return inFastWorld({ credentials: 1, migrationSeconds: ONE_SECONDS }, async (world) => {
    const [name = ''] = names(1);
    const before = world.slack.calls.length;
    const ends = endsIn(world);
    await world.migrate(name);
    await world.slack.waitFor(() => ends().size > 0);
    const calls = world.slack.calls.slice(before);
    const byMethod = Map.groupBy(calls, ({ method }) => method);
    return {
      title: `One migration of ${ONE_SECONDS} s, from the command to its end`,
      columns: ['', 'calls', 'goal'],
      rows: [
        ...[...byMethod].map(([method, { length }]) => [method, length, '']),
        ['all calls to Slack', calls.length, '≤ 12'],
        ['starts sent to Adobe', world.startsSent, '1'],
      ],
    };
  });
}

async function aQueue(): Promise<Table> {
  return inFastWorld({ credentials: QUEUED, migrationSeconds: QUEUED_SECONDS }, async (world, time) => {
    for (const { id } of VIEWERS) await world.slack.openHome(id);
    const published = () => world.slack.calls.filter(({ method }) => method === 'views.publish').length;
    await world.slack.waitFor(() => published() >= VIEWERS.length);
    const ends = endsIn(world);
    for (const name of names(QUEUED)) {
      await world.migrate(name);
      // Slack takes one post a second in a channel, and those who confirm are not the only ones who post.
      await time.sleep(1_500);
    }
    await world.slack.waitFor(() => ends().size === QUEUED, LONG);
    const late = names(QUEUED).map((name) => {
      const id = technicalAccountIdOf(name);
      const start = world.adobe.starts.find(({ technicalAccountId }) => technicalAccountId === id);
      return (Number(ends().get(name)) - Number(start?.at)) / 1000 - QUEUED_SECONDS;
    });
    const { p50, worst } = spread(late);
    const edits = callsOf(world, 'chat.update');
    const homes = callsOf(world, 'views.publish');
    return {
      title: `${QUEUED} migrations of ${QUEUED_SECONDS} s in the queue, ${VIEWERS.length} open Homes, ${EDITS} edits a minute`,
      columns: ['', 'median', 'worst', 'goal'],
      rows: [
        ['end shown after Adobe’s, s', p50, worst, '≤ 10'],
        ['starts sent to Adobe', world.startsSent, '', String(QUEUED)],
        ['edits taken, in a minute', '', mostInAMinute(edits.filter(({ ok }) => ok)), `≤ ${EDITS}`],
        ['edits refused with 429', '', edits.filter(({ ok }) => !ok).length, ''],
        ['posts faster than Slack guarantees to take', '', world.slack.stats.overRate.length, ''],
        ['Homes published, in a minute', '', mostInAMinute(homes), `≤ ${PUBLISHES}`],
        ['Homes refused with 429', '', homes.filter(({ ok }) => !ok).length, '0'],
      ],
    };
  });
}

/** Runs a world and the bot in this process, with time that passes quickly for both. */
async function inFastWorld<T>(
  { credentials, migrationSeconds }: { credentials: number; migrationSeconds: number },
  work: (world: World, time: FastTime) => Promise<T>,
): Promise<T> {
  const time = new FastTime(FACTOR);
  const { credentials: seeded, ...rest } = manyCredentials(credentials);
  const seed = { ...rest, credentials: seeded.map((each) => ({ ...each, sandboxes: ['dev'] })) };
  const adobe = { seed, migrationSeconds, clock: time, pageSize: 1_000 };
  const people = [...PEOPLE, ...VIEWERS];
  const channels = [{ id: CHANNEL, name: 'data-platform', members: people.map(({ id }) => id) }];
  return inWorld({ adobe, slack: { clock: time.now, users: people, channels } }, async (world, atEnd) => {
    world.slack.limit('chat.update', EDITS);
    world.slack.limit('views.publish', PUBLISHES);
    const settings = readConfig({ ...world.settings, MIGRATION_POLL_SECONDS: '5', DATABASE_URL: 'file::memory:' });
    let isSynced = false;
    const write = (line: string) => {
      isSynced ||= line.includes('"sync done"');
      world.slack.state.changed();
    };
    const logger = createLogger({ level: 'info', secrets: secretsOf(settings), destination: { write } });
    const bot = await startApp(settings, { logger, ...time });
    atEnd(() => bot.stop(3_000));
    world.slack.appUrl = `http://127.0.0.1:${bot.port}/slack/events`;
    await world.slack.waitFor(() => isSynced);
    return work(world, time);
  });
}

function names(count: number): string[] {
  return manyCredentials(count).credentials.map(({ name }) => name);
}

function callsOf(world: World, method: string): Call[] {
  return world.slack.calls.filter((call) => call.method === method);
}

/** When Slack accepted the end of each migration, by the credential's name. Repeated calls read only what is new. */
function endsIn({ slack }: World): () => ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  let read = 0;
  return () => {
    for (const { ok, args, at } of slack.calls.slice(read)) {
      const name = /\*Migrated\*.*?`(job-\d+)`/s.exec(String(args['text']))?.[1];
      if (ok && name !== undefined && !ends.has(name)) ends.set(name, at.getTime());
    }
    read = slack.calls.length;
    return ends;
  };
}

function mostInAMinute(calls: readonly Call[]): number {
  const times = calls.map(({ at }) => at.getTime());
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + MINUTE_MS).length));
}
