import { addDays, daysUntil } from './deadline.ts';

/** When people are reminded: `REMINDER_DAYS` before the deadline, then one day after it, then weekly without end. */
export interface ReminderPlan {
  /** `YYYY-MM-DD`. */
  readonly deadline: string;
  /** Days before the deadline, in any order. */
  readonly days: readonly number[];
  /** IANA name: in which days are counted. */
  readonly timeZone: string;
}

/** A day count on which people are to be reminded, until the next one begins. */
export interface ReminderWindow {
  /** The same for the same deadline and day count, for ever: what is claimed and marked as served. */
  readonly key: string;
  /** Days left when it begins; negative once overdue. */
  readonly days: number;
  /** The calendar date on which it begins, `YYYY-MM-DD`. */
  readonly date: string;
}

const WEEK = 7;
/** In the last days, and after them, nobody is spared. */
const NO_SNOOZE_DAYS = 3;

/**
 * The latest window that has begun, null before the first. Earlier ones are never made up: whoever was away for long
 * hears once. It depends on the day alone, so neither a missed hour nor a clock change loses one.
 */
export function latestWindow(plan: ReminderPlan, now: Date): ReminderWindow | null {
  const left = daysUntil(plan.deadline, now, plan.timeZone);
  if (left < 0) return windowAt(plan, -(1 + WEEK * Math.floor((-left - 1) / WEEK)));
  const begun = plan.days.filter((days) => days >= left);
  return begun.length === 0 ? null : windowAt(plan, Math.min(...begun));
}

/** The first window that has not begun. */
export function nextWindow(plan: ReminderPlan, now: Date): ReminderWindow {
  const left = daysUntil(plan.deadline, now, plan.timeZone);
  const ahead = plan.days.filter((days) => days < left);
  if (ahead.length > 0) return windowAt(plan, Math.max(...ahead));
  const overdue = Math.max(0, -left);
  return windowAt(plan, -(1 + WEEK * Math.ceil(overdue / WEEK)));
}

/** Whether an owner may ask to be left alone until the next window. By the days left: a window may last into the last days. */
export function maySnooze(daysLeft: number): boolean {
  return daysLeft > NO_SNOOZE_DAYS;
}

function windowAt({ deadline }: ReminderPlan, days: number): ReminderWindow {
  return { key: `${deadline}/${days}`, days, date: addDays(deadline, -days) };
}
