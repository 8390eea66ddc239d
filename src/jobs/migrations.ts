import type { Clock } from '../services/clock.ts';
import type { Logger } from '../services/logger.ts';
import type { Questions } from '../services/questions.ts';
import type { Reporter } from '../services/reporter.ts';
import type { Runner } from '../services/runner.ts';
import type { Leases } from '../services/stores.ts';
import type { Work } from '../services/work.ts';

/** How often the line is looked at. Milliseconds. */
const TICK_MS = 1_000;
const LEASE = 'migrations';
/** An instance that dies is replaced this late. Milliseconds. */
const LEASE_MS = 10_000;
/** How long a stop waits for the answer to a start. Milliseconds. */
const START_GRACE_MS = 1_500;

interface Parts {
  readonly runner: Runner;
  readonly reporter: Reporter;
  readonly questions: Questions;
  readonly leases: Leases;
  readonly work: Work;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Keeps the line of migrations moving: one instance at a time, by a lease; the conditional updates underneath hold
 * even if two believe they have it. Adobe and Slack are served side by side, so that a slow one holds up only itself.
 */
export class MigrationsJob {
  readonly #parts: Parts;
  readonly #busy = new Set<string>();
  readonly #tickMs: number;
  #timer: NodeJS.Timeout | null = null;

  /** `pollMs`: how often Adobe's state is read; the tick is never slower. */
  constructor(parts: Parts, settings: { pollMs: number }) {
    this.#parts = parts;
    this.#tickMs = Math.min(TICK_MS, settings.pollMs);
  }

  start(): void {
    this.#timer = setInterval(() => this.hurry(), this.#tickMs);
    this.hurry();
  }

  /** Looks now instead of at the next tick; not once stopped, or the lease would be taken again. */
  hurry(): void {
    if (this.#timer === null) return;
    void this.#parts.work.track(this.tick());
  }

  /** One look at the line. Never throws. */
  async tick(): Promise<void> {
    const { leases, runner, reporter, questions, clock } = this.#parts;
    await this.#alone('lease', async () => {
      if (!(await leases.acquire(LEASE, clock.now(), LEASE_MS))) return;
      // Not awaited here: the lease is renewed while one of them is slow.
      for (const [name, step] of [
        ['advance', () => runner.advance()],
        ['report', () => reporter.report()],
        ['lapse', () => questions.lapse()],
      ] as const) {
        void this.#parts.work.track(this.#alone(name, step));
      }
    });
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#parts.runner.stop(START_GRACE_MS);
    await this.#parts.leases.release(LEASE);
  }

  /** Skips what is still under way from an earlier tick. */
  async #alone(name: string, step: () => Promise<void>): Promise<void> {
    if (this.#busy.has(name)) return;
    this.#busy.add(name);
    try {
      await step();
    } catch (err) {
      this.#parts.logger.error({ err, job: name }, 'a job failed; it is tried again');
    } finally {
      this.#busy.delete(name);
    }
  }
}
