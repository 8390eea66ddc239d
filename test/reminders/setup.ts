import { onTestFinished } from 'vitest';
import type { Credential } from '../../src/domain/credential.ts';
import { Inventory } from '../../src/services/inventory.ts';
import { Owners } from '../../src/services/owners.ts';
import { Pace, type Timer } from '../../src/services/pace.ts';
import { ReminderCalendar } from '../../src/services/reminder-calendar.ts';
import { ReminderControl } from '../../src/services/reminder-control.ts';
import { ReminderDelivery } from '../../src/services/reminder-delivery.ts';
import { Reminders } from '../../src/services/reminders.ts';
import { SqlAuditTrail } from '../../src/store/audit.ts';
import { SqlCredentialStore } from '../../src/store/credentials.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { SqlLeases } from '../../src/store/leases.ts';
import { SqlReminderStore } from '../../src/store/reminders.ts';
import { SqlSyncStore } from '../../src/store/sync.ts';
import { SILENT } from '../services/setup.ts';
import { accountId, credential } from '../store/samples.ts';
import { HandSlack } from './hand-slack.ts';

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

/** A clock that only moves when told, or while somebody waits for it. */
export class SimulatedTimer implements Timer {
  #ms = Date.parse('2025-06-23T09:00:00Z');
  /** What happens while somebody waits. */
  meanwhile: () => Promise<void> = async () => {};

  now(): Date {
    return new Date(this.#ms);
  }

  async sleep(ms: number): Promise<void> {
    this.#ms += ms;
    await this.meanwhile();
  }

  pass(ms: number): void {
    this.#ms += ms;
  }

  /** Noon of this day, UTC. */
  setDay(date: string): void {
    this.#ms = Date.parse(`${date}T12:00:00Z`);
  }
}

/** Adobe, as far as reminders go: it is read, and may have changed. */
export class HandSync {
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
  readonly timer: SimulatedTimer;
  readonly slack: HandSlack;
  readonly sync: HandSync;
}

export async function newWorld(): Promise<World> {
  const db = await openDatabase({ kind: 'sqlite', path: ':memory:' });
  onTestFinished(() => db.destroy());
  const timer = new SimulatedTimer();
  return { db, timer, slack: new HandSlack(timer), sync: new HandSync(new SqlSyncStore(db)) };
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
  const inventory = new Inventory(through(new SqlCredentialStore(db)), through(new SqlSyncStore(db)));
  const calendar = new ReminderCalendar({ deadline: DEADLINE, days, timeZone }, timer);
  const logger = SILENT;
  const delivery = new ReminderDelivery({ store, leases, timer, logger });
  const pace = new Pace(timer, LOOKUP_GAP);
  const owners = new Owners({ store, inventory, people: slack, delivery, pace, clock: timer, logger });
  const sync = through(world.sync);
  const reminders = new Reminders(
    {
      store,
      inventory,
      owners,
      delivery,
      sync,
      post: slack,
      pace: new Pace(timer, MESSAGE_GAP),
      calendar,
      logger,
    },
    { channel },
  );
  const audit = through(new SqlAuditTrail(db));
  const control = new ReminderControl({ store, inventory, owners, calendar, audit });
  return { store, inventory, delivery, owners, reminders, control, audit };
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
    timer.pass(TICK);
    await reminders.resume();
  }
}
