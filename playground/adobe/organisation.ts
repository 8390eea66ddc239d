/** The clock everything goes by: tests set it, the playground's is real. */
export interface Clock {
  now(): Date;
}

export type MigrationState = 'NOT_STARTED' | 'STARTED' | 'COMPLETED' | 'NONE';

/** A non-expiring credential as both of Adobe's halves know it. */
export interface SimulatedCredential {
  /** 24 hex digits in upper case. */
  readonly technicalAccountId: string;
  readonly name: string;
  readonly description: string;
  /** Email; null when it is assigned to nobody. */
  readonly owner: string | null;
  readonly sandboxes: readonly string[];
  readonly created: Date;
  readonly lastUpdated: Date;
  /** The Console writes some ids as numbers; null when the Console does not show it. */
  readonly consoleId: string | number | null;
  readonly state: MigrationState;
}

/** An integration as the Developer Console shows it. */
export interface Integration {
  readonly consoleId: string | number;
  readonly name: string;
  /** null for integrations that act for a person (`adobeid`). */
  readonly technicalAccountId: string | null;
}

/** A schedule that runs queries as one credential in one sandbox. */
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
  /** What the Console shows besides, and Query Service knows nothing of. */
  readonly otherIntegrations: readonly Integration[];
  readonly schedules: readonly Schedule[];
}

/** One request to migrate that Adobe took. */
export interface Start {
  readonly technicalAccountId: string;
  readonly at: Date;
}

/** A migration that is under way or over. */
interface Migration {
  readonly since: Date;
  readonly until: Date;
  fails: boolean;
}

/** From here on a credential that still uses JWT is not let in: 30 June 2025 is over, in UTC. */
const END_OF_JWT = new Date(Date.UTC(2025, 6, 1));

/** As people sort: upper and lower case beside each other. */
const COLLATOR = new Intl.Collator('en');

/** The customer's organisation inside Adobe: its credentials and how far each is migrated. */
export class Organisation {
  readonly starts: Start[] = [];
  /** How long a migration takes that begins from now on. */
  migrationSeconds: number;
  /** By id, the newest first, as Adobe lists them. */
  readonly #credentials: Map<string, SimulatedCredential>;
  /** Sorted again only after a change: the panel looks at every call. */
  #byName: readonly SimulatedCredential[] | undefined;
  /** By id as text. */
  readonly #integrations: Map<string, Integration>;
  /** By credential. */
  readonly #schedules: Map<string, Schedule[]>;
  /** By credential, the oldest first; kept for ever, as what ran since depends on them. */
  readonly #migrations = new Map<string, Migration[]>();
  readonly #clock: Clock;

  constructor(seed: Seed, clock: Clock, migrationSeconds: number) {
    const newestFirst = seed.credentials.toSorted((a, b) => b.created.getTime() - a.created.getTime());
    this.#credentials = new Map(newestFirst.map((c) => [c.technicalAccountId, c]));
    const ours = seed.credentials.flatMap(({ consoleId, ...c }) =>
      consoleId === null ? [] : [{ ...c, consoleId }],
    );
    this.#integrations = new Map([...seed.otherIntegrations, ...ours].map((i) => [String(i.consoleId), i]));
    this.#schedules = Map.groupBy(seed.schedules, ({ technicalAccountId }) => technicalAccountId);
    this.#clock = clock;
    this.migrationSeconds = migrationSeconds;
    // Somebody pressed Migrate just before we looked.
    for (const c of seed.credentials) if (c.state === 'STARTED') this.begin(c.technicalAccountId);
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

  /** Everything the Developer Console shows. */
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

  /** How far a credential is at a moment; now, unless said otherwise. */
  stateOf(credential: SimulatedCredential, at = this.now()): MigrationState {
    const migration = this.#migrationAt(credential.technicalAccountId, at);
    if (migration === undefined) return credential.state;
    if (at < migration.until) return 'STARTED';
    return migration.fails ? 'NOT_STARTED' : 'COMPLETED';
  }

  /** Seconds until the migration under way is over, rounded up; null when none is. */
  secondsLeft({ technicalAccountId }: SimulatedCredential): number | null {
    const now = this.now();
    const left = (this.#migrationAt(technicalAccountId, now)?.until.getTime() ?? 0) - now.getTime();
    return left > 0 ? Math.ceil(left / 1000) : null;
  }

  /** Whether a job that logs in as this credential at this moment may: jobs run on while it is migrated. */
  canLogIn(technicalAccountId: string, at: Date): boolean {
    const credential = this.#credentials.get(technicalAccountId);
    if (credential === undefined) return false;
    return at < END_OF_JWT || this.stateOf(credential, at) !== 'NOT_STARTED';
  }

  /** Starts a migration by the API, and keeps that it was asked for. */
  start(technicalAccountId: string, fails: boolean): void {
    this.starts.push({ technicalAccountId, at: this.now() });
    this.begin(technicalAccountId, fails);
  }

  /** Starts a migration, by the API or by somebody in Adobe's own pages. */
  begin(technicalAccountId: string, fails = false): void {
    const since = this.now();
    const until = new Date(since.getTime() + this.migrationSeconds * 1000);
    const earlier = this.#migrations.get(technicalAccountId) ?? [];
    this.#migrations.set(technicalAccountId, [...earlier, { since, until, fails }]);
  }

  /** The migration under way goes back to where it began when its time is over. */
  fail(technicalAccountId: string): void {
    const now = this.now();
    const migration = this.#migrationAt(technicalAccountId, now);
    if (migration === undefined || now >= migration.until)
      throw new Error(`no migration of ${technicalAccountId} is under way`);
    migration.fails = true;
  }

  /** Somebody makes a new credential. */
  add(credential: SimulatedCredential): void {
    const { consoleId, ...rest } = credential;
    this.#credentials.set(credential.technicalAccountId, credential);
    this.#byName = undefined;
    if (consoleId !== null) this.#integrations.set(String(consoleId), { ...rest, consoleId });
  }

  /** Somebody deletes the credential, or Adobe does after 90 unused days. */
  remove(technicalAccountId: string): void {
    this.#integrations.delete(String(this.#credentials.get(technicalAccountId)?.consoleId));
    this.#credentials.delete(technicalAccountId);
    this.#byName = undefined;
    this.#schedules.delete(technicalAccountId);
  }

  /** The migration that was the last to begin by then. */
  #migrationAt(technicalAccountId: string, at: Date): Migration | undefined {
    return this.#migrations.get(technicalAccountId)?.findLast(({ since }) => since <= at);
  }
}
