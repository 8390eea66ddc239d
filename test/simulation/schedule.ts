import { setImmediate } from 'node:timers/promises';
import { Cron } from 'croner';
import type { Schedule as CronSchedule } from '../../src/jobs/cron.ts';
import type { Clock, Timer } from '../../src/lib/clock.ts';
import type { Random } from '../support/random.ts';

/** One process of the bot. Events that belong to it are dropped once it has crashed. */
export interface SimulatedProcess {
  readonly name: string;
  isAlive: boolean;
  /** Milliseconds since 1970; null while it runs. */
  crashedAt: number | null;
}

interface Event {
  at: number;
  /** Whether it waits until an idle period ends; calls in transit do not. */
  readonly isDeferrable: boolean;
  readonly process: SimulatedProcess | null;
  readonly act: () => unknown;
}

/** The longest a step may take, in milliseconds. */
const STEP_MS = 20;

/**
 * Simulated time, and the order of all events in a simulated world: of those that are due, chance picks the next one.
 * Nothing waits for real, so the same seed repeats the same run.
 */
export class Schedule implements Clock {
  readonly #random: Random;
  #events: Event[] = [];
  #ms: number;
  #idleUntil = 0;
  /** Idle periods: calls in transit still arrive at their beginning. Milliseconds since 1970. */
  readonly idles: { readonly from: number; readonly until: number }[] = [];

  constructor(random: Random, start: Date) {
    this.#random = random;
    this.#ms = start.getTime();
  }

  /** Milliseconds since 1970. */
  get ms(): number {
    return this.#ms;
  }

  /** A millisecond later each time: no two recorded times are equal, so no order depends on a random id. */
  now(): Date {
    return new Date(++this.#ms);
  }

  monotonicMs(): number {
    return this.#ms;
  }

  /** Calls `act` in `ms` milliseconds, unless `process` has crashed by then. */
  after(ms: number, act: () => unknown, process: SimulatedProcess | null = null): void {
    this.#events.push({ at: this.#ms + ms, isDeferrable: false, process, act });
  }

  /** Like `after`, for what starts something new: not before the current idle period ends. */
  afterIdle(ms: number, act: () => unknown, process: SimulatedProcess | null = null): void {
    this.#events.push({ at: Math.max(this.#ms + ms, this.#idleUntil), isDeferrable: true, process, act });
  }

  /** Nothing new starts for `ms` milliseconds; calls in transit still arrive. */
  idle(ms: number): void {
    this.#idleUntil = this.#ms + ms;
    this.idles.push({ from: this.#ms, until: this.#idleUntil });
    for (const event of this.#events) if (event.isDeferrable) event.at = this.#idleUntil;
  }

  /** Runs the next event, with everything that follows from it immediately. */
  async step(): Promise<void> {
    this.#events = this.#events.filter(({ process }) => process?.isAlive !== false);
    const first = Math.min(...this.#events.map(({ at }) => at));
    this.#ms = Math.max(this.#ms + this.#random.between(0, STEP_MS), first);
    const due = this.#events.filter(({ at }) => at <= this.#ms);
    if (due.length === 0) throw new Error('No event is left.');
    const next = this.#random.pick(due);
    this.#events.splice(this.#events.indexOf(next), 1);
    await next.act();
    await setImmediate();
  }
}

/** The timer of one process, in simulated time. */
export function timerOf(schedule: Schedule, process: SimulatedProcess): Timer {
  return {
    now: () => schedule.now(),
    monotonicMs: () => schedule.ms,
    stop: () => {},
    sleep: (ms) => new Promise((resolve) => schedule.after(ms, () => resolve(), process)),
    every(ms, act) {
      let isStopped = false;
      const next = () =>
        schedule.afterIdle(
          ms,
          () => {
            if (isStopped) return;
            next();
            return act();
          },
          process,
        );
      next();
      return () => {
        isStopped = true;
      };
    },
  };
}

/** The cron schedule of one process, in simulated time. */
export function cronOf(schedule: Schedule, process: SimulatedProcess): CronSchedule {
  return (expression, task, { timeZone, noOverlap = false }) => {
    // node-cron wants day of month and day of week to match; croner's default is either.
    const cron = new Cron(expression, { paused: true, domAndDow: true, timezone: timeZone ?? 'UTC' });
    let isStopped = false;
    let isRunning = false;
    const run = async () => {
      if (isRunning && noOverlap) return;
      isRunning = true;
      await task();
      isRunning = false;
    };
    const next = () => {
      const at = cron.nextRun(new Date(schedule.ms));
      if (at === null) return;
      schedule.afterIdle(
        at.getTime() - schedule.ms,
        () => {
          if (isStopped) return;
          next();
          void run();
        },
        process,
      );
    };
    next();
    return {
      stop: async () => {
        isStopped = true;
      },
    };
  };
}
