import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Seed } from '../../playground/adobe/organisation.ts';
import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { type AtEnd, CHANNEL, openWorld, type World } from '../process/world.ts';
import { TestProxy } from '../support/proxy.ts';
import { Random } from '../support/random.ts';
import { type Engine, type FreshDatabase, freshDatabase, rowsOf } from './databases.ts';
import { Fleet } from './fleet.ts';
import { type End, type Evidence, judge, type Verdict } from './judge.ts';
import { confirmMigration, isDigest, progressOf } from './person.ts';
import { type Act, type Disturbance, type Event, MIGRATION_SECONDS, type Plan } from './plan.ts';

/** Once all serve again after the last disturbance, every end must be shown within this time. Milliseconds. */
const END_WITHIN = 60_000;
/** A disturbance whose event does not occur happens after this time anyway. Milliseconds. */
const EVENT_WITHIN = 5_000;
/** Anything done twice would be visible by then. Milliseconds. */
const SETTLE = 1_000;
/** No one migrates it, so that a digest stays due. */
const LEFT_ALONE = 'left-alone';

const ENDS: Readonly<Record<End, string>> = {
  migrated: '*Migrated*',
  'not migrated': '*Not migrated*',
  'needs attention': '*Needs attention*',
};

const SETTINGS = {
  // Longer than the lease of a killed instance, so that its successor can still read Adobe's state.
  MIGRATION_EXPECTED_SECONDS: '2',
  MIGRATION_TIMEOUT_SECONDS: '12',
};

/** A digest is due immediately, and is checked for every second. */
const REMINDING = { REMINDER_CHANNEL: CHANNEL, REMINDER_CRON: '* * * * * *', REMINDER_DAYS: '7' };
const DAY_MS = 24 * 60 * 60 * 1000;

/** Where a trial runs. */
export interface TrialSetup {
  readonly engine: Engine;
  readonly instances: number;
  /** The PostgreSQL server; unused by SQLite. */
  readonly server: string;
  readonly atEnd: AtEnd;
}

export interface Trial {
  readonly plan: Plan;
  readonly verdict: Verdict;
  readonly evidence: Evidence;
  /** Presses with a response and without effect. */
  readonly ignored: number;
  /** Processes that exited on their own. */
  readonly exits: readonly string[];
  /** Logged errors. */
  readonly errors: readonly string[];
  /** Writes all logs and all evidence into a folder. */
  saveTo(folder: string): Promise<void>;
}

/** Runs one trial in a world of its own: people and disturbances, then waits for every end. */
export async function runTrial(plan: Plan, { engine, instances, server, atEnd }: TrialSetup): Promise<Trial> {
  const world = await openWorld(atEnd, { adobe: { migrationSeconds: MIGRATION_SECONDS, seed: seedOf(plan) } });
  const database = await freshDatabase(engine, server, atEnd);
  const settings = {
    ...SETTINGS,
    DATABASE_URL: database.url,
    ...(plan.isProxied && { HTTP_PROXY: await startProxy(atEnd) }),
    ...(plan.hasReminderWindow && { ...REMINDING, DEADLINE: inDays(5) }),
  };
  const fleet = new Fleet(world, settings, new Random(plan.seed));
  atEnd(async () => fleet.close());
  fleet.start(instances);
  while (!fleet.hasSynced) await delay(20);
  injectFaults(world, plan);

  const deadlinePassed = new AbortController();
  let presses = 0;
  const confirmations = Promise.all(
    plan.confirmations.map(async (planned) => {
      await delay(planned.at);
      return confirmMigration(world, fleet, planned, { pressing: () => (presses += 1), signal: deadlinePassed.signal });
    }),
  );
  for (const disturbance of plan.disturbances) {
    await occurrenceOf(world, disturbance, () => presses);
    await perform(disturbance.act, fleet, database);
  }
  while (!fleet.isServing) await delay(50);
  const deadline = setTimeout(() => deadlinePassed.abort(), END_WITHIN);
  const all = await confirmations;
  await waitForEnds(world, plan, deadlinePassed.signal);
  clearTimeout(deadline);
  await delay(SETTLE);

  const evidence: Evidence = {
    rows: await rowsOf(database.settings),
    confirmations: all,
    ...collectEvidence(world, plan, fleet),
  };
  fleet.close();
  return {
    plan,
    verdict: judge(evidence),
    evidence,
    ignored: all.reduce((sum, { ignored }) => sum + ignored, 0),
    exits: fleet.unexpectedExits,
    errors: fleet.instances.flatMap(({ bot }) => bot.lines.filter(isFailure).map((line) => JSON.stringify(line))),
    async saveTo(folder) {
      await mkdir(folder, { recursive: true });
      const texts = world.messages.map(({ ephemeral, text }) => `${ephemeral ? '(private) ' : ''}${text}`);
      const { calls } = world.adobe;
      const story = { plan, engine, instances, evidence, messages: texts, adobe: calls, slack: world.slack.calls };
      await writeFile(join(folder, 'trial.json'), JSON.stringify(story, null, 2));
      for (const [i, { bot }] of fleet.instances.entries()) {
        await writeFile(join(folder, `process-${i + 1}.log`), bot.stdout + bot.stderr);
      }
    },
  };
}

