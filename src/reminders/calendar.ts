import type { Clock } from '../lib/clock.ts';
import { daysUntil, localDate } from './deadline.ts';
import type { Pause } from './ports.ts';
import { latestWindow, nextWindow, type ReminderPlan, type ReminderWindow } from './windows.ts';

/** The plan, as it looks now. */
export class ReminderCalendar {
  readonly #plan: ReminderPlan;
  readonly #clock: Clock;

  constructor(plan: ReminderPlan, clock: Clock) {
    this.#plan = plan;
    this.#clock = clock;
  }

  now(): Date {
    return this.#clock.now();
  }

  /** The latest window that has begun. */
  window(): ReminderWindow | null {
    return latestWindow(this.#plan, this.now());
  }

  next(): ReminderWindow {
    return nextWindow(this.#plan, this.now());
  }

  /** Today's date where days are counted, `YYYY-MM-DD`. */
  today(): string {
    return localDate(this.now(), this.#plan.timeZone);
  }

  daysLeft(): number {
    return daysUntil(this.#plan.deadline, this.now(), this.#plan.timeZone);
  }

  /** The pause as long as it holds. */
  holding(pause: Pause | null): Pause | null {
    return pause === null || pause.until === null || this.today() < pause.until ? pause : null;
  }
}
