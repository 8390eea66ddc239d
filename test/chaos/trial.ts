import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from '../../playground/adobe/calls.ts';
import type { Seed } from '../../playground/adobe/organisation.ts';
import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { limitOf } from '../../src/lib/parallel.ts';
import { type AtEnd, CHANNEL, openWorld, type World } from '../process/world.ts';
import { TestProxy } from '../support/proxy.ts';
import { Random } from '../support/random.ts';
import { isDigest } from './acts.ts';
import { type Engine, type FreshDatabase, freshDatabase, recordsOf } from './databases.ts';
import { type Fault, injectFaults, shownIn, type Traces } from './faults.ts';
import { Fleet } from './fleet.ts';
import { type Evidence, judge, type Verdict } from './judge.ts';
import { type Confirmed, Person } from './person.ts';
import { type Disturbance, type Disturbing, type Event, MIGRATION_SECONDS, type Plan } from './plan.ts';

/** The time for showing the end of each step, once all instances serve after the last disturbance. Milliseconds. */
const END_WITHIN = 60_000;
/** A post whose response is lost is repeated after this time, and a person may have to read it first. Milliseconds. */
const REPEATED_AFTER = 30_000;
/** A disturbance happens after this time even if its event does not occur. Milliseconds. */
const EVENT_WITHIN = 5_000;
/** Anything done twice would be visible by then. Milliseconds. */
const SETTLE = 1_000;
/** A credential that no one migrates, so that a digest stays due. */
const LEFT_ALONE = 'left-alone';

const SETTINGS = {
  // Longer than the lease of a killed instance, so that its successor can still read Adobe's state.
  MIGRATION_EXPECTED_SECONDS: '2',
  MIGRATION_TIMEOUT_SECONDS: '12',
};

/** A digest is due immediately, and is checked for every second. */
const REMINDING = { REMINDER_CHANNEL: CHANNEL, REMINDER_CRON: '* * * * * *', REMINDER_DAYS: '7' };
const DAY_MS = 24 * 60 * 60 * 1000;

/** Where a trial runs. */
interface TrialSetup {
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
  /** The faults that took place. */
  readonly shown: ReadonlySet<Fault>;
  /** The number of presses that got a response but had no effect. */
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
  const proxy = new TestProxy();
  if (plan.isProxied) atEnd(() => proxy.stop());
  const settings = {
    ...SETTINGS,
    MIGRATION_METHOD: plan.method,
    DATABASE_URL: database.url,
    ...(plan.isProxied && { HTTP_PROXY: await proxy.start() }),
    ...(plan.hasReminderWindow && { ...REMINDING, DEADLINE: inDays(5) }),
  };
  const fleet = new Fleet(world, settings, new Random(plan.seed));
  atEnd(async () => fleet.close());
  fleet.start(instances);
  while (!fleet.hasSynced) await delay(20);
  injectFaults(world, plan);

  const deadlinePassed = new AbortController();
  let presses = 0;
  const scene = {
    ...{ world, fleet, method: plan.method, screen: limitOf(1) },
    ...{ pressing: () => (presses += 1), signal: deadlinePassed.signal },
  };
  const people = plan.confirmations.map((planned) => new Person(scene, planned));
  const done = Promise.all(
    people.map(async (person) => {
      await delay(person.plan.at);
      return person.migrate();
    }),
  );
  const count = { press: () => presses, pressedInAdobe: () => people.filter((each) => each.hasPressedInAdobe).length };
  const disturbed: Traces['database'][number][] = [];
  for (const disturbance of plan.disturbances) {
    await occurrenceOf(world, disturbance, count);
    disturbed.push(...(await perform(disturbance.act, fleet, database)));
  }
  while (!fleet.isServing) await delay(50);
  const steps = plan.method === 'developer-console' ? 2 : 1;
  const repeated = plan.lostResponses > 0 ? REPEATED_AFTER : 0;
  const deadline = setTimeout(() => deadlinePassed.abort(), END_WITHIN * steps + repeated);
  const all = (await done).flat();
  const hasDigest = () => !plan.hasReminderWindow || world.messages.some(isDigest);
  while (!hasDigest() && !deadlinePassed.signal.aborted) await delay(50);
  clearTimeout(deadline);
  await delay(SETTLE);

