import { Cron } from 'croner';
import { addDays, daysBetween, today } from '../lib/calendar.ts';
import type { Pause } from './ports.ts';

/**
 * The last day on which JWT credentials refresh and authenticate. Source: "Migrate from JWT to OAuth Server-to-Server
 * credentials" (Query Service guide). People are reminded by the setting `DEADLINE`, which is this day unless set otherwise.
 */
export const QUERY_SERVICE_LAST_DAY = '2025-06-30';
/**
 * JWT works until its certificate expires or this day, whichever is earlier; since then Adobe converts what is left, and
 * clients that still send JWTs break. Source: the migration page and its FAQ in the Developer Console guide.
 */
export const CONSOLE_LAST_DAY = '2026-03-01';

/** When people are reminded: `REMINDER_DAYS` before the deadline, one day after it, then weekly without end. */
export interface ReminderPlan {
  /** `YYYY-MM-DD`. */
  readonly deadline: string;
  /** Days before the deadline, in any order. */
  readonly days: readonly number[];
  /** IANA name of the zone in which days are counted. */
  readonly timeZone: string;
  /** When the app checks for a due window, as an expression of node-cron. */
  readonly cron: string;
}

/** When JWT credentials stop working, as messages say. */
export interface Deadline {
  /** The last day on which they work, `YYYY-MM-DD`. */
  readonly date: string;
  /** Days left; negative once overdue. */
  readonly days: number;
}

/** The days from one reminder to the next. */
export interface ReminderWindow {
  /** Depends on the deadline and the day count alone; identifies the window's round. */
  readonly key: string;
  /** Days before the deadline; negative once overdue. */
  readonly days: number;
  /** The calendar date on which it begins, `YYYY-MM-DD`: so many days before the deadline, or earlier. */
  readonly date: string;
}

const DAYS_PER_WEEK = 7;
/** Snoozing is not offered in the last days, or after them. */
const NO_SNOOZE_DAYS = 3;
/** A window of these last days begins at a check: after a weekend it would be too late for most, or for all. */
const LAST_DAYS = 2;
/** At most so many days earlier than it would. */
const MAX_DAYS_EARLIER = 7;

/**
 * The latest window that has begun, null before the first. Earlier ones are not caught up on, so a long outage leads to
 * one reminder. It depends on the date alone: neither a missed hour nor a clock change loses a window.
 */
export function latestWindow(plan: ReminderPlan, now: Date): ReminderWindow | null {
  const left = daysLeft(plan, now);
  if (left < 0) return windowAt(plan, -(1 + DAYS_PER_WEEK * Math.floor((-left - 1) / DAYS_PER_WEEK)));
  const date = today(plan, now);
  const begun = plan.days.filter(
    (days) => days >= left || (days >= left - MAX_DAYS_EARLIER && beginDateOf(plan, days) <= date),
  );
  return begun.length === 0 ? null : windowAt(plan, Math.min(...begun));
}

/** The first window that has not begun. */
export function nextWindow(plan: ReminderPlan, now: Date): ReminderWindow {
  const left = daysLeft(plan, now);
  const latest = latestWindow(plan, now)?.days ?? Number.POSITIVE_INFINITY;
  // Where a later one has begun earlier, that serves it.
  const ahead = plan.days.filter((days) => days < left && days < latest).map((days) => windowAt(plan, days));
  const [next] = ahead.sort((a, b) => a.date.localeCompare(b.date) || a.days - b.days);
  if (next !== undefined) return next;
  const overdue = Math.max(0, -left);
  return windowAt(plan, -(1 + DAYS_PER_WEEK * Math.ceil(overdue / DAYS_PER_WEEK)));
}

/** The day of the next reminder, `YYYY-MM-DD`: a window that begins at a weekend is served at the first check after it. */
export function nextReminderDay(plan: ReminderPlan, now: Date): string {
  const { date } = nextWindow(plan, now);
  const check = firstCheck(plan, date);
  return check === null ? date : today(plan, check);
}

/** On this day or later; null where there is none, or none is known. */
function firstCheck({ cron, timeZone }: Pick<ReminderPlan, 'cron' | 'timeZone'>, day: string): Date | null {
  try {
    const checks = new Cron(cron, { paused: true, domAndDow: true, timezone: timeZone });
    return checks.nextRun(`${addDays(day, -1)}T23:59:59`);
  } catch {
    return null;
  }
}

/** The windows that had begun when this one began; a message in it serves them as well. */
export function windowsBefore(plan: ReminderPlan, { days: left }: ReminderWindow): ReminderWindow[] {
  const overdue = Array.from(
    { length: Math.max(0, Math.ceil((-1 - left) / DAYS_PER_WEEK)) },
    (_, week) => -1 - DAYS_PER_WEEK * week,
  );
  const before = [...new Set(plan.days), ...overdue].filter((days) => days > left);
  return before.map((days) => windowAt(plan, days));
}

/** Whether an owner may snooze until the next window. Goes by the days left, since a window may last into the last days. */
export function maySnooze(left: number): boolean {
  return left > NO_SNOOZE_DAYS;
}

/** The pause while it is active, null once its day has come. */
export function activePause(plan: ReminderPlan, pause: Pause | null, now: Date): Pause | null {
  const isOver = pause !== null && pause.until !== null && today(plan, now) >= pause.until;
  return isOver ? null : pause;
}

export function deadlineOf(plan: Pick<ReminderPlan, 'deadline' | 'timeZone'>, now: Date): Deadline {
  return { date: plan.deadline, days: daysLeft(plan, now) };
}

/** Whole calendar days from today to the deadline: 0 on the day itself, negative after it. */
export function daysLeft(plan: Pick<ReminderPlan, 'deadline' | 'timeZone'>, now: Date): number {
  // Counted between calendar dates, so that a day of 23 or 25 hours is still one day.
  return daysBetween(today(plan, now), plan.deadline);
}

function windowAt(plan: ReminderPlan, days: number): ReminderWindow {
  return { key: `${plan.deadline}/${days}`, days, date: beginDateOf(plan, days) };
}

/** So many days before the deadline; in the last days, where nothing is checked then, the last day before with a check. */
function beginDateOf({ deadline, cron, timeZone }: ReminderPlan, days: number): string {
  const date = addDays(deadline, -days);
  if (days < 0 || days > LAST_DAYS) return date;
  for (let earlier = 0; earlier <= MAX_DAYS_EARLIER; earlier++) {
    const day = addDays(date, -earlier);
    const check = firstCheck({ cron, timeZone }, day);
    if (check !== null && today({ timeZone }, check) === day) return day;
  }
  return date;
}