/** Called after the first sync, so that every credential is known. */
function injectFaults({ adobe, slack }: World, plan: Plan): void {
  for (const fault of plan.adobe) adobe.faults.add(fault);
  if (plan.channelError !== null) {
    slack.fail('chat.postMessage', { error: plan.channelError, channel: CHANNEL, times: 10_000 });
  }
  if (plan.slackDelayMs === 0) return;
  for (const method of ['chat.postMessage', 'chat.update']) {
    slack.fail(method, { hangMs: plan.slackDelayMs, times: 1_000 });
  }
}

async function startProxy(atEnd: AtEnd): Promise<string> {
  const proxy = new TestProxy();
  atEnd(() => proxy.stop());
  return proxy.start();
}

async function perform(act: Act, fleet: Fleet, database: FreshDatabase): Promise<void> {
  switch (act.kind) {
    case 'kill':
      return fleet.end(act.victim, 'SIGKILL', act.downMs);
    case 'stop':
      return fleet.end(act.victim, 'SIGTERM', act.downMs);
    case 'pause':
      return fleet.pause(act.victim, act.forMs);
    case 'database': {
      const at = Date.now();
      await database.disturb(act.fault, act.forMs);
      fleet.interruptions.push({ what: 'database', at, endedAt: Date.now() });
    }
  }
}

/** Waits for the moment of a disturbance. */
async function occurrenceOf(
  world: World,
  { on, nth, delay: later }: Disturbance,
  presses: () => number,
): Promise<void> {
  const count = counter(world, on, presses);
  const wanted = count() + nth;
  const until = performance.now() + EVENT_WITHIN;
  const { promise, resolve } = Promise.withResolvers<void>();
  const check = () => {
    if (count() >= wanted || performance.now() >= until) resolve();
  };
  // Slack's calls are observed before their response; Adobe's are polled often enough.
  world.slack.state.on('change', check);
  const polling = setInterval(check, 3);
  check();
  await promise;
  clearInterval(polling);
  world.slack.state.off('change', check);
  if (later > 0) await delay(later);
}

/** Counts the events of this kind so far. */
function counter({ adobe, slack }: World, event: Event, presses: () => number): () => number {
  const adobeCalls = (path: string) => () => adobe.calls.filter((call) => call.path.endsWith(path)).length;
  const slackCalls = (method: string) => () => slack.calls.filter((call) => call.method === method).length;
  switch (event) {
    case 'press':
      return presses;
    case 'start':
      return adobeCalls('/migrate');
    case 'status':
      return adobeCalls('/status');
    case 'post':
      return slackCalls('chat.postMessage');
    case 'update':
      return slackCalls('chat.update');
    case 'time':
      return () => 0;
  }
}

async function waitForEnds(
  world: World,
  { confirmations, hasReminderWindow }: Plan,
  signal: AbortSignal,
): Promise<void> {
  const hasEnded = () =>
    confirmations.every(({ name }) => endsOf(world, name).length > 0) &&
    (!hasReminderWindow || world.messages.some(isDigest));
  while (!hasEnded() && !signal.aborted) await delay(50);
}

function endsOf(world: World, name: string): End[] {
  const texts = progressOf(world, name).map(({ text }) => text);
  return (['migrated', 'not migrated', 'needs attention'] as const).filter((end) =>
    texts.some((text) => text.includes(ENDS[end])),
  );
}

function collectEvidence(world: World, plan: Plan, fleet: Fleet): Omit<Evidence, 'rows' | 'confirmations'> {
  const starts = world.adobe.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/migrate'));
  const shown = world.slack.calls.filter(
    ({ method, args }) =>
      ['chat.postMessage', 'chat.update'].includes(method) &&
      !isDigest({ ephemeral: false, text: String(args['text']) }),
  );
  const digests = world.slack.calls.filter(
    ({ method, ok, args }) =>
      method === 'chat.postMessage' && ok && isDigest({ ephemeral: false, text: String(args['text']) }),
  );
  return {
    credentials: plan.confirmations.map(({ name }) => {
      const id = technicalAccountIdOf(name);
      return {
        name,
        starts: starts.filter(({ path }) => path.includes(id)).map(({ at }) => at.getTime()),
        isStarted: world.adobe.starts.some(({ technicalAccountId }) => technicalAccountId === id),
        ends: endsOf(world, name),
        messages: progressOf(world, name).length,
      };
    }),
    digests: plan.hasReminderWindow ? digests.map(({ at }) => at.getTime()) : null,
    ended: fleet.ended,
    interruptions: fleet.interruptions,
    activity: [...starts, ...shown].map(({ at }) => at.getTime()),
  };
}

function isFailure({ level }: Readonly<Record<string, unknown>>): boolean {
  return level === 'error' || level === 'fatal';
}

function seedOf({ confirmations }: Plan): Seed {
  const created = new Date('2025-01-02T03:04:05Z');
  const credentials = [...confirmations.map(({ name }) => name), LEFT_ALONE].map((name, i) => ({
    technicalAccountId: technicalAccountIdOf(name),
    name,
    description: '',
    owner: null,
    // No production: one press of Migrate confirms.
    sandboxes: ['dev'],
    created,
    lastUpdated: created,
    consoleId: 100_001 + i,
    state: 'NOT_STARTED' as const,
  }));
  return { credentials, otherIntegrations: [], schedules: [] };
}

/** The calendar date this many days from now. */
function inDays(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}
