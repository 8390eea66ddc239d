import { Cron } from 'croner';

/**
 * When a schedule of Query Service runs: five fields in UTC, as its guide and Airflow, which it builds on, read them. Where
 * both days are restricted, either is enough.
 */

/** Thousands of schedules share a few expressions, and parsing one takes longer than using it. */
const PARSED = new Map<string, Cron | null>();
const MAX_PARSED = 1_000;

/** The first run after this time; null where the expression is not understood, or never comes. */
export function runAfter(expression: string, after: Date): Date | null {
  return parsed(expression)?.nextRun(after) ?? null;
}

/** The last run at or before this time; null where the expression is not understood, or never came. */
export function runUpTo(expression: string, time: Date): Date | null {
  const [last = null] = parsed(expression)?.previousRuns(1, new Date(time.getTime() + 1)) ?? [];
  return last;
}

function parsed(expression: string): Cron | null {
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
