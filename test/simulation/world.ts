import { sql } from 'kysely';
import { type Database, openDatabase } from '../../src/db/database.ts';
import type { Random } from '../support/random.ts';
import { ModelAdobe } from './adobe.ts';
import { isInjected } from './faults.ts';
import { type Instance, newInstance, SANDBOXES, type Settings } from './instance.ts';
import { Interceptor } from './interceptor.ts';
import { Ledger } from './ledger.ts';
import { Schedule, type SimulatedProcess } from './schedule.ts';
import { GROUP, ModelSlack } from './slack.ts';

/** How often it is looked whether everything came to rest. Milliseconds. */
const SETTLE_CHECK_MS = 5_000;

export const ADMINS = ['U0ADMIN001', 'U0ADMIN002'] as const;
export const PEOPLE = [...ADMINS, 'U0MEMBER01', 'U0GUEST001', 'U0OWNER001'] as const;
const OWNERS = [
  'u0admin001@example.com',
  'u0owner001@example.com',
  'u0guest001@example.com',
  'unknown@example.com',
  null,
];

/** One seed's world: a database, Adobe, Slack, the time, and one to three processes that come and go. */
export class World {
  readonly random: Random;
  readonly schedule: Schedule;
  readonly adobe: ModelAdobe;
  readonly slack: ModelSlack;
  readonly ledger: Ledger;
  readonly interceptor: Interceptor;
  readonly db: Database;
  readonly settings: Settings;
  /** What happened how often. */
  readonly counts = new Map<string, number>();
  readonly trace: string[] = [];
  /** By place; null while it is away. */
  readonly #instances: (Instance | null)[];
  readonly #isTraced: boolean;
  #lives = 0;

  private constructor(random: Random, db: Database, isTraced: boolean) {
    this.random = random;
    this.db = db;
    this.#isTraced = isTraced;
    this.schedule = new Schedule(random, new Date('2025-06-23T09:00:00Z'));
    this.adobe = new ModelAdobe(this.schedule, random);
    this.slack = new ModelSlack(this.schedule);
    this.ledger = new Ledger(() => this.schedule.ms);
    this.settings = {
      requireSecondPerson: random.chance(0.3),
      migrators: { users: [], groups: random.chance(0.3) ? [GROUP] : [] },
    };
    this.#instances = new Array<null>(random.between(1, 3)).fill(null);
    this.interceptor = new Interceptor({
      schedule: this.schedule,
      random,
      observe: this.ledger.observe,
      failed: this.ledger.failed,
      count: (what) => this.count(what),
      log: (line) => this.log(line),
      onCrash: (process) => this.#crash(process),
    });
  }

  static async open(random: Random, isTraced: boolean): Promise<World> {
    const world = new World(random, await openDatabase({ kind: 'sqlite', path: ':memory:' }), isTraced);
    for (const id of PEOPLE) {
      world.slack.add(id, { mayMigrate: id === 'U0ADMIN001' || id === 'U0ADMIN002', isGuest: id === 'U0GUEST001' });
    }
    const credentials = random.pick([1, 2, 3, 4, 5]);
    for (let i = 0; i < credentials; i++) world.addCredential();
    return world;
  }

  readonly count = (what: string): void => {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  };

  addCredential(): void {
    this.adobe.add(this.random.pick(SANDBOXES), this.random.pick(OWNERS));
  }

  /** Any error that was not simulated is a mistake. */
  reportError(error: unknown): void {
    if (isInjected(error)) return;
    this.ledger.unexpectedErrors.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }

  log(line: () => string): void {
    if (!this.#isTraced) return;
    this.trace.push(`${new Date(this.schedule.ms).toISOString().slice(5, 23)} ${line()}`);
  }

  /** Those that run. */
  get running(): Instance[] {
    return this.#instances.filter((each) => each !== null);
  }

  /** Starts every process that does not run. */
  startAll(): void {
    for (const place of this.#instances.keys()) this.#start(place);
  }

  kill(instance: Instance): void {
    this.log(() => `${instance.process.name} is killed`);
    this.count('killed while at rest');
    this.#crash(instance.process);
  }

  /** Lets one process do this, and waits for it. */
  async complete(act: (instance: Instance) => Promise<unknown>): Promise<void> {
    const [instance] = this.running;
    if (instance === undefined) throw new Error('No process runs.');
    let isDone = false;
    void act(instance).finally(() => {
      isDone = true;
    });
    while (!isDone) await this.schedule.step();
  }

  /** Goes on until then; milliseconds since 1970. */
  async runUntil(ms: number): Promise<void> {
    while (this.schedule.ms < ms) await this.schedule.step();
  }

  /** Goes on until nothing is left to do, at most `mostMs` milliseconds. What is left then; empty when nothing is. */
  async runUntilSettled(mostMs: number): Promise<string[]> {
    const until = this.schedule.ms + mostMs;
    for (;;) {
      await this.runUntil(this.schedule.ms + SETTLE_CHECK_MS);
      const left = await this.#unfinished();
      if (left.length === 0 || this.schedule.ms >= until) return left.map((what) => `has no end: ${what}`);
    }
  }

  /** What is still to be done, as the database has it. */
  async #unfinished(): Promise<string[]> {
    const { rows } = await sql<{ what: string }>`
      select id || ' is ' || state as what from migrations
        where state in ('asked', 'confirmed', 'submitted', 'running') or (ended_at is not null and notified_at is null)
      union all
      select 'reminders of ' || key from reminder_rounds where finished_at is null and kind <> 'all_done'`.execute(
      this.db,
    );
    return rows.map(({ what }) => what);
  }

  #crash(process: SimulatedProcess): void {
    process.isAlive = false;
    process.crashedAt = this.schedule.ms;
    const place = this.#instances.findIndex((each) => each?.process === process);
    this.#instances[place] = null;
    this.schedule.after(this.random.between(500, 30_000), () => this.#start(place));
  }

  #start(place: number): void {
    if (this.#instances[place] != null) return;
    const process: SimulatedProcess = { name: `${'abc'[place]}${++this.#lives}`, isAlive: true, crashedAt: null };
    const instance = newInstance(
      process,
      { ...this, ended: (outcome) => this.count(`ended: ${outcome}`), failed: (error) => this.reportError(error) },
      this.settings,
    );
    this.#instances[place] = instance;
    this.log(() => `${process.name} starts`);
  }
}