  const evidence: Evidence = {
    ...(await recordsOf(database.settings)),
    acts: all.map((confirmed) => actEvidence(world, plan, confirmed, people)),
    ...collectEvidence(world, plan, fleet),
  };
  fleet.close();
  return {
    plan,
    verdict: judge(evidence),
    evidence,
    shown: shownIn({
      ...{ plan, database: disturbed, slack: world.slack.calls, proxy },
      pauses: fleet.interruptions.filter(({ what }) => what === 'pause').length,
    }),
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

/** @returns what a failure of the database affected */
async function perform(act: Disturbing, fleet: Fleet, database: FreshDatabase): Promise<Traces['database']> {
  if (act.kind === 'database') {
    const at = Date.now();
    const met = await database.disturb(act.fault, act.forMs);
    fleet.interruptions.push({ what: 'database', at, endedAt: Date.now() });
    return [met];
  }
  if (act.kind === 'pause') await fleet.pause(act.victim, act.forMs);
  else await fleet.end(act.victim, act.kind === 'kill' ? 'SIGKILL' : 'SIGTERM', act.downMs);
  return [];
}

/** Waits until a disturbance is to happen. */
async function occurrenceOf(world: World, { on, nth, delay: later }: Disturbance, people: PeopleCounts): Promise<void> {
  const count = counter(world, on, people);
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

/** How often people have done something so far. */
interface PeopleCounts {
  readonly press: () => number;
  readonly pressedInAdobe: () => number;
}

/** Counts the events of this kind so far. */
function counter({ adobe, slack }: World, event: Event, people: PeopleCounts): () => number {
  const slackCalls = (method: string) => () => slack.calls.filter((call) => call.method === method).length;
  switch (event) {
    case 'press':
      return people.press;
    case 'start':
      return () => adobe.calls.filter(isChange).length + people.pressedInAdobe();
    case 'status':
      return () => adobe.calls.filter(({ path }) => path.endsWith('/status')).length;
    case 'post':
      return slackCalls('chat.postMessage');
    case 'update':
      return slackCalls('chat.update');
    case 'time':
      return () => 0;
  }
}

/** Whether this request, if it is processed, changes something at Adobe. */
function isChange({ method, path }: Call): boolean {
  return method !== 'GET' && !path.startsWith('/ims/');
}

/** How a step is recognised among the calls, by its path's end, and among the changes that Adobe accepted. */
const REQUESTS = {
  start: { method: 'POST', what: 'begin' },
  finish: { method: 'PATCH', what: 'finish' },
  cancel: { method: 'DELETE', what: 'cancel' },
} as const;

function actEvidence(
  { adobe }: World,
  { method, confirmations }: Plan,
  { act, isAccepted, isVisible }: Confirmed,
  people: readonly Person[],
): Evidence['acts'][number] {
  const { name, step, technicalAccountId } = act;
  const number = confirmations.findIndex((each) => each.name === name);
  const ids = [technicalAccountId, String(consoleIdOf(number))];
  const starts = adobe.calls.filter(
    (call) =>
      isChange(call) &&
      call.method === REQUESTS[step].method &&
      call.path.split('/').some((part) => ids.includes(part)),
  );
  const { what } = REQUESTS[step];
  const isOurs = (each: { readonly technicalAccountId: string }) => each.technicalAccountId === technicalAccountId;
  return {
    ...{ name, step, isAccepted, isVisible, sends: method === 'hand-off' ? 0 : 1 },
    starts: starts.map(({ at }) => at.getTime()),
    isStarted:
      adobe.starts.some(isOurs) ||
      adobe.consoleChanges.some((change) => isOurs(change) && change.what === what) ||
      people.some(({ plan, hasPressedInAdobe }) => plan.name === name && hasPressedInAdobe),
    ends: act.ends,
    messages: act.messages.length,
  };
}

function collectEvidence(world: World, plan: Plan, fleet: Fleet): Omit<Evidence, 'rows' | 'trail' | 'acts'> {
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
    digests: plan.hasReminderWindow ? digests.map(({ at }) => at.getTime()) : null,
    ended: fleet.ended,
    interruptions: fleet.interruptions,
    isSlackFailing: plan.lostResponses > 0 || (plan.channel !== null && 'failures' in plan.channel),
    activity: [...world.adobe.calls.filter(isChange), ...shown].map(({ at }) => at.getTime()),
  };
}

function isFailure({ level }: Readonly<Record<string, unknown>>): boolean {
  return level === 'error' || level === 'fatal';
}

function seedOf({ confirmations }: Plan): Seed {
  const created = new Date('2025-01-02T03:04:05Z');
  const all = [...confirmations, { name: LEFT_ALONE, isInProduction: false }];
  const credentials = all.map(({ name, isInProduction }, i) => ({
    technicalAccountId: technicalAccountIdOf(name),
    name,
    description: '',
    owner: null,
    sandboxes: [isInProduction ? 'prod' : 'dev'],
    created,
    lastUpdated: created,
    consoleId: consoleIdOf(i),
    state: 'NOT_STARTED' as const,
  }));
  return { credentials, otherIntegrations: [], schedules: [] };
}

function consoleIdOf(number: number): number {
  return 100_001 + number;
}

/** The calendar date this many days from now. */
function inDays(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}
