import { Cron } from 'croner';
import type { Organisation, Schedule } from './organisation.ts';

/** How long every query takes. */
const QUERY_MS = 2 * 60 * 1000;

/** A query that a schedule ran. */
export interface Query {
  readonly id: string;
  readonly technicalAccountId: string;
  readonly sandbox: string;
  readonly name: string;
  readonly created: Date;
  readonly updated: Date;
  /** Adobe knows more; these are the ones that happen here. */
  readonly state: 'SUCCESS' | 'FAILED' | 'IN_PROGRESS';
}

/**
 * The last queries that these schedules ran, newest first. Nothing is kept of them: they follow from the clock, from
 * the cron expressions and from when each credential was migrated.
 * @param limit how many at most, of all the schedules together
 */
export function recentQueries(
  organisation: Organisation,
  schedules: readonly Schedule[],
  limit: number,
): Query[] {
  const now = organisation.now();
  // Thousands of schedules share a few expressions.
  const timesOf = new Map<string, Date[]>();
  const queries = schedules
    .filter(({ enabled }) => enabled)
    .flatMap((schedule) => {
      const times = timesOf.get(schedule.cron) ?? lastTimes(schedule.cron, limit, now);
      timesOf.set(schedule.cron, times);
      return times
        .filter((at) => at >= schedule.created)
        .map((at) => queryOf(organisation, schedule, at, now));
    });
  return queries.sort((a, b) => b.created.getTime() - a.created.getTime()).slice(0, limit);
}

function lastTimes(cron: string, count: number, now: Date): Date[] {
  // A fixed offset is many times quicker than a named zone; one millisecond on, as what begins now has begun.
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
