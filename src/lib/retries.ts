import type { Clock } from './clock.ts';

/** How many failures in a row of one thing are retried without a wait. */
const FREE_FAILURES = 3;
/** After those: the first wait, doubled with each further failure, up to the maximum. Milliseconds. */
const FIRST_WAIT_MS = 20_000;
const MAX_WAIT_MS = 10 * 60 * 1000;

/** Decides when what failed is retried: less and less often, by the monotonic clock. In memory, per instance. */
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

  /** Whether it has failed so few times that it is retried without a wait. */
  isSoon(key: string): boolean {
    return (this.#failures.get(key)?.count ?? 0) < FREE_FAILURES;
  }
}
