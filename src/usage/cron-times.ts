/**
 * When a schedule of Query Service runs: five fields in UTC, as its guide and Airflow, which it builds on, read them. Where
 * both days are restricted, either is enough.
 */

interface Times {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly isDay: (day: Date) => boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A run on 29 February is at most eight years away. Days. */
const HORIZON = 8 * 366;
const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** Thousands of schedules share a few expressions. */
const PARSED = new Map<string, Times | null>();
const MAX_PARSED = 1_000;

/** The first run after this time; null where the expression is not understood, or never comes. */
export function runAfter(cron: string, after: Date): Date | null {
  return find(cron, after, 1);
}

/** The last run at or before this time; null where the expression is not understood, or never came. */
export function runUpTo(cron: string, time: Date): Date | null {
  return find(cron, time, -1);
}

function find(cron: string, from: Date, direction: 1 | -1): Date | null {
  const times = parsed(cron);
  if (times === null) return null;
  const midnight = Math.floor(from.getTime() / DAY_MS) * DAY_MS;
  const ofDay = times.hours.flatMap((hour) => times.minutes.map((minute) => (hour * 60 + minute) * 60_000));
  for (let i = 0; i < HORIZON; i++) {
    const start = midnight + direction * i * DAY_MS;
    const day = new Date(start);
    if (!times.months.includes(day.getUTCMonth() + 1) || !times.isDay(day)) continue;
    const found =
      direction === 1
        ? ofDay.find((ms) => start + ms > from.getTime())
        : ofDay.findLast((ms) => start + ms <= from.getTime());
    if (found !== undefined) return new Date(start + found);
  }
  return null;
}

function parsed(cron: string): Times | null {
  const known = PARSED.get(cron);
  if (known !== undefined) return known;
  if (PARSED.size >= MAX_PARSED) PARSED.clear();
  const times = parse(cron);
  PARSED.set(cron, times);
  return times;
}

function parse(cron: string): Times | null {
  const text = cron.trim().toLowerCase();
  const fields = (MACROS[text] ?? text).split(/\s+/);
  const [minute, hour, day, month, weekday, ...more] = fields;
  if (weekday === undefined || more.length > 0) return null;
  const minutes = valuesOf(minute ?? '', 0, 59);
  const hours = valuesOf(hour ?? '', 0, 23);
  const months = valuesOf(month ?? '', 1, 12, MONTHS);
  const isLastDay = day === 'l';
  const days = isLastDay ? [] : valuesOf(day ?? '', 1, 31);
  const weekdays = valuesOf(weekday, 0, 7, WEEKDAYS)?.map((each) => each % 7) ?? null;
  if (minutes === null || hours === null || months === null || days === null || weekdays === null) return null;
  const byDay = (date: Date) => (isLastDay ? isLast(date) : days.includes(date.getUTCDate()));
  const byWeekday = (date: Date) => weekdays.includes(date.getUTCDay());
  const isFree = (field: string | undefined) => field === '*' || field === '?';
  const isDay = isFree(weekday) ? byDay : isFree(day) ? byWeekday : (date: Date) => byDay(date) || byWeekday(date);
  return { minutes, hours, months, isDay };
}

function isLast(day: Date): boolean {
  return new Date(day.getTime() + DAY_MS).getUTCDate() === 1;
}

/** The values of a field such as `1-5`, `*` with a step, `mon,fri`, in ascending order; null when it is none. */
function valuesOf(field: string, least: number, most: number, names: readonly string[] = []): number[] | null {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    const [from = '', to] = range === '*' || range === '?' ? [String(least), String(most)] : range.split('-');
    const first = numberOf(from, least, names);
    const last = to === undefined ? (step === undefined ? first : most) : numberOf(to, least, names);
    const every = step === undefined ? 1 : Number(step);
    if (first === null || last === null || first < least || last > most || first > last || every === 0) return null;
    for (let value = first; value <= last; value += every) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function numberOf(text: string, least: number, names: readonly string[]): number | null {
  const index = names.indexOf(text);
  if (index >= 0) return index + least;
  return /^\d{1,2}$/.test(text) ? Number(text) : null;
}
