import type { Clock } from './clock.ts';

/** When the next of many calls may go out: one every `gapMs` milliseconds, later when somebody asked for a pause. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #gapMs: number;
  #freeAt = 0;

  constructor(clock: Clock, gapMs: number) {
    this.#clock = clock;
    this.#gapMs = gapMs;
  }

  /** Milliseconds until then; 0 when it may go out now. */
  waitMs(): number {
    return Math.max(0, this.#freeAt - this.#clock.now().getTime());
  }

  take(): void {
    this.#freeAt = this.#clock.now().getTime() + this.#gapMs;
  }

  hold(ms: number): void {
    this.#freeAt = Math.max(this.#freeAt, this.#clock.now().getTime() + ms);
  }
}

/** Slack asks for a pause (429, Retry-After). */
export class RateLimitedError extends Error {
  override readonly name = 'SlowDown';
  readonly ms: number;

  constructor(ms: number) {
    super(`Slack asks for a pause of ${ms} ms`);
    this.ms = ms;
  }
}
