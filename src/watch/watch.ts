import type { AdobeProblem } from '../credentials/adobe-error.ts';
import type { Migration } from '../migrations/migration.ts';
import { type Failing, type LastQuery, RUN_GRACE_MS } from '../usage/usage.ts';

/** A schedule that is enabled, and how it has run since the migration. */
export interface WatchedSchedule {
  readonly id: string;
  /** Text from outside. */
  readonly name: string;
  /** As of the reading. */
  readonly nextRunAt: Date | null;
  /** The last run that has succeeded or failed. */
  readonly lastRun: Pick<LastQuery, 'at' | 'outcome'> | null;
  /** Whether its time has come since. */
  readonly isDue: boolean;
  /** Since when its runs fail, and Adobe's words about the last one; null: that did not fail. */
  readonly failing: Failing | null;
  /** Its time came a while ago, and there is no run. */
  readonly isOverdue: boolean;
  /** Its last run before the migration failed as well. */
  readonly failedBefore: boolean;
}

/** What has run as the credential in one sandbox since the migration. */
export interface SandboxWatch {
  readonly sandbox: string;
  /** Null: never. */
  readonly readAt: Date | null;
  /** Why the latest reading failed, or a part of it: the rest is older. */
  readonly problem: AdobeProblem | null;
  readonly schedules: readonly WatchedSchedule[];
  /** False: there may be more schedules, or runs that were not asked for. */
  readonly isWhole: boolean;
  /** Those of no schedule; `isAtLeast`: there may be more. */
  readonly queries: {
    readonly count: number;
    readonly isAtLeast: boolean;
    readonly failing: Failing | null;
    readonly failedBefore: boolean;
  };
}

/** A job that has failed since the migration. */
export interface Failure {
  /** The schedule's, or that of the sandbox whose queries fail. */
  readonly id: string;
  /** The schedule's: text from outside; null: queries of no schedule. */
  readonly name: string | null;
  readonly since: Date;
  /** Adobe's own words: text from outside. */
  readonly error: string | null;
  readonly failedBefore: boolean;
}

/** Whether what runs as a credential still works after its migration. */
export interface Watch {
  readonly migrationId: string;
  /** The end of the migration. */
  readonly since: Date;
  readonly until: Date;
  /** How often it was looked at. */
  readonly looks: number;
  /** Null: it is over. */
  readonly nextLookAt: Date | null;
  /** By sandbox. */
  readonly found: readonly SandboxWatch[];
  /** Every job that failed when it was looked at, once; it stays if the job has succeeded since. */
  readonly failures: readonly Failure[];
  /** The gist of what people were told last; null: nothing yet. */
  readonly told: string | null;
  /** The person who has taken note of the failures; null: nobody has. */
  readonly acknowledged: { readonly by: string; readonly at: Date } | null;
}

/** A migration and the watch after it. */
export interface Watched {
  readonly migration: Migration;
  readonly watch: Watch;
}

/** From a migration to the first look. Milliseconds. */
const FIRST_LOOK_MS = 15 * 60 * 1000;
/** The most looks of one watch, whatever happens: as many as a week takes. */
export const MAX_LOOKS = 12;

/** What was told last of a watch whose last look was cut short. */
const GIVEN_UP = 'given_up';

/** It ends without a further look. The end is due like a look, and so again after a crash. */
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

/** What fails now, the oldest failure first. */
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
 * The watch after a look, and whether it is to be told: a job that fails, at once; that all schedules have run; and the
 * result at the end. Never twice the same, and no second failure before the first is acknowledged.
 */
export function afterLook(
  before: Watch,
  found: readonly SandboxWatch[],
  now: Date,
): { readonly watch: Watch; readonly isNews: boolean; readonly hasNewFailure: boolean } {
  const isOver = now >= before.until;
  const known = new Set(before.failures.map(({ id }) => id));
  const added = failuresIn(found).filter(({ id }) => !known.has(id));
  const isFailure = added.length > 0 && (before.failures.length === 0 || before.acknowledged !== null);
  const gist = gistOf(found, isOver);
  const isNews = gist !== before.told && (isFailure || isOver || (before.told === null && hasAllRun(found)));
  const watch = {
    ...before,
    found,
    failures: [...before.failures, ...added],
    acknowledged: added.length > 0 ? null : before.acknowledged,
    told: isNews ? gist : before.told,
  };
  const nextLookAt = isOver ? null : nextLook(watch, now);
  return { watch: { ...watch, nextLookAt }, isNews, hasNewFailure: added.length > 0 };
}

/** When a schedule that was not due yet has run, or else after twice as long as the time before: few looks, even in a week. */
function nextLook({ until, looks, found }: Watch, now: Date): Date {
  const gapMs = FIRST_LOOK_MS * 2 ** looks;
  const awaited = schedulesIn(found).flatMap(({ isDue, nextRunAt }) =>
    isDue || nextRunAt === null ? [] : [nextRunAt.getTime() + RUN_GRACE_MS],
  );
  const first = Math.min(...awaited);
  // The gap grows here as well, since there may be many.
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

/** What a person would be told, in short. What cannot be read counts at the end. */
function gistOf(found: readonly SandboxWatch[], isOver: boolean): string {
  const gists = found.map(({ sandbox, schedules, queries, problem }) => [
    sandbox,
    schedules.map(({ id, lastRun, isOverdue }) => [id, lastRun?.outcome ?? isOverdue]),
    queries.failing !== null,
    isOver && problem !== null,
  ]);
  return JSON.stringify(gists);
}
