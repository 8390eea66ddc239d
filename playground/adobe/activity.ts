import { Cron } from 'croner';
import type { Organisation, Schedule } from './organisation.ts';

/** The duration of every query. */
const QUERY_MS = 2 * 60 * 1000;

/** A query run by a schedule. */
export interface Query {
  readonly id: string;
  readonly technicalAccountId: string;
  readonly sandbox: string;
  readonly name: string;
  readonly created: Date;
  readonly updated: Date;
  /** Adobe has more states; these are the simulated ones. */
  readonly state: 'SUCCESS' | 'FAILED' | 'IN_PROGRESS';
}

/**
 * The last queries of these schedules, newest first. They are not stored but derived from the clock, the cron
 * expressions and the time of each migration.
 * @param limit the maximum for all schedules together
 */
export function recentQueries(organisation: Organisation, schedules: readonly Schedule[], limit: number): Query[] {
  const now = organisation.now();
  // Thousands of schedules share a few expressions: compute each one's times once.
  const timesOf = new Map<string, Date[]>();
  const queries = schedules
    .filter(({ enabled }) => enabled)
    .flatMap((schedule) => {
      const times = timesOf.get(schedule.cron) ?? lastTimes(schedule.cron, limit, now);
      timesOf.set(schedule.cron, times);
      return times.filter((at) => at >= schedule.created).map((at) => queryOf(organisation, schedule, at, now));
    });
  return queries.sort((a, b) => b.created.getTime() - a.created.getTime()).slice(0, limit);
}

function lastTimes(cron: string, count: number, now: Date): Date[] {
  // A fixed offset is many times faster than a named zone. Plus one millisecond, to include a query that starts now.
  return new Cron(cron, { utcOffset: 0 }).previousRuns(count, new Date(now.getTime() + 1));
}

function queryOf(organisation: Organisation, schedule: Schedule, created: Date, now: Date): Query {
  const { id, technicalAccountId, sandbox, name } = schedule;
  const end = new Date(created.getTime() + QUERY_MS);
  const loggedIn = organisation.canLogIn(technicalAccountId, created);
  return {
    id: `${id}-${created.getTime()}`,
    technicalAccountId,
    sandbox,
    name,
    created,
    updated: !loggedIn ? created : end > now ? now : end,
    state: !loggedIn ? 'FAILED' : end > now ? 'IN_PROGRESS' : 'SUCCESS',
  };
}
