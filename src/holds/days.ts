import { addDays, today } from '../lib/calendar.ts';
import { daysLeft, type ReminderPlan } from '../reminders/windows.ts';

/** The longest a hold may last. Days. */
const MAX_DAYS = 90;
/** The length of a hold that is proposed. Days. */
const USUAL_DAYS = 14;

/** The latest last day that a hold may have today, `YYYY-MM-DD`: it ends with the deadline, as long as that is ahead. */
export function latestLastDay(plan: ReminderPlan, now: Date): string {
  const left = daysLeft(plan, now);
  return addDays(today(plan, now), left >= 0 ? Math.min(left, MAX_DAYS) : MAX_DAYS);
}

/** The last day that is proposed. */
export function usualLastDay(plan: ReminderPlan, now: Date): string {
  const usual = addDays(today(plan, now), USUAL_DAYS);
  const latest = latestLastDay(plan, now);
  return usual < latest ? usual : latest;
}

/** Whether this day is possible as the last one. */
export function isPossibleDay(plan: ReminderPlan, day: string, now: Date): boolean {
  return day >= today(plan, now) && day <= latestLastDay(plan, now);
}
