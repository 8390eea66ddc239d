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

/** A query that ran, or a schedule, as one credential. */
export interface Activity {
  readonly id: string;
  readonly technicalAccountId: string;
  readonly sandbox: string;
  readonly name: string;
  readonly sql: string;
  readonly created: Date;
  /** SUBMITTED, IN_PROGRESS, SUCCESS, FAILED, KILLED, TIMEOUT of a query; REGISTERING, ENABLED, DISABLED of a schedule. */
  readonly state: string;
}

export interface Seed {
  readonly credentials: readonly SimulatedCredential[];
  /** What the Console shows besides, and Query Service knows nothing of. */
  readonly otherIntegrations: readonly Integration[];
  readonly queries: readonly Activity[];
  readonly schedules: readonly Activity[];
}

/** One request to migrate that Adobe took. */
export interface Start {
  readonly technicalAccountId: string;
  readonly at: Date;
}

interface Running {
  readonly since: Date;
  fails: boolean;
}

/** The customer's organisation inside Adobe: its credentials and how far each is migrated. */
export class Organisation {
  readonly starts: Start[] = [];
  readonly queries: Activity[];
  readonly schedules: Activity[];
  /** By id, the newest first, as Adobe lists them. */
  readonly #credentials: Map<string, SimulatedCredential>;
  /** By id as text. */
  readonly #integrations: Map<string, Integration>;
  readonly #ended = new Map<string, MigrationState>();
  readonly #running = new Map<string, Running>();
  readonly #clock: Clock;
  readonly #migrationSeconds: number;

  constructor(seed: Seed, clock: Clock, migrationSeconds: number) {
    const newestFirst = seed.credentials.toSorted((a, b) => b.created.getTime() - a.created.getTime());
    this.#credentials = new Map(newestFirst.map((c) => [c.technicalAccountId, c]));
    const ours = seed.credentials.flatMap(({ consoleId, ...c }) =>
      consoleId === null ? [] : [{ ...c, consoleId }],
    );
    this.#integrations = new Map([...seed.otherIntegrations, ...ours].map((i) => [String(i.consoleId), i]));
    this.queries = [...seed.queries];
    this.schedules = [...seed.schedules];
    this.#clock = clock;
    this.#migrationSeconds = migrationSeconds;
    // Somebody pressed Migrate just before we looked.
    for (const c of seed.credentials) if (c.state === 'STARTED') this.begin(c.technicalAccountId);
  }

  credentials(): SimulatedCredential[] {
    return [...this.#credentials.values()];
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

  /** How far a credential is, at this moment of the clock. */
  stateOf(credential: SimulatedCredential): MigrationState {
    const id = credential.technicalAccountId;
    const running = this.#running.get(id);
    if (running === undefined) return this.#ended.get(id) ?? credential.state;
    if (this.#clock.now().getTime() < running.since.getTime() + this.#migrationSeconds * 1000)
      return 'STARTED';
    const end = running.fails ? 'NOT_STARTED' : 'COMPLETED';
    this.#running.delete(id);
    this.#ended.set(id, end);
    return end;
  }

  /** Starts a migration by the API, and keeps that it was asked for. */
  start(technicalAccountId: string): void {
    this.starts.push({ technicalAccountId, at: this.#clock.now() });
    this.begin(technicalAccountId);
  }

  /** Starts a migration, by the API or by somebody in Adobe's own pages. */
  begin(technicalAccountId: string): void {
    this.#running.set(technicalAccountId, { since: this.#clock.now(), fails: false });
  }

  /** The migration under way goes back to where it began when its time is over. */
  fail(technicalAccountId: string): void {
    const running = this.#running.get(technicalAccountId);
    if (running === undefined) throw new Error(`no migration of ${technicalAccountId} is under way`);
    running.fails = true;
  }

  /** Somebody makes a new credential. */
  add(credential: SimulatedCredential): void {
    const { consoleId, ...rest } = credential;
    this.#credentials.set(credential.technicalAccountId, credential);
    if (consoleId !== null) this.#integrations.set(String(consoleId), { ...rest, consoleId });
  }

  /** Somebody deletes the credential, or Adobe does after 90 unused days. */
  remove(technicalAccountId: string): void {
    this.#integrations.delete(String(this.#credentials.get(technicalAccountId)?.consoleId));
    this.#credentials.delete(technicalAccountId);
  }
}
