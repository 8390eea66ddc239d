import type { Clock } from './clock.ts';

/** Failures in a row of one thing that are retried as they come. */
const FREE_FAILURES = 3;
/** From then on: the first wait, doubled with each further failure, up to the longest. Milliseconds. */
const FIRST_WAIT_MS = 20_000;
const MAX_WAIT_MS = 10 * 60 * 1000;

/** What failed, by key, and when it is retried: more and more rarely, by the monotonic clock. In memory, per instance. */
export class Retries {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #failures = new Map<string, { readonly count: number; readonly retryAt: number }>();

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  failed(key: string): void {
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    const wait = count < FREE_FAILURES ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (count - FREE_FAILURES), MAX_WAIT_MS);
    this.#failures.set(key, { count, retryAt: this.#clock.monotonicMs() + wait });
  }

  worked(key: string): void {
    this.#failures.delete(key);
  }

  /** Whether it is not yet time to try again. */
  isWaiting(key: string): boolean {
    return this.#clock.monotonicMs() < (this.#failures.get(key)?.retryAt ?? Number.NEGATIVE_INFINITY);
  }

  /** Whether it has failed so rarely that it is retried as it comes. */
  isSoon(key: string): boolean {
    return (this.#failures.get(key)?.count ?? 0) < FREE_FAILURES;
  }
}
