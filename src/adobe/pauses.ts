import { isAxiosError } from 'axios';
import { retryAfter } from 'axios-retry';
import { AdobeError, endOfPause, isPaused } from '../credentials/adobe-error.ts';
import type { Clock } from '../lib/clock.ts';
import { readError } from './errors.ts';

/** A pause as it outlives the process. */
export interface KeptPause {
  readonly notedAt: Date;
  readonly until: Date;
}

/** Keeps the pause of each host that ends last. */
export interface PauseStore {
  pauseOf(host: string): Promise<KeptPause | null>;
  keep(host: string, pause: KeptPause): Promise<void>;
}

/** Between two looks at what other instances have noted. Milliseconds. */
const LOOK_EVERY_MS = 5_000;

/**
 * Keeps the pauses that one host asks for, however long, also over a restart and by all instances of a database: until
 * their end, by whichever clock comes first, nothing is sent and calls fail at once. A wall clock that was ahead must not
 * stretch them.
 */
export class Pauses {
  readonly #clock: Clock;
  readonly #kept: { readonly host: string; readonly store: PauseStore } | null;
  #look: { readonly at: number; readonly done: Promise<void> } | null = null;
  /** The end of the pause in the database, once it has been taken over. */
  #seen: string | null = null;
  #latest: { readonly until: string; readonly untilMonotonic: number } | null = null;

  /** Without `kept` they are forgotten with the process. */
  constructor(clock: Clock, kept: { host: string; store: PauseStore } | null = null) {
    this.#clock = clock;
    this.#kept = kept;
  }

  /** `isChange`: what the others have noted up to now counts, not only what they had noted a moment ago. */
  async run<T>(operation: string, work: () => Promise<T>, { isChange = false } = {}): Promise<T> {
    const now = this.#clock.monotonicMs();
    const isDue = isChange || this.#look === null || now - this.#look.at >= LOOK_EVERY_MS;
    if (isDue) this.#look = { at: now, done: this.#takeOver() };
    await this.#look?.done;
    const latest = this.#latest;
    if (isPaused(latest, this.#clock.now()) && latest !== null && this.#clock.monotonicMs() < latest.untilMonotonic)
      throw new AdobeError('throttled', operation, { until: latest.until });
    return work().catch((error: unknown) => {
      if (!isAxiosError(error)) throw error;
      const status = error.response?.status;
      if (status !== 429 && status !== 503) throw error;
      const pauseMs = retryAfter(error);
      if (pauseMs <= 0) throw error;
      const until = this.#begin(pauseMs);
      this.#keep(until);
      throw new AdobeError('throttled', operation, { ...readError(error), status, until });
    });
  }

  /** Never shortens one that lasts: calls that were under way may be answered with a shorter one. */
  #begin(pauseMs: number): string {
    const untilMonotonic = this.#clock.monotonicMs() + pauseMs;
    const before = this.#latest;
    if (before !== null && isPaused(before, this.#clock.now()) && before.untilMonotonic > untilMonotonic)
      return before.until;
    const until = endOfPause(this.#clock.now(), pauseMs);
    this.#latest = { until, untilMonotonic };
    return until;
  }

  /** Not awaited: what failed is to be acted on, and without its row the host is asked once more by others. */
  #keep(until: string): void {
    const pause = { notedAt: this.#clock.now(), until: new Date(until) };
    this.#seen = until;
    this.#kept?.store.keep(this.#kept.host, pause).catch(() => {});
  }

  /** Takes over each pause in the database once. Never throws: where the database does not say, the host does. */
  async #takeOver(): Promise<void> {
    const pause = await this.#kept?.store.pauseOf(this.#kept.host).catch(() => null);
    if (pause == null || pause.until.toISOString() === this.#seen) return;
    this.#seen = pause.until.toISOString();
    const [notedAt, until] = [pause.notedAt.getTime(), pause.until.getTime()];
    // No longer than Adobe asked for, should the clock have been ahead when it was noted.
    const pauseMs = Math.min(until - this.#clock.now().getTime(), until - notedAt);
    this.#begin(pauseMs);
  }
}
