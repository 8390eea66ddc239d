import type { Time } from '../src/app.ts';
import type { Timer } from '../src/lib/clock.ts';

/** How often the clock moves on, in milliseconds of the machine's time. */
const STEP_MS = 5;

interface Waiting {
  dueMs: number;
  readonly act: () => void;
  /** The interval in milliseconds; null: acts once. */
  readonly everyMs: number | null;
}

/**
 * Time that passes up to `factor` times as fast as the machine's, for the bot and both stand-ins in one process. It
 * stands still while the process gets no processor time: a busy machine takes longer and measures the same. Cron
 * schedules never fire.
 */
export class FastTime implements Time, Timer {
  readonly timer: Timer = this;
  readonly schedule: Time['schedule'] = () => ({ stop: async () => {} });
  readonly #began = Date.now();
  readonly #waiting = new Set<Waiting>();
  readonly #stepping: NodeJS.Timeout;
  #passedMs = 0;

  constructor(factor: number) {
    this.#stepping = setInterval(() => this.#step(STEP_MS * factor), STEP_MS);
  }

  readonly now = (): Date => new Date(this.#began + this.#passedMs);

  readonly monotonicMs = (): number => this.#passedMs;

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#wait(ms, resolve, null));
  }

  every(ms: number, act: () => void): () => void {
    return this.#wait(ms, act, ms);
  }

  /** Stops time: nothing that waits is called any more. */
  stop(): void {
    clearInterval(this.#stepping);
  }

  #wait(ms: number, act: () => void, everyMs: number | null): () => void {
    const waiting = { dueMs: this.#passedMs + ms, act, everyMs };
    this.#waiting.add(waiting);
    return () => void this.#waiting.delete(waiting);
  }

  #step(ms: number): void {
    this.#passedMs += ms;
    for (const waiting of [...this.#waiting]) {
      if (waiting.dueMs > this.#passedMs) continue;
      if (waiting.everyMs === null) this.#waiting.delete(waiting);
      else waiting.dueMs += waiting.everyMs;
      waiting.act();
    }
  }
}
