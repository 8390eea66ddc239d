import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { AdobeError } from '../../src/credentials/adobe-error.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { JobLog } from '../../src/jobs/job-log.ts';
import { startReminderLoop } from '../../src/jobs/reminder-loop.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { TaskTracker } from '../../src/lib/task-tracker.ts';
import { createServices, LOOKUP_GAP_MS, MESSAGE_GAP_MS, type Ports } from '../../src/services.ts';
import { TestClock } from '../support/clock.ts';
import { Crash } from '../support/crashing-process.ts';
import { openInMemory } from '../support/database.ts';
import { FakeMessages, FakePeople } from '../support/fake-messages.ts';
import { FakeSlack } from '../support/fake-slack.ts';
import { FakeAdobe } from '../support/fakes.ts';
import { accountId, credential } from '../support/samples.ts';
import { type Outside, portsOf, SETTINGS, SILENT } from '../support/services.ts';

export { LOOKUP_GAP_MS, MESSAGE_GAP_MS };
export const CHANNEL = 'C0REMINDER';
export const DEADLINE = '2025-06-30';
/** How long an instance that died keeps the others from sending. Milliseconds. */
export const LEASE_MS = 20_000;
/** How often the loop resumes unfinished rounds. Milliseconds. */
export const TICK_MS = 10_000;
/** How long ago Adobe was read. Milliseconds. */
export const READ_BEFORE_MS = 3_600_000;

/** Everything that outlives a process. */
export interface World extends Outside {
  readonly slack: FakeSlack;
}

export async function newWorld(): Promise<World> {
  const db = await openInMemory();
  onTestFinished(() => db.destroy());
  const clock = new TestClock('2025-06-23T09:00:00Z');
  const slack = new FakeSlack(clock);
  return { db, clock, slack, adobe: new FakeAdobe(), people: new FakePeople(), messages: new FakeMessages() };
}

/** Credential `number` of this owner. */
export function of(owner: string | null, number: number, changes: Partial<Credential> = {}): Credential {
  return credential(number, { owner, ...changes });
}

/** Replaces all credentials at Adobe, as if they had been read an hour ago. */
export async function put(world: World, ...credentials: readonly Credential[]): Promise<void> {
  const { db, adobe, clock } = world;
  for (const part of [adobe.accounts, adobe.integrations, adobe.statuses, adobe.failing]) part.clear();
  adobe.accounts.set('prod', [...credentials]);
  for (const { consoleId, technicalAccountId, adobeStatus, unknownBecause } of credentials) {
    if (consoleId === null || unknownBecause?.code === 'not_in_console') continue;
    adobe.integrations.set(consoleId, technicalAccountId);
    if (adobeStatus !== 'unknown') adobe.statuses.set(consoleId, adobeStatus);
    if (unknownBecause !== null) {
      const { kind, operation } = unknownBecause.problem;
      adobe.failing.set(`status ${consoleId}`, new AdobeError(kind, operation));
    }
  }
  const store = new SqlSyncStore(db);
  await store.replaceCredentials(credentials, clock.now());
  await store.noteSync({ triedAt: new Date(clock.now().getTime() - READ_BEFORE_MS), problem: null, unread: [] });
}

/** Migrates these credentials, at Adobe and in the database. */
export async function migrate(world: World, ...numbers: readonly number[]): Promise<void> {
  migrateElsewhere(world, ...numbers);
  for (const number of numbers)
    await new SqlCredentialStore(world.db).setAdobeStatus(accountId(number), 'completed', world.clock.now());
}

/** Migrates these credentials at Adobe only. */
export function migrateElsewhere({ adobe }: World, ...numbers: readonly number[]): void {
  for (const number of numbers) adobe.statuses.set(credential(number).consoleId ?? '', 'completed');
}

/** How often Adobe was read. */
export function timesRead({ adobe }: World): number {
  return adobe.called('accounts').length;
}

interface InstanceOptions {
  readonly channel?: string | null;
  readonly days?: readonly number[];
  readonly timeZone?: string;
  readonly cron?: string;
  /** Used in place of the fakes. */
  readonly ports?: Partial<Ports>;
  /** Wraps every part that services call. */
  readonly through?: <T extends object>(part: T) => T;
}

/** One process: new services over the same database, Adobe, Slack and time. */
export function newInstance(world: World, options: InstanceOptions = {}) {
  const {
    channel = CHANNEL,
    days = [60, 30, 14, 7, 3, 2, 1, 0],
    timeZone = 'UTC',
    cron = '0 9 * * *',
    through,
  } = options;
  const ports = portsOf(world, through);
  const services = createServices(
    { ...ports, ...options.ports },
    {
      ...SETTINGS,
      adobe: { ...SETTINGS.adobe, sandboxes: ['prod'] },
      reminders: { deadline: DEADLINE, days, timeZone, cron, channel },
    },
  );
  return { store: ports.reminders, ...services };
}

export type Instance = ReturnType<typeof newInstance>;

/** A world with these credentials and one process. */
export async function startWith(credentials: readonly Credential[], options: InstanceOptions = {}) {
  const world = await newWorld();
  await put(world, ...credentials);
  return { ...newInstance(world, options), ...world, world };
}

/** The product's reminder loop, with cron times and ticks that come when the test says so. */
export function startLoop(instance: Instance, { clock }: World) {
  const tasks = new TaskTracker();
  const errors: unknown[] = [];
  const logger: Logger = { ...SILENT, error: (details) => 'err' in details && errors.push(details.err) };
  let cronTime: () => Promise<unknown> = async () => {};
  let tick = () => {};
  const loop = startReminderLoop(
    {
      ...instance,
      ready: Promise.resolve(),
      tasks,
      timer: {
        now: clock.now,
        monotonicMs: clock.monotonicMs,
        sleep: (ms) => clock.sleep(ms),
        every: (_ms, act) => {
          tick = act;
          return () => {};
        },
        stop: () => {},
      },
      schedule: (_expression, task) => {
        cronTime = task;
        return { stop: async () => {} };
      },
      jobLog: new JobLog(logger),
      logger,
    },
    { cron: '0 9 * * *', timeZone: 'UTC' },
  );
  /** Waits until nothing is running. */
  const settle = async () => {
    await setImmediate();
    if ((await tasks.settled(60_000)) > 0) throw new Error('the reminder loop does not settle');
  };
  return {
    /** What the loop logged as errors. */
    errors,
    settle,
    stop: () => loop.stop(),
    async cronTime() {
      void cronTime();
      await settle();
    },
    async tick() {
      clock.advanceMs(TICK_MS);
      tick();
      await settle();
    },
  };
}

/** Runs the product's loop: a check at the start, then this many ticks. @throws the first error that is not a crash */
export async function run(instance: Instance, world: World, ticks = 6): Promise<void> {
  const loop = startLoop(instance, world);
  await loop.settle();
  for (let i = 0; i < ticks; i++) await loop.tick();
  const [unexpected] = loop.errors.filter((error) => !(error instanceof Crash));
  if (unexpected !== undefined) throw unexpected;
  await loop.stop();
}
