import type { AdobeProblem } from '../credentials/adobe-error.ts';
import type { Migration } from '../migrations/migration.ts';
import { type Failing, type LastQuery, RUN_GRACE_MS } from '../usage/usage.ts';

/** An enabled schedule, and how it has run since the migration. */
export interface WatchedSchedule {
  readonly id: string;
  /** Text from outside. */
  readonly name: string;
  /** As of the reading. */
  readonly nextRunAt: Date | null;
  /** The last run since the migration that succeeded or failed. */
  readonly lastRun: Pick<LastQuery, 'at' | 'outcome'> | null;
  /** Whether a run was scheduled since the migration. */
  readonly isDue: boolean;
  /** Since when its runs fail, and Adobe's words about the last one; null: the last one did not fail. */
  readonly failing: Failing | null;
  /** A run was scheduled a while ago, and there is none. */
  readonly isOverdue: boolean;
  /** Its last run before the migration failed as well. */
  readonly failedBefore: boolean;
}

/** How the credential's jobs in one sandbox have run since the migration. */
export interface SandboxWatch {
  readonly sandbox: string;
  /** Null: never. */
  readonly readAt: Date | null;
  /** Why the latest reading, or a part of it, failed: then the rest is older. */
  readonly problem: AdobeProblem | null;
  readonly schedules: readonly WatchedSchedule[];
  /** False: there may be more schedules, or runs that were not read. */
  readonly isWhole: boolean;
  /** Queries without a schedule; `isAtLeast`: there may be more. */
  readonly queries: {
    readonly count: number;
    readonly isAtLeast: boolean;
    readonly failing: Failing | null;
    readonly failedBefore: boolean;
  };
}

/** A job that has failed since the migration. */
export interface Failure {
  /** Identifies the schedule, or the sandbox whose queries fail. */
  readonly id: string;
  /** The name of the schedule, which is text from outside; null: queries without a schedule. */
  readonly name: string | null;
  readonly since: Date;
  /** Adobe's own words: text from outside. */
  readonly error: string | null;
  readonly failedBefore: boolean;
}

/** The watch of whether a credential's jobs still work after its migration. */
export interface Watch {
  readonly migrationId: string;
  /** The end of the migration. */
  readonly since: Date;
  readonly until: Date;
  /** Number of looks so far. */
  readonly looks: number;
  /** Null: the watch is over. */
  readonly nextLookAt: Date | null;
  /** By sandbox. */
  readonly found: readonly SandboxWatch[];
  /** Every job that had failed at a look, once; it stays even if the job has succeeded since. */
  readonly failures: readonly Failure[];
  /** The gist of the last notice to people; null: none yet. */
  readonly told: string | null;
  /** Who acknowledged the failures, and when; null: nobody has. */
  readonly acknowledged: { readonly by: string; readonly at: Date } | null;
}

/** A migration and the watch after it. */
export interface WatchedMigration {
  readonly migration: Migration;
  readonly watch: Watch;
}

/** Time from the end of a migration to the first look. Milliseconds. */
const FIRST_LOOK_MS = 15 * 60 * 1000;
/** Maximum number of looks of one watch: as many as a week takes. */
export const MAX_LOOKS = 12;

/** The gist for a watch whose last look was cut short. */
const GIVEN_UP = 'given_up';

/** Ends a watch without a further look. The end is due like a look, so it is due again after a crash. */
export function givenUp(watch: Watch): Watch {
  return { ...watch, nextLookAt: null, told: GIVEN_UP };
}

export function isGivenUp({ told }: Watch): boolean {
  return told === GIVEN_UP;
}

export function newWatch(migrationId: string, since: Date, lengthMs: number): Watch {
  const until = new Date(since.getTime() + lengthMs);
  const first = new Date(since.getTime() + FIRST_LOOK_MS);
  const nextLookAt = first < until ? first : until;
  return { migrationId, since, until, looks: 0, nextLookAt, found: [], failures: [], told: null, acknowledged: null };
}

/** The jobs that fail now, the oldest failure first. */
export function failuresIn(found: readonly SandboxWatch[]): Failure[] {
  const jobs = found.flatMap(({ sandbox, schedules, queries }) => [
    ...schedules.map((each) => ({ ...each, id: `${sandbox}/${each.id}` })),
    { ...queries, id: sandbox, name: null },
  ]);
  const failures = jobs.flatMap(({ id, name, failing, failedBefore }): Failure[] =>
    failing === null ? [] : [{ id, name, since: failing.since, error: failing.error, failedBefore }],
  );
  return failures.toSorted((a, b) => a.since.getTime() - b.since.getTime());
}

/**
 * The watch after a look, and whether people are notified: at once if a job fails, when all schedules have run, and of
 * the result at the end. Never of the same twice, nor of a second failure before the first is acknowledged.
 */
export function afterLook(
  before: Watch,
  found: readonly SandboxWatch[],
  now: Date,
): { readonly watch: Watch; readonly isNews: boolean; readonly hasNewFailure: boolean } {
  const isOver = now >= before.until;
  const known = new Set(before.failures.map(({ id }) => id));
  const newFailures = failuresIn(found).filter(({ id }) => !known.has(id));
  const hasNewFailure = newFailures.length > 0;
  const isFirstFailure = hasNewFailure && (before.failures.length === 0 || before.acknowledged !== null);
  const gist = gistOf(found, isOver);
  const isNews = gist !== before.told && (isFirstFailure || isOver || (before.told === null && hasAllRun(found)));
  const watch = {
    ...before,
    found,
    failures: [...before.failures, ...newFailures],
    acknowledged: hasNewFailure ? null : before.acknowledged,
    told: isNews ? gist : before.told,
  };
  const nextLookAt = isOver ? null : nextLook(watch, now);
  return { watch: { ...watch, nextLookAt }, isNews, hasNewFailure };
}

/** When a schedule that was not due yet has run; otherwise after twice the time before: few looks, even in a week. */
function nextLook({ until, looks, found }: Watch, now: Date): Date {
  const gapMs = FIRST_LOOK_MS * 2 ** looks;
  const awaited = schedulesIn(found).flatMap(({ isDue, nextRunAt }) =>
    isDue || nextRunAt === null ? [] : [nextRunAt.getTime() + RUN_GRACE_MS],
  );
  const first = Math.min(...awaited);
  // A minimum gap, which grows with each look, since there may be many schedules.
  const at = first < until.getTime() ? Math.max(first, now.getTime() + gapMs / 4) : now.getTime() + gapMs;
  return new Date(Math.min(at, until.getTime()));
}

export function schedulesIn(found: readonly SandboxWatch[]): WatchedSchedule[] {
  return found.flatMap(({ schedules }) => schedules);
}

function hasAllRun(found: readonly SandboxWatch[]): boolean {
  const schedules = schedulesIn(found);
  const isRead = found.every(({ problem, isWhole }) => problem === null && isWhole);
  return isRead && schedules.length > 0 && schedules.every(({ lastRun }) => lastRun !== null);
}

/** What a person would be notified of, in short. What cannot be read counts only at the end. */
function gistOf(found: readonly SandboxWatch[], isOver: boolean): string {
  const gists = found.map(({ sandbox, schedules, queries, problem }) => [
    sandbox,
    schedules.map(({ id, lastRun, isOverdue }) => [id, lastRun?.outcome ?? isOverdue]),
    queries.failing !== null,
    isOver && problem !== null,
  ]);
  return JSON.stringify(gists);
}
