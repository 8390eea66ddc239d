import { addDays, daysBetween } from '../reminders/windows.ts';

/** How the migration goes, day by day, and where that leads. Days are `YYYY-MM-DD`. */

/** One day's counts, as they were when the day was last noted. */
export interface DailyCount {
  readonly day: string;
  readonly left: number;
  readonly migrated: number;
  /** Credentials left whose jobs fail; null for a day that only the audit trail tells about. */
  readonly failing: number | null;
}

/** Where the pace leads. */
export type Forecast =
  /** Nothing is left. */
  | { readonly kind: 'done' }
  /** Too few days are known. */
  | { readonly kind: 'too_early'; readonly days: number }
  /** Nothing was migrated lately. */
  | { readonly kind: 'no_pace' }
  /** Between these days; `to` null: some of the paces never get there. */
  | { readonly kind: 'range'; readonly from: string; readonly to: string | null };

export interface Trend {
  /** Oldest first; the last is today. Never empty. */
  readonly counts: readonly DailyCount[];
  readonly deadline: string;
  readonly forecast: Forecast;
}

/** Fewer known days are no pace. */
export const MIN_DAYS = 4;
/** How far back the pace goes: what was quick a month ago says little about next week. Days. */
const PACE_DAYS = 28;
/** A day further away than this is not a forecast. Days. */
const HORIZON_DAYS = 2 * 365;

/** @param counts oldest first, one a day; the last is today's */
export function trendOf(counts: readonly DailyCount[], deadline: string): Trend {
  return { counts, deadline, forecast: forecastOf(counts) };
}

/**
 * The paces from each day in the older half of the last four weeks until today, and the days on which the quickest and
 * the slowest of them would be done: a range as wide as the pace is uneven. Only from four known days on.
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
 * The lines of the chart on at most `max` days, oldest first, today and the ends of the lines among them: what was left
 * until today, and with a forecast what will be until its middle or the deadline. Each line has a value for each day,
 * since Slack takes no gaps. Null with fewer than two known days.
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
  const days = spread(first.day, last, [...new Set(fixed)], max);
  const left = (day: string): number => {
    const known = counts.findLast((count) => count.day <= day) ?? first;
    if (end === null || day <= today.day) return known.left;
    return Math.max(0, today.left * (1 - daysBetween(today.day, day) / daysBetween(today.day, end)));
  };
  const lines: Line[] = [
    { name: end === null ? 'Left' : 'Left, then forecast', values: days.map((day) => toTenth(left(day))) },
  ];
  // After the deadline there is no straight line to it.
  if (deadline > first.day) {
    const span = daysBetween(first.day, deadline);
    const ideal = (day: string) => Math.max(0, first.left * (1 - daysBetween(first.day, day) / span));
    lines.push({ name: 'Ideal', values: days.map((day) => toTenth(ideal(day))) });
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
 * The days before the first known one, from who migrated what when: what was migrated after a day was left on it. Without
 * credentials that appeared or vanished, of which the trail says nothing.
 * @param ends the day on which each credential was migrated
 * @param since the first day of the trail
 */
export function daysBefore(
  first: Pick<DailyCount, 'day' | 'left' | 'migrated'>,
  ends: readonly string[],
  since: string,
): DailyCount[] {
  const days: DailyCount[] = [];
  for (let day = later(since, addDays(first.day, -MAX_BEFORE)); day < first.day; day = addDays(day, 1)) {
    const after = ends.filter((end) => end > day).length;
    days.push({ day, left: first.left + after, migrated: Math.max(0, first.migrated - after), failing: null });
  }
  return days;
}

/** So many days are taken from the audit trail. */
const MAX_BEFORE = 180;

function middleOf({ from, to }: { from: string; to: string | null }): string {
  return to === null ? from : addDays(from, Math.floor(daysBetween(from, to) / 2));
}

/** At most `max` days from `first` to `last`, evenly, with the fixed ones among them. */
function spread(first: string, last: string, fixed: readonly string[], max: number): string[] {
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
