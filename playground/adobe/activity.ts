import { Cron } from 'croner';
import type { Faults } from './faults.ts';
import type { Organisation, Schedule } from './organisation.ts';
import { JOBS_THAT_FAIL, JOBS_WITHOUT_LOGIN } from './seed.ts';

/** The duration of every query. */
const QUERY_MS = 2 * 60 * 1000;

/** A run of a schedule, and the query that it leads to. */
export interface Run {
  readonly id: string;
  readonly schedule: Schedule;
  readonly created: Date;
  readonly updated: Date;
  /** Adobe has more states; these are the simulated ones. */
  readonly state: 'SUCCESS' | 'FAILED' | 'IN_PROGRESS';
  /** Adobe's words where it failed. */
  readonly error: string | null;
  /** False for a run that could not log in. */
  readonly hasQuery: boolean;
}

/** Where a page begins: at this time, after skipping this many runs of the same moment. */
export interface Cursor {
  readonly at: Date;
  readonly skip: number;
}

interface RunsQuery {
  /** The maximum for all schedules together. */
  readonly limit: number;
  /** None before this time. */
  readonly since?: Date;
  /** Default: now. */
  readonly from?: Cursor;
}

/**
 * The last runs of these schedules, newest first. They are not stored but derived from the clock, the cron expressions,
 * the time of each migration and the faults that are on. `next`: null if there are no more.
 */
export function recentRuns(
  { organisation, faults }: { readonly organisation: Organisation; readonly faults: Faults },
  schedules: readonly Schedule[],
  { limit, since = new Date(0), from = { at: organisation.now(), skip: 0 } }: RunsQuery,
): { readonly runs: Run[]; readonly next: Cursor | null } {
  // Thousands of schedules share a few expressions: compute each one's times once.
  const byCron = Map.groupBy(
    schedules.filter(({ enabled }) => enabled),
    ({ cron }) => cron,
  );
  const moments = [...byCron]
    .flatMap(([cron, dueThen]) => lastTimes(cron, limit + 1, since, from.at).map((at) => ({ at, dueThen })))
    .sort((a, b) => b.at.getTime() - a.at.getTime());
  const runs: Run[] = [];
  let cursor = { ...from };
  let leftToSkip = from.skip;
  for (const { at, dueThen } of moments) {
    if (at.getTime() !== cursor.at.getTime()) cursor = { at, skip: 0 };
    for (const schedule of dueThen) {
      if (at < schedule.created) continue;
      if (at.getTime() === from.at.getTime() && leftToSkip > 0) {
        leftToSkip -= 1;
        continue;
      }
      if (runs.length === limit) return { runs, next: cursor };
      runs.push(runOf(organisation, faults, schedule, at));
      cursor = { at, skip: cursor.skip + 1 };
    }
  }
  return { runs, next: null };
}

/** The times of a cron expression from `since` to `now`, latest first; at most `count`. */
function lastTimes(expression: string, count: number, since: Date, now: Date): Date[] {
  const times = timesOf(expression);
  const found: Date[] = [];
  // Plus one millisecond, to include a run that starts now.
  for (let at = times.lastBefore(now.getTime() + 1); at !== null && found.length < count; at = times.previousOf(at)) {
    if (at < since.getTime()) break;
    found.push(new Date(at));
  }
  return found;
}

const TIMES = new Map<string, Times>();

function timesOf(expression: string): Times {
  const times = TIMES.get(expression) ?? new Times(expression);
  TIMES.set(expression, times);
  return times;
}

/** When a cron expression is due. Each time is computed once, since every page needs the same few hundred. */
class Times {
  readonly #cron: Cron;
  /** The previous time, by time. */
  readonly #previous = new Map<number, number | null>();

  constructor(expression: string) {
    // A fixed offset is many times faster than a named zone.
    this.#cron = new Cron(expression, { utcOffset: 0 });
  }

  /** The last time before this moment. */
  lastBefore(at: number): number | null {
    return this.#cron.previousRuns(1, new Date(at))[0]?.getTime() ?? null;
  }

  /** The time before `at`, which is itself a time of the expression. */
  previousOf(at: number): number | null {
    const known = this.#previous.get(at);
    if (known !== undefined) return known;
    const previous = this.lastBefore(at);
    this.#previous.set(at, previous);
    return previous;
  }
}

function runOf(organisation: Organisation, faults: Faults, schedule: Schedule, created: Date): Run {
  const now = organisation.now();
  const end = new Date(created.getTime() + QUERY_MS);
  const error = errorOf(organisation, faults, schedule, created);
  const run = { id: `${schedule.id}-${created.getTime()}`, schedule, created, error, hasQuery: error !== NO_LOGIN };
  if (error !== null) return { ...run, updated: created, state: 'FAILED' };
  return end > now ? { ...run, updated: now, state: 'IN_PROGRESS' } : { ...run, updated: end, state: 'SUCCESS' };
}

const NO_LOGIN = 'The technical account could not log in';

function errorOf(
  organisation: Organisation,
  faults: Faults,
  { technicalAccountId }: Schedule,
  created: Date,
): string | null {
  if (!organisation.canLogIn(technicalAccountId, created)) return 'The JWT credential is no longer accepted';
  if (faults.isOn('jobs-fail-after') && organisation.isMigrated(technicalAccountId, created))
    return 'The OAuth credential has no access to the dataset';
  // Recent: since the start of the previous day, UTC.
  const isRecent = created.getTime() >= new Date(organisation.now()).setUTCHours(-24, 0, 0, 0);
  if (isRecent && technicalAccountId === JOBS_THAT_FAIL && faults.isOn('jobs-fail'))
    return 'Access to the dataset profile_export is denied';
  if (isRecent && technicalAccountId === JOBS_WITHOUT_LOGIN && faults.isOn('jobs-no-login')) return NO_LOGIN;
  return null;
}
