/** Times, durations and counts as a person reads them. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A time in the reader's own zone. */
export function dateTime(date: Date): string {
  return `<!date^${secondsOf(date)}^{date_short_pretty} {time}|${plainDateTime(date)}>`;
}

/** "14:00" in the reader's own zone, for what is minutes away. */
export function clockTime(date: Date): string {
  return `<!date^${secondsOf(date)}^{time}|${plainDateTime(date)}>`;
}

/** "2025-05-05 14:00 UTC", where Slack formats no dates. */
export function plainDateTime(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A day in the reader's own zone. */
export function day(date: Date): string {
  return `<!date^${secondsOf(date)}^{date_short_pretty}|${date.toISOString().slice(0, 10)}>`;
}

/** "30 June 2025", the same in every zone. `date` is a date as `YYYY-MM-DD`. */
export function calendarDate(date: string): string {
  return LONG_DATE.format(new Date(date));
}

const LONG_DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** "3 minutes ago", which Slack keeps up to date. */
export function timeAgo(date: Date): string {
  return `<!date^${secondsOf(date)}^{ago}|${plainDateTime(date)}>`;
}

/** "4 hours", "90 minutes", "45 seconds": in the largest unit that divides it without a remainder. */
export function duration(ms: number): string {
  if (ms >= HOUR_MS && ms % HOUR_MS === 0) return count(ms / HOUR_MS, 'hour');
  if (ms >= MINUTE_MS && ms % MINUTE_MS === 0) return count(ms / MINUTE_MS, 'minute');
  return count(Math.round(ms / 1000), 'second');
}

/** "35 s", between two times. */
export function elapsed(from: Date, to: Date): string {
  return shortDuration(Math.round((to.getTime() - from.getTime()) / 1000));
}

/** Durations below this are shown in seconds. */
export const EXACT_SECONDS = 120;

/** "90 s", "12 min", "1 h", "1 h 20 min": a duration, as precise as it has to be. */
export function shortDuration(seconds: number): string {
  if (seconds < EXACT_SECONDS) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [...(hours > 0 ? [`${hours} h`] : []), ...(rest > 0 ? [`${rest} min`] : [])].join(' ');
}

/** "1 day", "2 days". */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${n} ${n === 1 ? singular : plural}`;
}

/** "1 000": a number in groups of three digits. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ' ');
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

export function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
