import type { Timer } from '../../src/lib/clock.ts';

/** The one clock of all tests: it moves only when a test moves it or the code under test sleeps. */
export class TestClock implements Timer {
  /** What happens during a sleep. */
  meanwhile: () => Promise<void> = async () => {};
  #ms: number;

  /** @param start ISO 8601 */
  constructor(start = '2025-05-05T09:00:00Z') {
    this.#ms = Date.parse(start);
  }

  readonly now = (): Date => new Date(this.#ms);

  async sleep(ms: number): Promise<void> {
    this.#ms += ms;
    await this.meanwhile();
  }

  /** Never fires: tests call a loop's tick themselves. */
  every(): () => void {
    return () => {};
  }

  stop(): void {}

  advance(seconds: number): void {
    this.#ms += seconds * 1000;
  }

  advanceMs(ms: number): void {
    this.#ms += ms;
  }

  /** Noon of this day, UTC. */
  setDay(date: string): void {
    this.#ms = Date.parse(`${date}T12:00:00Z`);
  }
}
