import { withTimeout } from './timeout.ts';

/** Work that continues after its acknowledgement: a shutdown waits for it. */
export class TaskTracker {
  readonly #tasks = new Set<Promise<unknown>>();

  /** @returns the same promise, tracked until it settles */
  track<T>(task: Promise<T>): Promise<T> {
    this.#tasks.add(task);
    const done = () => this.#tasks.delete(task);
    task.then(done, done);
    return task;
  }

  /** Waits until no task is left, at most `deadlineMs` milliseconds. @returns how many are left */
  async settled(deadlineMs: number): Promise<number> {
    const all = async () => {
      while (this.#tasks.size > 0) await Promise.allSettled(this.#tasks);
    };
    await withTimeout(all, deadlineMs).catch(() => {});
    return this.#tasks.size;
  }
}
