import { isAxiosError } from 'axios';
import { retryAfter } from 'axios-retry';
import { AdobeError, isPaused, MAX_PAUSE_MS } from '../credentials/adobe-error.ts';
import type { Clock } from '../lib/clock.ts';
import { readError } from './errors.ts';

/** Keeps the pauses that one host asks for: until their end, nothing is sent and calls fail at once. */
export class Pauses {
  readonly #clock: Pick<Clock, 'now'>;
  #latest: { readonly until: string } | null = null;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  async run<T>(operation: string, work: () => Promise<T>): Promise<T> {
    if (this.#latest !== null && isPaused(this.#latest, this.#clock.now()))
      throw new AdobeError('throttled', operation, this.#latest);
    return work().catch((error: unknown) => {
      if (!isAxiosError(error)) throw error;
      const status = error.response?.status;
      if (status !== 429 && status !== 503) throw error;
      const pauseMs = retryAfter(error);
      if (pauseMs <= 0) throw error;
      const until = new Date(this.#clock.now().getTime() + Math.min(pauseMs, MAX_PAUSE_MS)).toISOString();
      this.#latest = { until };
      throw new AdobeError('throttled', operation, { ...readError(error), status, until });
    });
  }
}
