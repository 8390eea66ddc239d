import { addDays, daysBetween } from '../lib/calendar.ts';

/** The progress of the migration day by day, and the forecast. Days are `YYYY-MM-DD`. */

/** One day's counts, as they were when the day was last noted. */
export interface DailyCount {
  readonly day: string;
  readonly left: number;
  readonly migrated: number;
  /** Credentials left whose jobs fail; null for a day that is known only from the audit trail. */
  readonly failing: number | null;
}

/** When the last credential will be migrated at the current pace. */
export type Forecast =
  /** Nothing is left. */
  | { readonly kind: 'done' }
  /** Too few days are known. */
  | { readonly kind: 'too_early'; readonly days: number }
  /** Too little was migrated recently. */
  | { readonly kind: 'no_pace' }
  /** Between these days; `to` is null if no end is in sight at the slower paces. */
  | { readonly kind: 'range'; readonly from: string; readonly to: string | null };

export interface Trend {
  /** Oldest first; the last is today. Never empty. */
  readonly counts: readonly DailyCount[];
  readonly deadline: string;
  readonly forecast: Forecast;
}

/** Minimum number of known days for a forecast. */
export const MIN_DAYS = 4;
/** How far back the pace is measured: what was fast a month ago says little about next week. Days. */
const PACE_DAYS = 28;
/** How far ahead a forecast may lie. Days. */
const HORIZON_DAYS = 2 * 365;

/** @param counts oldest first, one a day; the last is today's */
export function trendOf(counts: readonly DailyCount[], deadline: string): Trend {
  return { counts, deadline, forecast: forecastOf(counts) };
}

/**
 * Measures the pace from each day in the older half of the last four weeks until today. The forecast is the range
 * between the days on which the fastest and the slowest pace would be done, so it is as wide as the pace is uneven. It
 * needs at least four known days.
 */
export function forecastOf(counts: readonly DailyCount[]): Forecast {
  const today = counts.at(-1);
  if (today === undefined) return { kind: 'too_early', days: 0 };
  if (today.left === 0) return today.migrated > 0 ? { kind: 'done' } : { kind: 'too_early', days: counts.length };
  const recent = counts.filter(({ day }) => daysBetween(day, today.day) <= PACE_DAYS);
  if (recent.length < MIN_DAYS) return { kind: 'too_early', days: recent.length };
  const older = recent.slice(0, Math.floor(recent.length / 2));
  const paces = older.map(({ day, left }) => (left - today.left) / daysBetween(day, today.day));
  const ends = paces.map((pace) => (pace > 0 ? Math.ceil(today.left / pace) : Number.POSITIVE_INFINITY));
  const from = Math.min(...ends);
  const to = Math.max(...ends);
  if (from > HORIZON_DAYS) return { kind: 'no_pace' };
  return { kind: 'range', from: addDays(today.day, from), to: to > HORIZON_DAYS ? null : addDays(today.day, to) };
}

/** A line of the chart: one value for each of the chart's days. */
interface Line {
  readonly name: 'Left' | 'Left, then forecast' | 'Ideal';
  readonly values: readonly number[];
}

/**
 * The lines of the chart on at most `max` days, oldest first, including today and the ends of the lines: what was left
 * until today and, with a forecast, what will be left until its middle or the deadline, whichever is later. Each line
 * has a value for each day, since Slack allows no gaps. Null with fewer than two known days.
 */
export function linesOf({ counts, deadline, forecast }: Trend, max: number): { days: string[]; lines: Line[] } | null {
  const first = counts[0] as DailyCount;
  const today = counts.at(-1) as DailyCount;
  if (first.day === today.day) return null;
  const end = forecast.kind === 'range' ? middleOf(forecast) : null;
  const last = end === null ? today.day : later(end, deadline);
  const fixed = [first.day, today.day, last];
  if (deadline > first.day && deadline < last) fixed.push(deadline);
  if (end !== null) fixed.push(end);
  const days = evenlySpaced(first.day, last, [...new Set(fixed)], max);
  const leftOn = (day: string): number => {
    const known = counts.findLast((count) => count.day <= day) ?? first;
    if (end === null || day <= today.day) return known.left;
    return Math.max(0, today.left * (1 - daysBetween(today.day, day) / daysBetween(today.day, end)));
  };
  const lines: Line[] = [
    { name: end === null ? 'Left' : 'Left, then forecast', values: days.map((day) => toTenth(leftOn(day))) },
  ];
  // If the first day is past the deadline, there is no ideal line.
  if (deadline > first.day) {
    const span = daysBetween(first.day, deadline);
    const idealOn = (day: string) => Math.max(0, first.left * (1 - daysBetween(first.day, day) / span));
    lines.push({ name: 'Ideal', values: days.map((day) => toTenth(idealOn(day))) });
  }
  return { days, lines };
}

/** What should be left today to be done by the deadline at an even pace; null after it, or with one known day. */
export function idealToday({ counts, deadline }: Trend): number | null {
  const first = counts[0] as DailyCount;
  const today = counts.at(-1) as DailyCount;
  if (deadline <= first.day || today.day > deadline || first.day === today.day) return null;
  return Math.round(first.left * (1 - daysBetween(first.day, today.day) / daysBetween(first.day, deadline)));
}

/**
 * Reconstructs the days before the first known one from when each credential was migrated: one that was migrated after
 * a day was left on it. Ignores credentials that appeared or disappeared, about which the trail says nothing.
 * @param migratedOn the day on which each credential was migrated
 * @param since the first day of the trail
 */
export function daysBefore(
  first: Pick<DailyCount, 'day' | 'left' | 'migrated'>,
  migratedOn: readonly string[],
  since: string,
): DailyCount[] {
  const days: DailyCount[] = [];
  for (let day = later(since, addDays(first.day, -MAX_BEFORE)); day < first.day; day = addDays(day, 1)) {
    const migratedLater = migratedOn.filter((migrationDay) => migrationDay > day).length;
    const migrated = Math.max(0, first.migrated - migratedLater);
    days.push({ day, left: first.left + migratedLater, migrated, failing: null });
  }
  return days;
}

/** Maximum number of days reconstructed from the audit trail. */
const MAX_BEFORE = 180;

function middleOf({ from, to }: { from: string; to: string | null }): string {
  return to === null ? from : addDays(from, Math.floor(daysBetween(from, to) / 2));
}

/** At most `max` days from `first` to `last`, evenly spaced, including the fixed ones. */
function evenlySpaced(first: string, last: string, fixed: readonly string[], max: number): string[] {
  const free = max - fixed.length;
  const step = Math.max(1, Math.ceil((daysBetween(first, last) + 1) / Math.max(1, free)));
  const days = new Set(fixed);
  for (let day = first; day < last && days.size < max; day = addDays(day, step)) days.add(day);
  return [...days].sort();
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function toTenth(value: number): number {
  return Math.round(value * 10) / 10;
}
