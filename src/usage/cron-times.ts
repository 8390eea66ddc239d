import { Cron } from 'croner';
import type { KnownSchedule, Schedule } from './usage.ts';

/**
 * When a schedule of Query Service runs: five fields in UTC, as in its guide and in Airflow, which it builds on. If
 * both the day of the month and the weekday are restricted, either is enough.
 */

/** Thousands of schedules share a few expressions, and parsing one takes longer than using it. */
const PARSED = new Map<string, Cron | null>();
const MAX_PARSED = 1_000;

/** The first run after this time; null if the expression is not understood, or there is none. */
export function runAfter(expression: string, after: Date): Date | null {
  return cronOf(expression)?.nextRun(after) ?? null;
}

/** The last run at or before this time; null if the expression is not understood, or there is none. */
export function runUpTo(expression: string, time: Date): Date | null {
  const [last = null] = cronOf(expression)?.previousRuns(1, new Date(time.getTime() + 1)) ?? [];
  return last;
}

type Times = Pick<Schedule, 'cron' | 'startsAt' | 'endsAt'>;

/** The first run of a schedule after this time; null: never, or its expression is not understood. */
export function nextRunOf({ cron, startsAt, endsAt }: Times, now: Date): Date | null {
  if (cron === '@once') return startsAt !== null && startsAt > now ? startsAt : null;
  const at = runAfter(cron, startsAt !== null && startsAt > now ? new Date(startsAt.getTime() - 1) : now);
  return at === null || (endsAt !== null && at > endsAt) ? null : at;
}

/** The first run of a stored schedule after this time: the one that was stored with it may be over. */
export function nextRunOfStored(
  { cron, nextRunAt }: Pick<KnownSchedule, 'cron' | 'nextRunAt'>,
  now: Date,
): Date | null {
  return nextRunAt === null || nextRunAt > now ? nextRunAt : runAfter(cron, now);
}

/** When a schedule should have run last, at or before this time; null: never, or its expression is not understood. */
export function lastDueOf({ cron, startsAt, endsAt }: Times, time: Date): Date | null {
  if (cron === '@once') return startsAt !== null && startsAt <= time ? startsAt : null;
  const at = runUpTo(cron, endsAt !== null && endsAt < time ? endsAt : time);
  return at === null || (startsAt !== null && at < startsAt) ? null : at;
}

function cronOf(expression: string): Cron | null {
  const known = PARSED.get(expression);
  if (known !== undefined) return known;
  if (PARSED.size >= MAX_PARSED) PARSED.clear();
  const cron = parse(expression);
  PARSED.set(expression, cron);
  return cron;
}

function parse(expression: string): Cron | null {
  try {
    return new Cron(expression, { utcOffset: 0, mode: '5-part' });
  } catch {
    return null;
  }
}
