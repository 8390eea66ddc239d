import { isAxiosError } from 'axios';
import { retryAfter } from 'axios-retry';
import { AdobeError, endOfPause, isPaused } from '../credentials/adobe-error.ts';
import type { Clock } from '../lib/clock.ts';
import { readError } from './errors.ts';

/**
 * Keeps the pauses that one host asks for, however long: until their end, by whichever clock comes first, nothing is sent
 * and calls fail at once. A wall clock that was ahead must not stretch them.
 */
export class Pauses {
  readonly #clock: Clock;
  #latest: { readonly until: string; readonly untilMonotonic: number } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async run<T>(operation: string, work: () => Promise<T>): Promise<T> {
    const latest = this.#latest;
    if (isPaused(latest, this.#clock.now()) && latest !== null && this.#clock.monotonicMs() < latest.untilMonotonic)
      throw new AdobeError('throttled', operation, { until: latest.until });
    return work().catch((error: unknown) => {
      if (!isAxiosError(error)) throw error;
      const status = error.response?.status;
      if (status !== 429 && status !== 503) throw error;
      const pauseMs = retryAfter(error);
      if (pauseMs <= 0) throw error;
      const until = endOfPause(this.#clock.now(), pauseMs);
      this.#latest = { until, untilMonotonic: this.#clock.monotonicMs() + pauseMs };
      throw new AdobeError('throttled', operation, { ...readError(error), status, until });
    });
  }
}
