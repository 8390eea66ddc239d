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
  return formatter(timeZone).format(now);
}

/** Making one takes far longer than using it. */
const FORMATTERS = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATTERS.get(timeZone);
  if (known !== undefined) return known;
  // Sweden writes its dates as ISO 8601 does.
  const made = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  FORMATTERS.set(timeZone, made);
  return made;
}

/** The calendar date `days` days after another; both `YYYY-MM-DD`. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}
