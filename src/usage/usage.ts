import type { AdobeProblem } from '../credentials/adobe-error.ts';

/** The state of a query or a run: `stopped` by a person, `open` while it has not ended. */
export type Outcome = 'succeeded' | 'failed' | 'stopped' | 'open';

/** A schedule of Query Service. */
export interface Schedule {
  readonly id: string;
  /** The bare id of the technical account that it runs as; null: it runs as a person. */
  readonly technicalAccountId: string | null;
  readonly name: string;
  /** Five fields in UTC, or `@once`. */
  readonly cron: string;
  readonly isEnabled: boolean;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  /** Parts that cannot be read; their last known values stay. */
  readonly unread?: readonly ('date' | 'name')[];
}

/** A query that was run. */
export interface Query {
  readonly id: string;
  readonly technicalAccountId: string | null;
  /** Its own or its template's; a scheduled one has the name of its schedule's query. */
  readonly name: string | null;
  readonly createdAt: Date;
  readonly outcome: Outcome;
  /** Adobe's own words: text from outside. */
  readonly error: string | null;
}

/** A run of a schedule. It exists even if the run could not log in, so that there is no query. */
export interface Run {
  readonly id: string;
  readonly createdAt: Date;
  readonly outcome: Outcome;
  /** Adobe's own words, if they were asked for: text from outside. */
  readonly error: string | null;
}

/** A schedule as it is stored. */
export interface KnownSchedule {
  readonly id: string;
  readonly name: string;
  readonly cron: string;
  readonly isEnabled: boolean;
  /** When it runs next, as of the reading; null: never, or its expression is not understood. */
  readonly nextRunAt: Date | null;
}

export interface LastQuery {
  readonly at: Date;
  readonly outcome: Outcome;
  readonly error: string | null;
}

export interface Failing {
  readonly since: Date;
  /** True: nothing earlier that succeeded was read. */
  readonly mayBeEarlier: boolean;
  /** Adobe's own words: text from outside. */
  readonly error: string | null;
}

/** What is known of a credential's use in one sandbox. */
export interface SandboxUsage {
  readonly sandbox: string;
  /** When the rest was read; null: never. */
  readonly readAt: Date | null;
  /** When this credential was read individually; null: never, since all jobs of the sandbox said enough. */
  readonly askedAt: Date | null;
  /** Why the latest reading failed: the rest is older. */
  readonly problem: AdobeProblem | null;
  readonly schedules: readonly KnownSchedule[];
  /** Queries of the last 30 days; `isAtLeast`: there may be more. */
  readonly queries: { readonly count: number; readonly isAtLeast: boolean };
  readonly lastQuery: LastQuery | null;
  readonly failing: Failing | null;
}

/** How far back a sign of use counts. Milliseconds. */
export const USAGE_MS = 30 * 24 * 60 * 60 * 1000;

/** A run may start this much later than scheduled. Milliseconds. */
export const RUN_GRACE_MS = 15 * 60 * 1000;

/** The use in a sandbox of which nothing is known yet. */
export function unreadUsage(sandbox: string, problem: AdobeProblem | null): SandboxUsage {
  const none = { schedules: [], queries: { count: 0, isAtLeast: false }, lastQuery: null, failing: null };
  return { sandbox, readAt: null, askedAt: null, problem, ...none };
}

/** JSON has no dates: the fields that contain one. */
const DATE_FIELDS: ReadonlySet<string> = new Set(['readAt', 'askedAt', 'nextRunAt', 'at', 'since']);

/** Reads a credential's use from JSON; `T` is the type of its only writer. */
export function fromUsageJson<T>(text: string): T {
  const value: unknown = JSON.parse(text);
  setDates(value);
  return value as T;
}

/** Changes the value in place, since `JSON.parse` with a reviver takes four times as long. */
function setDates(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const fields = value as Record<string, unknown>;
  for (const [name, field] of Object.entries(fields)) {
    if (typeof field === 'object') setDates(field);
    else if (typeof field === 'string' && DATE_FIELDS.has(name)) fields[name] = new Date(field);
  }
}
