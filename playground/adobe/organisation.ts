/** The clock of the simulation: set by tests, running in the playground. */
export interface Clock {
  now(): Date;
}

export type MigrationState = 'NOT_STARTED' | 'STARTED' | 'COMPLETED' | 'NONE';

/** A non-expiring credential, as both Query Service and the Developer Console know it. */
export interface SimulatedCredential {
  /** 24 upper-case hex digits. */
  readonly technicalAccountId: string;
  readonly name: string;
  readonly description: string;
  /** Email; null when unassigned. */
  readonly owner: string | null;
  readonly sandboxes: readonly string[];
  readonly created: Date;
  readonly lastUpdated: Date;
  /** Some Console ids are numbers; null when the Console does not show the credential. */
  readonly consoleId: string | number | null;
  readonly state: MigrationState;
}

/** An integration as the Developer Console shows it. */
export interface Integration {
  readonly consoleId: string | number;
  readonly name: string;
  /** null for integrations that act on behalf of a user (`adobeid`). */
  readonly technicalAccountId: string | null;
}

/** A schedule that runs queries with one credential in one sandbox. */
export interface Schedule {
  readonly id: string;
  readonly technicalAccountId: string;
  readonly sandbox: string;
  readonly name: string;
  /** Five fields, in UTC. */
  readonly cron: string;
  readonly enabled: boolean;
  readonly created: Date;
}

export interface Seed {
  readonly credentials: readonly SimulatedCredential[];
  /** Integrations in the Console that Query Service does not know. */
  readonly otherIntegrations: readonly Integration[];
  readonly schedules: readonly Schedule[];
}

/** An accepted request to start a migration. */
export interface Start {
  readonly technicalAccountId: string;
  readonly at: Date;
}

/** An accepted call to the Developer Console's API that changes a migration. */
export interface ConsoleChange extends Start {
  readonly what: 'begin' | 'finish' | 'cancel';
}

/** A running, unfinished or ended migration. */
interface Migration {
  readonly since: Date;
  /** When it ends; null while it is unfinished: begun in the Developer Console, where only a person ends it. */
  until: Date | null;
  fails: boolean;
}

/** From the end of 30 June 2025 in UTC, credentials that still use JWT cannot log in. */
const END_OF_JWT = new Date(Date.UTC(2025, 6, 1));

/** Sorts case-insensitively. */
const COLLATOR = new Intl.Collator('en');

/** The customer's organisation at Adobe: its credentials and their migrations. */
export class Organisation {
  readonly starts: Start[] = [];
  readonly consoleChanges: ConsoleChange[] = [];
  /** The duration of migrations that start from now on. */
  migrationSeconds: number;
  /** By id, newest first, as Adobe lists them. */
  readonly #credentials: Map<string, SimulatedCredential>;
  /** Cached until a change: the panel reads it at every call. */
  #byName: readonly SimulatedCredential[] | undefined;
  /** By id as a string. */
  readonly #integrations: Map<string, Integration>;
  /** By credential. */
  readonly #schedules: Map<string, Schedule[]>;
  /** By credential, oldest first; never removed, since the outcome of past queries depends on them. */
  readonly #migrations = new Map<string, Migration[]>();
  readonly #clock: Clock;

  constructor(seed: Seed, clock: Clock, migrationSeconds: number) {
    const newestFirst = seed.credentials.toSorted((a, b) => b.created.getTime() - a.created.getTime());
    this.#credentials = new Map(newestFirst.map((c) => [c.technicalAccountId, c]));
    const ours = seed.credentials.flatMap(({ consoleId, ...c }) => (consoleId === null ? [] : [{ ...c, consoleId }]));
    this.#integrations = new Map([...seed.otherIntegrations, ...ours].map((i) => [String(i.consoleId), i]));
    this.#schedules = Map.groupBy(seed.schedules, ({ technicalAccountId }) => technicalAccountId);
    this.#clock = clock;
    this.migrationSeconds = migrationSeconds;
    for (const c of seed.credentials) if (c.state === 'STARTED') this.leaveUnfinished(c.technicalAccountId);
  }

  now(): Date {
    return this.#clock.now();
  }

