import type { Cron } from 'croner';
import { latestWindow, type ReminderPlan } from '../../src/reminders/windows.ts';
import type { Move } from '../panel/contract.ts';
import { parseCron } from './cron.ts';

const HOUR_MS = 60 * 60 * 1000;

/** The playground's clock, ahead of the machine's by a movable offset; the bot and the simulated services share it. */
export class TimeMachine {
  readonly #plan: ReminderPlan;
  readonly #cron: Cron;
  #aheadMs: number;
  #isMoving = false;

  /** `plan`: the bot's reminder settings, which decide where the clock stops. */
  constructor(start: Date, plan: ReminderPlan) {
    this.#aheadMs = start.getTime() - Date.now();
    this.#plan = plan;
    this.#cron = parseCron(plan.cron, plan.timeZone);
  }

  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  get aheadMs(): number {
    return this.#aheadMs;
  }

  get isMoving(): boolean {
    return this.#isMoving;
  }

  /** The next run of the reminder job that finds a new window. */
  nextReminder(): Date {
    return this.#firstRun((_, key) => key !== latestWindow(this.#plan, this.now())?.key);
  }

  /**
   * Moves the clock and stops at every reminder on the way, so that the bot sends it on time.
   * @param follow makes the bot follow; awaited at each stop
   * @returns the reason for not moving, worded for the visitor; undefined when moved
   */
  async move(to: Move, follow: () => Promise<void>): Promise<string | undefined> {
    if (this.#isMoving) return 'The clock is already moving.';
    const target = this.#target(to);
    if (target === undefined) return 'The deadline has already passed.';
    this.#isMoving = true;
    try {
      for (let stop = this.nextReminder(); stop < target; stop = this.nextReminder()) {
        await this.#set(stop, follow);
      }
      await this.#set(target, follow);
    } finally {
      this.#isMoving = false;
    }
    return undefined;
  }

  async #set(instant: Date, follow: () => Promise<void>): Promise<void> {
    this.#aheadMs = instant.getTime() - Date.now();
    await follow();
  }

  #target(to: Move): Date | undefined {
    const now = this.now();
    switch (to) {
      case 'hour':
        return new Date(now.getTime() + HOUR_MS);
      case 'day':
        return new Date(now.getTime() + 24 * HOUR_MS);
      case 'week':
        return new Date(now.getTime() + 7 * 24 * HOUR_MS);
      case 'next-reminder':
        return this.nextReminder();
      case 'past-deadline': {
        const hasPassed = (latestWindow(this.#plan, now)?.days ?? 0) < 0;
        return hasPassed ? undefined : this.#firstRun((days) => days < 0);
      }
    }
  }

  /** The first future run of the reminder job whose latest window is wanted. */
  #firstRun(isWanted: (days: number, key: string) => boolean): Date {
    for (let at = this.#cron.nextRun(this.now()); at !== null; at = this.#cron.nextRun(at)) {
      const window = latestWindow(this.#plan, at);
      if (window !== null && isWanted(window.days, window.key)) return at;
    }
    throw new Error('REMINDER_CRON has no further run');
  }
}
