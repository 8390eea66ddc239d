import { setTimeout as delay } from 'node:timers/promises';

/** Where the time comes from; passed in, so that a test or the playground can move it. */
export interface Clock {
  now(): Date;
  /** Milliseconds for intervals: setting the clock does not change them. They may stop while the machine sleeps. */
  monotonicMs(): number;
}

/** A clock that also waits; a simulated one waits without time passing. */
export interface Timer extends Clock {
  /** Resolves after `ms` milliseconds; rejects when the process stops first. */
  sleep(ms: number): Promise<void>;
  /** Calls `act` every `ms` milliseconds until the returned function is called. */
  every(ms: number, act: () => void): () => void;
  /** Ends every `sleep`. */
  stop(): void;
}

/** Waits in real time, although `now` may come from a clock that is ahead of the machine's. */
export class SystemTimer implements Timer {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #stopping = new AbortController();

  constructor(clock: Pick<Clock, 'now'> = { now: () => new Date() }) {
    this.#clock = clock;
  }

  now(): Date {
    return this.#clock.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  async sleep(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopping.signal });
  }

  every(ms: number, act: () => void): () => void {
    const interval = setInterval(act, ms);
    return () => clearInterval(interval);
  }

  stop(): void {
    this.#stopping.abort();
  }
}

/** A moment as operators read it: "2025-06-02 10:00 UTC". */
export function utcWords(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
