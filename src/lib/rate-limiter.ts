import type { Clock } from './clock.ts';

/** Spaces calls: at most one every `gapMs` milliseconds, `burst` at once after a rest, and none during a pause. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #gapMs: number;
  /** How much earlier a call may come than evenly spaced calls would. Milliseconds. */
  readonly #earlyMs: number;
  #nextAt = 0;

  constructor(clock: Clock, gapMs: number, burst = 1) {
    this.#clock = clock;
    this.#gapMs = gapMs;
    this.#earlyMs = (burst - 1) * gapMs;
  }

  /** Milliseconds until the next call is allowed; 0 if it is allowed now. */
  waitMs(): number {
    return Math.max(0, this.#nextAt - this.#earlyMs - this.#clock.monotonicMs());
  }

  /** Records a call. */
  take(): void {
    this.#nextAt = Math.max(this.#nextAt, this.#clock.monotonicMs()) + this.#gapMs;
  }

  /** Allows no call for `ms` milliseconds; never shortens a pause. */
  hold(ms: number): void {
    this.#nextAt = Math.max(this.#nextAt, this.#clock.monotonicMs() + ms + this.#earlyMs);
  }
}

/** Slack's rate limit was reached (HTTP 429): call again after `ms` milliseconds (its Retry-After header). */
export class RateLimitedError extends Error {
  override readonly name = 'RateLimitedError';
  readonly ms: number;

  constructor(ms: number) {
    super(`Slack limits the rate: retry after ${ms} ms`);
    this.ms = ms;
  }
}

/** What tells this failure from others in a log. Rate limits are one cause, however long their pause. */
export function causeOf(error: unknown): string {
  return error instanceof RateLimitedError ? error.name : String(error);
}
