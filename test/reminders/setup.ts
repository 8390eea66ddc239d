import { onTestFinished } from 'vitest';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import { Catalogue } from '../../src/credentials/catalogue.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { SqlLeases } from '../../src/db/leases.ts';
import { RateLimiter } from '../../src/lib/rate-limiter.ts';
import { ReminderAdministration } from '../../src/reminders/administration.ts';
import { ReminderCalendar } from '../../src/reminders/calendar.ts';
import { ReminderDelivery } from '../../src/reminders/delivery.ts';
import { Recipients } from '../../src/reminders/recipients.ts';
import { Reminders } from '../../src/reminders/rounds.ts';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import { SILENT } from '../migrations/setup.ts';
import { TestClock } from '../support/clock.ts';
import { FakeSlack } from '../support/fake-slack.ts';
import { accountId, credential } from '../support/samples.ts';

export const CHANNEL = 'C0REMINDER';
export const DEADLINE = '2025-06-30';
/** Slack's pace, as the product keeps it. Milliseconds. */
export const MESSAGE_GAP = 1_000;
export const LOOKUP_GAP = 1_200;
/** What an instance that died keeps from the others. Milliseconds. */
export const LEASE = 20_000;
/** How often the job takes up what was begun. Milliseconds. */
export const TICK = 10_000;

/** How long ago Adobe was read. Milliseconds. */
export const READ_BEFORE = 3_600_000;

/** Adobe, as far as reminders go: it is read, and may have changed. */
export class FakeSync {
  runs = 0;
  onRun: () => Promise<void> = async () => {};
  readonly #store: SqlSyncStore;

  constructor(store: SqlSyncStore) {
    this.#store = store;
  }

  async run() {
    this.runs++;
    await this.onRun();
    return this.#store.syncState();
  }
}

/** Everything that outlives a process. */
export interface World {
  readonly db: Database;
  readonly timer: TestClock;
  readonly slack: FakeSlack;
  readonly sync: FakeSync;
}

export async function newWorld(): Promise<World> {
  const db = await openDatabase({ kind: 'sqlite', path: ':memory:' });
  onTestFinished(() => db.destroy());
  const timer = new TestClock('2025-06-23T09:00:00Z');
  return { db, timer, slack: new FakeSlack(timer), sync: new FakeSync(new SqlSyncStore(db)) };
}

/** Credential `number` of this owner. */
export function of(owner: string | null, number: number, changes: Partial<Credential> = {}): Credential {
  return credential(number, { owner, ...changes });
}

/** What Adobe has, all of it. */
export async function put({ db, timer }: World, ...credentials: readonly Credential[]): Promise<void> {
  const store = new SqlSyncStore(db);
  await store.replaceCredentials(credentials, timer.now());
  await store.noteSync({ triedAt: new Date(timer.now().getTime() - READ_BEFORE), problem: null });
}

export async function migrate({ db }: World, ...numbers: readonly number[]): Promise<void> {
  for (const number of numbers)
    await new SqlCredentialStore(db).setAdobeStatus(accountId(number), 'completed');
}

interface InstanceOptions {
  readonly channel?: string | null;
  readonly days?: readonly number[];
  readonly timeZone?: string;
  /** What every call from a service to a part passes. */
  readonly through?: <T extends object>(part: T) => T;
}

let instances = 0;

/** One process: new services over the same database, Slack and time. */
export function newInstance(world: World, options: InstanceOptions = {}) {
  const { db, timer } = world;
  const { channel = CHANNEL, days = [60, 30, 14, 7, 3, 2, 1, 0], timeZone = 'UTC' } = options;
  const through = options.through ?? ((part) => part);
  const store = through(new SqlReminderStore(db));
  const leases = through(new SqlLeases(db, `instance ${++instances}`));
  const slack = through(world.slack);
  const catalogue = new Catalogue(through(new SqlCredentialStore(db)), through(new SqlSyncStore(db)));
  const calendar = new ReminderCalendar({ deadline: DEADLINE, days, timeZone }, timer);
  const logger = SILENT;
  const delivery = new ReminderDelivery({ store, leases, timer, logger });
  const pace = new RateLimiter(timer, LOOKUP_GAP);
  const recipients = new Recipients({
    store,
    catalogue,
    people: slack,
    delivery,
    pace,
    clock: timer,
    logger,
  });
  const sync = through(world.sync);
  const reminders = new Reminders(
    {
      store,
      catalogue,
      recipients,
      delivery,
      sync,
      post: slack,
      pace: new RateLimiter(timer, MESSAGE_GAP),
      calendar,
      logger,
    },
    { channel },
  );
  const audit = through(new SqlAuditTrail(db));
  const control = new ReminderAdministration({
    store,
    catalogue,
    recipients,
    calendar,
    audit,
    wake: () => {},
  });
  return { store, catalogue, delivery, recipients, reminders, control, audit };
}

export type Instance = ReturnType<typeof newInstance>;

/** A world with these credentials and one process. */
export async function startWith(credentials: readonly Credential[], options: InstanceOptions = {}) {
  const world = await newWorld();
  await put(world, ...credentials);
  return { ...world, ...newInstance(world, options), world };
}

/** As the job does it: a look at the start, then what was begun is taken up now and then. */
export async function run({ reminders }: Instance, { timer }: World, ticks = 6): Promise<void> {
  await reminders.look();
  for (let tick = 0; tick < ticks; tick++) {
    timer.advanceMs(TICK);
    await reminders.resume();
  }
}
