import { isAxiosError } from 'axios';
import { retryAfter } from 'axios-retry';
import { AdobeError, endOfPause, isPaused } from '../credentials/adobe-error.ts';
import type { Clock } from '../lib/clock.ts';
import { readError } from './errors.ts';

/** A pause as it is persisted. */
export interface StoredPause {
  readonly notedAt: Date;
  readonly until: Date;
}

/** Persists, for each host, the pause that ends last. */
export interface PauseStore {
  pauseOf(host: string): Promise<StoredPause | null>;
  keep(host: string, pause: StoredPause): Promise<void>;
}

/** Its end by both clocks, as ISO 8601 and in milliseconds. */
interface Pause {
  readonly until: string;
  readonly untilMonotonic: number;
}

/** Time between two reads of what other instances have noted. Milliseconds. */
const LOOK_EVERY_MS = 5_000;

/**
 * Keeps the pauses that one host asks for, however long, across restarts and for all instances of a database. Until a
 * pause ends, by the wall clock or the monotonic one, whichever is earlier, nothing is sent and calls fail at once. So
 * a wall clock that was ahead does not prolong a pause.
 */
export class Pauses {
  readonly #clock: Clock;
  readonly #storage: { readonly host: string; readonly store: PauseStore } | null;
  #lastLook: { readonly at: number; readonly done: Promise<void> } | null = null;
  /** The end of the last pause that was taken over from the database or stored in it. */
  #storedUntil: string | null = null;
  #latest: Pause | null = null;

  /** Without `storage`, pauses are forgotten when the process ends. */
  constructor(clock: Clock, storage: { host: string; store: PauseStore } | null = null) {
    this.#clock = clock;
    this.#storage = storage;
  }

  /** `isChange`: reads what other instances have noted right before the call, not up to `LOOK_EVERY_MS` earlier. */
  async run<T>(operation: string, work: () => Promise<T>, { isChange = false } = {}): Promise<T> {
    const now = this.#clock.monotonicMs();
    const isLookDue = isChange || this.#lastLook === null || now - this.#lastLook.at >= LOOK_EVERY_MS;
    if (isLookDue) this.#lastLook = { at: now, done: this.#takeOver() };
    await this.#lastLook?.done;
    const latest = this.#latest;
    if (latest !== null && this.#lasts(latest)) throw new AdobeError('throttled', operation, { until: latest.until });
    try {
      return await work();
    } catch (error) {
      throw this.#noteIfPause(operation, error);
    }
  }

  #lasts({ until, untilMonotonic }: Pause): boolean {
    return isPaused({ until }, this.#clock.now()) && this.#clock.monotonicMs() < untilMonotonic;
  }

  /** The error to throw instead of this one: if the host asks for a pause, that begins and is the error. */
  #noteIfPause(operation: string, error: unknown): unknown {
    if (!isAxiosError(error)) return error;
    const status = error.response?.status;
    if (status !== 429 && status !== 503) return error;
    const pauseMs = retryAfter(error);
    if (pauseMs <= 0) return error;
    const until = this.#begin(pauseMs);
    this.#keep(until);
    return new AdobeError('throttled', operation, { ...readError(error), status, until });
  }

  /** Never shortens a pause that has not ended: calls that were in flight may be answered with a shorter one. */
  #begin(pauseMs: number): string {
    const untilMonotonic = this.#clock.monotonicMs() + pauseMs;
    const before = this.#latest;
    if (before !== null && isPaused(before, this.#clock.now()) && before.untilMonotonic > untilMonotonic)
      return before.until;
    const until = endOfPause(this.#clock.now(), pauseMs);
    this.#latest = { until, untilMonotonic };
    return until;
  }

  /** Not awaited: the failed call matters more, and if its row is missing, other instances ask the host once more. */
  #keep(until: string): void {
    const pause = { notedAt: this.#clock.now(), until: new Date(until) };
    this.#storedUntil = until;
    this.#storage?.store.keep(this.#storage.host, pause).catch(() => {});
  }

  /** Takes over each pause in the database once. Never throws: without it, the host itself reports the pause. */
  async #takeOver(): Promise<void> {
    const pause = await this.#storage?.store.pauseOf(this.#storage.host).catch(() => null);
    if (pause == null || pause.until.toISOString() === this.#storedUntil) return;
    this.#storedUntil = pause.until.toISOString();
    const until = pause.until.getTime();
    // No longer than Adobe asked for, in case the clock was ahead when the pause was noted.
    const pauseMs = Math.min(until - this.#clock.now().getTime(), until - pause.notedAt.getTime());
    this.#begin(pauseMs);
  }
}