  credentials(): SimulatedCredential[] {
    return [...this.#credentials.values()];
  }

  byName(): readonly SimulatedCredential[] {
    this.#byName ??= this.credentials().sort((a, b) => COLLATOR.compare(a.name, b.name));
    return this.#byName;
  }

  credential(technicalAccountId: string): SimulatedCredential | undefined {
    return this.#credentials.get(technicalAccountId);
  }

  /** Every integration the Developer Console shows. */
  integrations(): Integration[] {
    return [...this.#integrations.values()];
  }

  integration(consoleId: string): Integration | undefined {
    return this.#integrations.get(consoleId);
  }

  schedules(): Schedule[] {
    return [...this.#schedules.values()].flat();
  }

  schedulesOf(technicalAccountId: string): readonly Schedule[] {
    return this.#schedules.get(technicalAccountId) ?? [];
  }

  /** A credential's migration state at an instant; now by default. */
  stateOf(credential: SimulatedCredential, at = this.now()): MigrationState {
    const migration = this.#migrationAt(credential.technicalAccountId, at);
    if (migration === undefined) return credential.state;
    if (migration.until === null || at < migration.until) return 'STARTED';
    return migration.fails ? 'NOT_STARTED' : 'COMPLETED';
  }

  /** Seconds until the running migration ends, rounded up; null when none is running. */
  secondsLeft({ technicalAccountId }: SimulatedCredential): number | null {
    const now = this.now();
    const leftMs = (this.#migrationAt(technicalAccountId, now)?.until?.getTime() ?? 0) - now.getTime();
    return leftMs > 0 ? Math.ceil(leftMs / 1000) : null;
  }

  /** Whether a job can log in with this credential at this instant. Jobs continue during its migration. */
  canLogIn(technicalAccountId: string, at: Date): boolean {
    const credential = this.#credentials.get(technicalAccountId);
    if (credential === undefined) return false;
    return at < END_OF_JWT || this.stateOf(credential, at) !== 'NOT_STARTED';
  }

  /** Whether its migration had completed by this time. */
  isMigrated(technicalAccountId: string, at: Date): boolean {
    const credential = this.#credentials.get(technicalAccountId);
    return credential !== undefined && this.stateOf(credential, at) === 'COMPLETED';
  }

  /** Starts a migration by the API and records the request. */
  start(technicalAccountId: string, fails: boolean): void {
    this.starts.push({ technicalAccountId, at: this.now() });
    this.begin(technicalAccountId, fails);
  }

  /** Starts a migration, by the API or in Adobe's UI. */
  begin(technicalAccountId: string, fails = false): void {
    const since = this.now();
    this.#addMigration(technicalAccountId, {
      since,
      until: new Date(since.getTime() + this.migrationSeconds * 1000),
      fails,
    });
  }

  /** Someone adds the OAuth credential in the Developer Console and does not finish: both credentials exist. */
  leaveUnfinished(technicalAccountId: string): void {
    this.#addMigration(technicalAccountId, { since: this.now(), until: null, fails: false });
  }

  /** Someone finishes or cancels an unfinished migration in the Developer Console. @throws {Error} if there is none */
  end(technicalAccountId: string, how: 'finish' | 'cancel'): void {
    const migration = this.#migrationAt(technicalAccountId, this.now());
    if (migration?.until !== null) throw new Error(`No migration of ${technicalAccountId} is unfinished.`);
    migration.until = this.now();
    migration.fails = how === 'cancel';
  }

  /**
   * Changes a migration by the Console's API and records the request; false if its state does not allow that.
   * `fails`: the change is accepted but has no effect.
   */
  changeInConsole(credential: SimulatedCredential, what: ConsoleChange['what'], fails: boolean): boolean {
    const { technicalAccountId } = credential;
    const isUnfinished = this.#migrationAt(technicalAccountId, this.now())?.until === null;
    const isAllowed = what === 'begin' ? this.stateOf(credential) === 'NOT_STARTED' : isUnfinished;
    if (!isAllowed) return false;
    this.consoleChanges.push({ technicalAccountId, what, at: this.now() });
    if (fails) return true;
    if (what === 'begin') this.leaveUnfinished(technicalAccountId);
    else this.end(technicalAccountId, what);
    return true;
  }

  #addMigration(technicalAccountId: string, migration: Migration): void {
    this.#migrations.set(technicalAccountId, [...(this.#migrations.get(technicalAccountId) ?? []), migration]);
  }

  /** Makes the running migration end as NOT_STARTED. @throws {Error} when none is running */
  fail(technicalAccountId: string): void {
    const now = this.now();
    const migration = this.#migrationAt(technicalAccountId, now);
    if (!migration?.until || now >= migration.until)
      throw new Error(`no migration of ${technicalAccountId} is running`);
    migration.fails = true;
  }

  /** Someone creates a credential. */
  add(credential: SimulatedCredential): void {
    const { consoleId, ...rest } = credential;
    this.#credentials.set(credential.technicalAccountId, credential);
    this.#byName = undefined;
    if (consoleId !== null) this.#integrations.set(String(consoleId), { ...rest, consoleId });
  }

  /** Someone deletes the credential, or Adobe does so after 90 unused days. */
  remove(technicalAccountId: string): void {
    this.#integrations.delete(String(this.#credentials.get(technicalAccountId)?.consoleId));
    this.#credentials.delete(technicalAccountId);
    this.#byName = undefined;
    this.#schedules.delete(technicalAccountId);
  }

  /** The latest migration started by that instant. */
  #migrationAt(technicalAccountId: string, at: Date): Migration | undefined {
    return this.#migrations.get(technicalAccountId)?.findLast(({ since }) => since <= at);
  }
}
