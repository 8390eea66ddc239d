/** Work in hand after its acknowledgement: a shutdown waits for it. */
export class TaskTracker {
  readonly #inHand = new Set<Promise<unknown>>();

  /** Gives the promise back, remembered until it settles. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#inHand.add(work);
    const done = () => this.#inHand.delete(work);
    work.then(done, done);
    return work;
  }

  /** Resolves when nothing is in hand any more, or after `deadlineMs` milliseconds; says how much is left. */
  async settled(deadlineMs: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    const all = (async () => {
      while (this.#inHand.size > 0) await Promise.allSettled(this.#inHand);
    })();
    await Promise.race([all, deadline]);
    clearTimeout(timer);
    return this.#inHand.size;
  }
}
