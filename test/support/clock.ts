import type { Timer } from '../../src/lib/clock.ts';

/** The one clock of all tests: it moves only when a test moves it or the code under test sleeps. */
export class TestClock implements Timer {
  /** Called during each sleep. */
  meanwhile: () => Promise<void> = async () => {};
  #ms: number;
  #monotonicMs = 0;

  /** @param start ISO 8601 */
  constructor(start = '2025-05-05T09:00:00Z') {
    this.#ms = Date.parse(start);
  }

  readonly now = (): Date => new Date(this.#ms);

  readonly monotonicMs = (): number => this.#monotonicMs;

  async sleep(ms: number): Promise<void> {
    this.advanceMs(ms);
    await this.meanwhile();
  }

  /** Never fires: tests call a loop's tick themselves. */
  every(): () => void {
    return () => {};
  }

  stop(): void {}

  advance(seconds: number): void {
    this.advanceMs(seconds * 1000);
  }

  advanceMs(ms: number): void {
    this.#ms += ms;
    this.#monotonicMs += ms;
  }

  /** Sets the wall clock forward or back; the monotonic one does not notice. */
  set(seconds: number): void {
    this.#ms += seconds * 1000;
  }

  /** Noon of this day, UTC. */
  setDay(date: string): void {
    const ms = Date.parse(`${date}T12:00:00Z`) - this.#ms;
    // The monotonic clock never goes back.
    if (ms < 0) this.#ms += ms;
    else this.advanceMs(ms);
  }
}
