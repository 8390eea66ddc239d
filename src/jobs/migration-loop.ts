import type { Holds } from '../holds/holds.ts';
import type { Timer } from '../lib/clock.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import type { HandOffs } from '../migrations/hand-off.ts';
import type { PendingRequests } from '../migrations/pending-requests.ts';
import type { ProgressReporter } from '../migrations/progress.ts';
import type { ProgressLinks } from '../migrations/progress-links.ts';
import type { Runner } from '../migrations/runner.ts';
import type { Notices } from '../notices/notices.ts';
import { type Job, type JobLog, LEASE_JOB } from './job-log.ts';

/** How often the queue is checked. Milliseconds. */
const TICK_MS = 1_000;
/** How long a stop waits for the response to a start. Milliseconds. */
const START_GRACE_MS = 1_500;

interface Parts {
  readonly runner: Runner;
  readonly progress: ProgressReporter;
  readonly progressLinks: ProgressLinks;
  readonly pendingRequests: PendingRequests;
  readonly handOffs: HandOffs;
  readonly holds: Holds;
  readonly notices: Notices;
  readonly wake: { migrations: () => void };
  readonly tasks: TaskTracker;
  readonly timer: Timer;
  readonly jobLog: JobLog;
}

/**
 * Keeps the queue of migrations moving: one instance at a time, by a lease; the conditional updates underneath stay
 * correct even if two instances believe that they hold it. Adobe and Slack are served concurrently, so that a slow one
 * holds up only itself.
 */
export class MigrationLoop {
  readonly #parts: Parts;
  readonly #busy = new Set<string>();
  readonly #tickMs: number;
  #stopTicking: (() => void) | null = null;

  /** `pollMs`: how often Adobe's state is read; the tick is never slower. */
  constructor(parts: Parts, settings: { pollMs: number }) {
    this.#parts = parts;
    this.#tickMs = Math.min(TICK_MS, settings.pollMs);
  }

  start(): void {
    const { timer, tasks, wake } = this.#parts;
    // Does nothing once stopped, or the lease would be acquired again.
    const tick = () => {
      if (this.#stopTicking !== null) void tasks.track(this.tick());
    };
    this.#stopTicking = timer.every(this.#tickMs, tick);
    wake.migrations = tick;
    tick();
  }

  /** One check of the queue. Never throws. */
  async tick(): Promise<void> {
    const { runner, progress, progressLinks, pendingRequests, handOffs, holds, notices, tasks } = this.#parts;
    await this.#alone(LEASE_JOB, async () => {
      if (!(await runner.acquireLease())) return;
      // Not awaited here: the lease is renewed while one of them is slow.
      for (const [name, step] of [
        ['advance', () => runner.advance()],
        ['report', () => progress.report()],
        ['link', () => progressLinks.show()],
        ['expire', () => pendingRequests.expireOverdue()],
        ['remind', () => handOffs.remind()],
        ['end holds', () => holds.expire()],
        ['notify', () => notices.send()],
        ['close asks', () => notices.closeAsks()],
      ] as const) {
        void tasks.track(this.#alone(name, step));
      }
    });
  }

  async stop(): Promise<void> {
    this.#stopTicking?.();
    this.#stopTicking = null;
    await this.#parts.runner.stop(START_GRACE_MS);
  }

  /** Skips a step that an earlier tick still runs. */
  async #alone(name: Job, step: () => Promise<void>): Promise<void> {
    if (this.#busy.has(name)) return;
    this.#busy.add(name);
    try {
      await step();
      this.#parts.jobLog.worked(name);
    } catch (err) {
      this.#parts.jobLog.failed(name, err);
    } finally {
      this.#busy.delete(name);
    }
  }
}
