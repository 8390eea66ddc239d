import { sql } from 'kysely';
import type { Database } from '../../src/db/database.ts';
import type { MethodName } from '../../src/migrations/steps.ts';
import { openInMemory } from '../support/database.ts';
import { ADMIN, GUEST, MEMBER, OWNER, SECOND } from '../support/people.ts';
import type { Random } from '../support/random.ts';
import { ModelAdobe } from './adobe.ts';
import { isInjected } from './faults.ts';
import { type Instance, newInstance, SANDBOXES, type Settings } from './instance.ts';
import { Interceptor } from './interceptor.ts';
import { Ledger } from './ledger.ts';
import { Schedule, type SimulatedProcess } from './schedule.ts';
import { GROUP, ModelSlack } from './slack.ts';

/** The methods, each repeated in proportion to how often it is simulated. */
const METHODS: readonly MethodName[] = [
  'query-service',
  'query-service',
  'developer-console',
  'developer-console',
  'hand-off',
];
/** How often it is checked whether everything has ended. Milliseconds. */
const SETTLE_CHECK_MS = 5_000;

export const ADMINS = [ADMIN, SECOND] as const;
export const PEOPLE: readonly string[] = [...ADMINS, MEMBER, GUEST, OWNER];
/** Owners that Adobe shows: reachable and unreachable people, an unknown one, none. */
const OWNERS = [
  'u0admin001@example.com',
  'u0owner001@example.com',
  'u0guest001@example.com',
  'unknown@example.com',
  null,
];

/** The world of one seed: a database, Adobe, Slack, time, and one to three processes that crash and restart. */
export class World {
  readonly random: Random;
  readonly schedule: Schedule;
  readonly adobe: ModelAdobe;
  readonly slack: ModelSlack;
  readonly ledger: Ledger;
  readonly interceptor: Interceptor;
  readonly db: Database;
  readonly settings: Settings;
  /** How often each thing happened. */
  readonly counts = new Map<string, number>();
  readonly trace: string[] = [];
  /** By slot; null while its process is down. */
  readonly #instances: (Instance | null)[];
  readonly #isTraced: boolean;
  #starts = 0;

  private constructor(random: Random, db: Database, isTraced: boolean, method: MethodName | null) {
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
      method: method ?? random.pick(METHODS),
    };
    this.#instances = new Array<null>(random.between(1, 3)).fill(null);
    this.interceptor = new Interceptor({
      schedule: this.schedule,
      random,
      observe: this.ledger.observe,
      observeFailure: this.ledger.observeFailure,
      count: (what) => this.count(what),
      log: (line) => this.log(line),
      onCrash: (process) => this.#crash(process),
    });
  }

  /** `method`: null leaves it to chance. */
  static async open(random: Random, isTraced: boolean, method: MethodName | null): Promise<World> {
    const world = new World(random, await openInMemory(), isTraced, method);
    for (const id of PEOPLE) {
      world.slack.add(id, { mayMigrate: id === ADMIN || id === SECOND, isGuest: id === GUEST });
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

  /** Errors that no injected fault explains become violations. */
  reportError(error: unknown): void {
    if (isInjected(error)) return;
    this.ledger.unexpectedErrors.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }

  log(line: () => string): void {
    if (!this.#isTraced) return;
    this.trace.push(`${new Date(this.schedule.ms).toISOString().slice(5, 23)} ${line()}`);
  }

  /** The instances whose process runs. */
  get running(): Instance[] {
    return this.#instances.filter((each) => each !== null);
  }

  /** Starts every process that does not run. */
  startAll(): void {
    for (const slot of this.#instances.keys()) this.#start(slot);
  }

  kill(instance: Instance): void {
    this.log(() => `${instance.process.name} is killed`);
    this.count('killed between calls');
    this.#crash(instance.process);
  }

  /** Runs `act` on one of the running processes until it has completed. */
  async complete(act: (instance: Instance) => Promise<unknown>): Promise<void> {
    const [instance] = this.running;
    if (instance === undefined) throw new Error('No process runs.');
    let isDone = false;
    void act(instance).finally(() => {
      isDone = true;
    });
    while (!isDone) await this.schedule.step();
  }

  /** Runs events until `ms`, in milliseconds since 1970. */
  async runUntil(ms: number): Promise<void> {
    while (this.schedule.ms < ms) await this.schedule.step();
  }

  /** Runs events until nothing is unfinished, for at most `mostMs` milliseconds. Returns what is unfinished then. */
  async runUntilSettled(mostMs: number): Promise<string[]> {
    const until = this.schedule.ms + mostMs;
    for (;;) {
      this.#pressMigrate();
      await this.runUntil(this.schedule.ms + SETTLE_CHECK_MS);
      const left = await this.#unfinished();
      if (left.length === 0 || this.schedule.ms >= until) return left.map((what) => `did not end: ${what}`);
    }
  }

  /** In the end, people do what the messages say. */
  #pressMigrate(): void {
    for (const { migration, progress } of this.slack.progress.values()) {
      if (progress.kind !== 'handed_over') continue;
      this.adobe.moveElsewhere(this.adobe.credential(migration.technicalAccountId), true);
    }
  }

  /** What is unfinished according to the database. */
  async #unfinished(): Promise<string[]> {
    const { rows } = await sql<{ what: string }>`
      select id || ' is ' || state as what from migrations
        where state in ('asked', 'confirmed', 'submitted', 'running') or (ended_at is not null and notified_at is null)
      union all
      select 'the notice ' || subject from notices where closed_at is null
       union all
      select 'the watch of ' || migration_id from watches where next_look_at is not null or told is null
      union all
      select 'reminders of ' || key from reminder_rounds where finished_at is null and kind <> 'all_done'`.execute(
      this.db,
    );
    return rows.map(({ what }) => what);
  }

  #crash(process: SimulatedProcess): void {
    process.isAlive = false;
    process.crashedAt = this.schedule.ms;
    const slot = this.#instances.findIndex((each) => each?.process === process);
    this.#instances[slot] = null;
    this.schedule.afterIdle(this.random.between(500, 30_000), () => this.#start(slot));
  }

  #start(slot: number): void {
    if (this.#instances[slot] != null) return;
    const process: SimulatedProcess = { name: `${'abc'[slot]}${++this.#starts}`, isAlive: true, crashedAt: null };
    const instance = newInstance(
      process,
      { ...this, ended: (outcome) => this.count(`ended: ${outcome}`), onError: (error) => this.reportError(error) },
      this.settings,
    );
    this.#instances[slot] = instance;
    this.log(() => `${process.name} starts`);
  }
}
