import { setImmediate } from 'node:timers/promises';
import { Cron } from 'croner';
import type { Schedule as CronSchedule } from '../../src/jobs/cron.ts';
import type { Clock, Timer } from '../../src/lib/clock.ts';
import type { Random } from '../support/random.ts';

/** One process: what is still to happen in it does not, once it died. */
export interface SimulatedProcess {
  readonly name: string;
  isAlive: boolean;
  /** Milliseconds since 1970; null while it lives. */
  crashedAt: number | null;
}

interface Event {
  at: number;
  /** Whether it waits when nobody does anything for a while; calls on their way do not. */
  readonly isDeferrable: boolean;
  readonly process: SimulatedProcess | null;
  readonly act: () => unknown;
}

/** Milliseconds that one step takes at most. */
const STEP_MS = 20;

/**
 * The one order of everything that happens in a simulated world, and its time. Of all that is due, chance decides what
 * comes first. Nothing here waits for real, so that the same seed does the same again.
 */
export class Schedule implements Clock {
  readonly #random: Random;
  #events: Event[] = [];
  #ms: number;
  #idleUntil = 0;
  /** When idle times began. Milliseconds since 1970. */
  readonly idles: number[] = [];

  constructor(random: Random, start: Date) {
    this.#random = random;
    this.#ms = start.getTime();
  }

  /** Milliseconds since 1970. */
  get ms(): number {
    return this.#ms;
  }

  /** A little later each time: no two moments that are written down are the same, so no order is left to a random id. */
  now(): Date {
    return new Date(++this.#ms);
  }

  /** Lets this happen in `ms` milliseconds, unless `life` is over by then. */
  after(ms: number, act: () => unknown, process: SimulatedProcess | null = null): void {
    this.#events.push({ at: this.#ms + ms, isDeferrable: false, process, act });
  }

  /** As `after`, for what begins something: an `idle` time comes before it. */
  afterIdle(ms: number, act: () => unknown, process: SimulatedProcess | null = null): void {
    this.#events.push({ at: Math.max(this.#ms + ms, this.#idleUntil), isDeferrable: true, process, act });
  }

  /** Nobody begins anything for so long, then everybody; what is on its way arrives meanwhile. */
  idle(ms: number): void {
    this.idles.push(this.#ms);
    this.#idleUntil = this.#ms + ms;
    for (const event of this.#events) if (event.isDeferrable) event.at = this.#idleUntil;
  }

  /** The next thing happens, and all that follows from it at once. */
  async step(): Promise<void> {
    this.#events = this.#events.filter(({ process }) => process?.isAlive !== false);
    const first = Math.min(...this.#events.map(({ at }) => at));
    this.#ms = Math.max(this.#ms + this.#random.between(0, STEP_MS), first);
    const due = this.#events.filter(({ at }) => at <= this.#ms);
    if (due.length === 0) throw new Error('Nothing is left to happen.');
    const next = this.#random.pick(due);
    this.#events.splice(this.#events.indexOf(next), 1);
    await next.act();
    await setImmediate();
  }
}

/** What one process waits by: nothing happens in it once its life is over. */
export function timerOf(schedule: Schedule, process: SimulatedProcess): Timer {
  return {
    now: () => schedule.now(),
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

/** Cron times of one process, by the simulated clock. */
export function cronOf(schedule: Schedule, process: SimulatedProcess): CronSchedule {
  return (expression, task, { timeZone, noOverlap = false }) => {
    // As node-cron reads it: day of month and day of week must both match.
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
