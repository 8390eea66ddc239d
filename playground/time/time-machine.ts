import type { Cron } from 'croner';
import { latestWindow, type ReminderPlan } from '../../src/reminders/windows.ts';
import type { Move } from '../panel/contract.ts';
import { parseCron } from './cron.ts';

const HOUR_MS = 60 * 60 * 1000;

/** The bot's own settings, as far as the clock's stops depend on them. */
export interface ReminderSettings {
  readonly plan: ReminderPlan;
  readonly cron: string;
}

/** The playground's clock: the machine's, set forward by hand. Everything simulated goes by it, and the bot. */
export class TimeMachine {
  readonly #plan: ReminderPlan;
  readonly #cron: Cron;
  #aheadMs: number;
  #moving = false;

  constructor(start: Date, { plan, cron }: ReminderSettings) {
    this.#aheadMs = start.getTime() - Date.now();
    this.#plan = plan;
    this.#cron = parseCron(cron, plan.timeZone);
  }

  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  get aheadMs(): number {
    return this.#aheadMs;
  }

  get moving(): boolean {
    return this.#moving;
  }

  /** When the bot looks next and a window has begun that had not begun now. */
  nextReminder(): Date {
    return this.#firstLook((_, key) => key !== latestWindow(this.#plan, this.now())?.key);
  }

  /**
   * Moves on, and stops wherever the bot is to remind somebody, as it would have on the way.
   * @param follow has the bot follow; awaited at each stop
   * @returns what stands against it, in words; undefined when it was done
   */
  async move(to: Move, follow: () => Promise<void>): Promise<string | undefined> {
    if (this.#moving) return 'The clock is on its way already.';
    const target = this.#target(to);
    if (target === undefined) return 'The deadline has passed already.';
    this.#moving = true;
    try {
      for (let stop = this.nextReminder(); stop < target; stop = this.nextReminder()) {
        await this.#set(stop, follow);
      }
      await this.#set(target, follow);
    } finally {
      this.#moving = false;
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
        const first = this.#firstLook((days) => days < 0);
        return (latestWindow(this.#plan, now)?.days ?? 0) < 0 ? undefined : first;
      }
    }
  }

  /** The first time after now at which the bot looks and finds such a window. */
  #firstLook(wanted: (days: number, key: string) => boolean): Date {
    for (let look = this.#cron.nextRun(this.now()); look !== null; look = this.#cron.nextRun(look)) {
      const window = latestWindow(this.#plan, look);
      if (window !== null && wanted(window.days, window.key)) return look;
    }
    throw new Error('REMINDER_CRON never comes again');
  }
}
