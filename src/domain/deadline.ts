/**
 * Adobe's dates. Query Service's page ends JWT credentials on 30 June 2025; the Developer Console's page lets them
 * work until their certificate expires or 1 March 2026, whichever is earlier, and then converts them.
 */
export const CONSOLE_LAST_DAY = '2026-03-01';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Whole calendar days from today to the deadline, both in `timeZone`: 0 on the day itself, negative after it.
 * `deadline` is a date as `YYYY-MM-DD`, `timeZone` an IANA name.
 */
export function daysUntil(deadline: string, now: Date, timeZone: string): number {
  // Counted between calendar dates, so that a day of 23 or 25 hours is still one day.
  return Math.round((Date.parse(deadline) - Date.parse(localDate(now, timeZone))) / DAY_MS);
}

/** The calendar date at `now` in `timeZone`, as `YYYY-MM-DD`. */
export function localDate(now: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
    .formatToParts(now)
    .map(({ type, value }) => [type, value]);
  const { year, month, day } = Object.fromEntries(parts) as Record<string, string>;
  return `${year}-${month}-${day}`;
}

/** The calendar date `days` days after another; both `YYYY-MM-DD`. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}
