import type { Cron } from 'croner';
import type { Time } from '../../src/app.ts';
import type { Schedule } from '../../src/jobs/cron.ts';
import { SystemTimer } from '../../src/lib/clock.ts';
import { parseCron } from '../time/cron.ts';

/** The longest delay setTimeout accepts, in milliseconds. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

interface Task {
  readonly cron: Cron;
  readonly run: () => Promise<unknown>;
  timer: NodeJS.Timeout | undefined;
}

/** The machine's clock with an offset that can be changed, and the tasks scheduled by it. */
export class ShiftedTime implements Time {
  readonly timer = new SystemTimer({ now: () => new Date(Date.now() + this.#aheadMs) });
  readonly #tasks = new Set<Task>();
  #aheadMs: number;

  constructor(aheadMs: number) {
    this.#aheadMs = aheadMs;
  }

  readonly schedule: Schedule = (expression, run, { timeZone }) => {
    const task: Task = { cron: parseCron(expression, timeZone), run, timer: undefined };
    this.#tasks.add(task);
    this.#arm(task);
    return {
      stop: async () => {
        clearTimeout(task.timer);
        this.#tasks.delete(task);
      },
    };
  };

  /** Sets the offset. Every task that became due runs once; resolves when they are done. */
  async shiftTo(aheadMs: number): Promise<void> {
    const before = this.timer.now();
    this.#aheadMs = aheadMs;
    const now = this.timer.now();
    for (const task of [...this.#tasks]) {
      const next = task.cron.nextRun(before);
      // One after another, in the order of scheduling: the sync runs before the reminders.
      if (next !== null && next <= now) await task.run();
      this.#arm(task);
    }
  }

  /** Sets a timer for the task's next time after `from`. */
  #arm(task: Task, from = this.timer.now()): void {
    clearTimeout(task.timer);
    const next = task.cron.nextRun(from);
    if (next === null || !this.#tasks.has(task)) return;
    const waitMs = next.getTime() - this.timer.now().getTime();
    if (waitMs > MAX_TIMEOUT_MS) {
      task.timer = setTimeout(() => this.#arm(task), MAX_TIMEOUT_MS);
      return;
    }
    task.timer = setTimeout(() => {
      void task.run();
      // From `next`, not from now: a timer may fire slightly early, and the same time would come again.
      this.#arm(task, next);
    }, waitMs);
  }
}
