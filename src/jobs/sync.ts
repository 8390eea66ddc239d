import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../services/clock.ts';
import type { Logger } from '../services/logger.ts';
import type { Sync } from '../services/sync.ts';
import type { Work } from '../services/work.ts';
import type { Schedule } from './schedule.ts';

/** Between two tries for the very first sync. Milliseconds. */
const FIRST_AGAIN_MS = 5_000;

export interface SyncJob {
  /** Resolves when Adobe was tried for the first time, or the job was stopped. */
  readonly first: Promise<void>;
  stop(): Promise<void>;
}

interface Parts {
  readonly sync: Sync;
  readonly work: Work;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly logger: Logger;
}

/** Reads Adobe at the start and then as the cron expression says. */
export function startSyncJob(
  { sync, work, clock, schedule, logger }: Parts,
  settings: { cron: string },
): SyncJob {
  const stopping = new AbortController();
  const run = async () => {
    try {
      return await work.track(sync.run());
    } catch (err) {
      logger.error({ err, job: 'sync' }, 'a job failed; it is tried again');
      return null;
    }
  };
  const first = async () => {
    const started = clock.now();
    // Another instance may hold the lease, or have died with it.
    for (;;) {
      const state = await run();
      if (state?.triedAt != null && state.triedAt >= started) return;
      await delay(FIRST_AGAIN_MS, undefined, { signal: stopping.signal });
    }
  };
  const tried = first().catch(() => {
    // Stopped before the first sync: nothing is left to do.
  });
  const task = schedule(settings.cron, run, { name: 'sync', noOverlap: true });
  return {
    first: tried,
    async stop() {
      stopping.abort();
      await task.stop();
    },
  };
}
