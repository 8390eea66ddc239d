import type { Sync } from '../credentials/sync.ts';
import type { Timer } from '../lib/clock.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import type { Trends } from '../trend/trends.ts';
import type { UsageSync } from '../usage/usage-sync.ts';
import type { Schedule } from './cron.ts';
import type { JobLog } from './job-log.ts';
import { startTicks } from './ticks.ts';

/** Pause between attempts at the first sync. Milliseconds. */
const RETRY_FIRST_MS = 5_000;
/** Pause between two renewals of the lease of a running sync. Milliseconds. */
const RENEW_MS = 1_000;

export interface SyncLoop {
  /** Resolves after the first attempt to read Adobe, or when the loop stops. */
  readonly first: Promise<void>;
  stop(): Promise<void>;
}

interface Parts {
  readonly sync: Pick<Sync, 'run' | 'renewLease'>;
  readonly usageSync: Pick<UsageSync, 'run' | 'stop'>;
  readonly trends: Pick<Trends, 'note'>;
  readonly tasks: TaskTracker;
  readonly timer: Timer;
  readonly schedule: Schedule;
  readonly jobLog: JobLog;
}

/** Syncs with Adobe at the start and then on the cron schedule; what credentials are used for is read after that. */
export function startSyncLoop(
  { sync, usageSync, trends, tasks, timer, schedule, jobLog }: Parts,
  settings: { cron: string },
): SyncLoop {
  let stopped = false;
  const follow = async (name: 'usage' | 'trend', work: () => Promise<void>) => {
    try {
      await tasks.track(work());
      jobLog.worked(name);
    } catch (err) {
      if (!stopped) jobLog.failed(name, err);
    }
  };
  const run = async () => {
    try {
      const state = await tasks.track(sync.run());
      jobLog.worked('sync');
      // Not awaited: the next sync does not wait for it.
      if (!stopped) void follow('usage', () => usageSync.run());
      await follow('trend', () => trends.note());
      return state;
    } catch (err) {
      jobLog.failed('sync', err);
      return null;
    }
  };
  const first = async () => {
    const started = timer.now();
    // Another instance may hold the lease, or may have died holding it.
    while (!stopped) {
      const state = await run();
      if (state?.triedAt != null && state.triedAt >= started) return;
      await timer.sleep(RETRY_FIRST_MS).catch(() => {
        stopped = true;
      });
    }
  };
  const stopRenewing = startTicks({ tasks, timer, jobLog }, 'sync lease', RENEW_MS, () => sync.renewLease());
  const task = schedule(settings.cron, run, { noOverlap: true });
  return {
    first: first(),
    async stop() {
      stopped = true;
      usageSync.stop();
      await task.stop();
      stopRenewing();
    },
  };
}
