import type { Clock } from './clock.ts';

/** Spaces calls: at most one every `gapMs` milliseconds, and none until a pause that was asked for is over. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #gapMs: number;
  #nextAt = 0;

  constructor(clock: Clock, gapMs: number) {
    this.#clock = clock;
    this.#gapMs = gapMs;
  }

  /** Milliseconds until the next call is allowed; 0 when it is allowed now. */
  waitMs(): number {
    return Math.max(0, this.#nextAt - this.#clock.monotonicMs());
  }

  /** Records a call: the next one is allowed `gapMs` milliseconds from now. */
  take(): void {
    this.#nextAt = this.#clock.monotonicMs() + this.#gapMs;
  }

  /** Allows no call for `ms` milliseconds; never shortens a pause. */
  hold(ms: number): void {
    this.#nextAt = Math.max(this.#nextAt, this.#clock.monotonicMs() + ms);
  }
}

/** Slack limits the rate (HTTP 429): call again after `ms` milliseconds (its Retry-After header). */
export class RateLimitedError extends Error {
  override readonly name = 'RateLimitedError';
  readonly ms: number;

  constructor(ms: number) {
    super(`Slack limits the rate: retry after ${ms} ms`);
    this.ms = ms;
  }
}

/** What tells this failure from others in a log: pauses of whatever length are one cause. */
export function causeOf(error: unknown): string {
  return error instanceof RateLimitedError ? error.name : String(error);
}
