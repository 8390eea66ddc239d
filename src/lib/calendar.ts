/** Calendar dates, written `YYYY-MM-DD`. */

const DAY_MS = 24 * 60 * 60 * 1000;

/** By time zone: creating one takes far longer than using it. */
const DATE_FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Today's date where days are counted, `YYYY-MM-DD`. */
export function today({ timeZone }: { readonly timeZone: string }, now: Date): string {
  let format = DATE_FORMATS.get(timeZone);
  if (format === undefined) {
    // Swedish dates are written as in ISO 8601.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    DATE_FORMATS.set(timeZone, format);
  }
  return format.format(now);
}

/** From one calendar date to another, both `YYYY-MM-DD`; negative where the other is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** The calendar date `days` days after another; both `YYYY-MM-DD`. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}
