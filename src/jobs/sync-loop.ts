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
  let isStopped = false;
  const runAfterSync = async (name: 'usage' | 'trend', work: () => Promise<void>) => {
    try {
      await tasks.track(work());
      jobLog.worked(name);
    } catch (err) {
      if (!isStopped) jobLog.failed(name, err);
    }
  };
  const runSync = async () => {
    try {
      const state = await tasks.track(sync.run());
      jobLog.worked('sync');
      // Not awaited: the next sync does not wait for it.
      if (!isStopped) void runAfterSync('usage', () => usageSync.run());
      await runAfterSync('trend', () => trends.note());
      return state;
    } catch (err) {
      jobLog.failed('sync', err);
      return null;
    }
  };
  const syncFirst = async () => {
    const started = timer.now();
    // Another instance may hold the lease, or may have died holding it.
    while (!isStopped) {
      const state = await runSync();
      if (state?.triedAt != null && state.triedAt >= started) return;
      await timer.sleep(RETRY_FIRST_MS).catch(() => {
        isStopped = true;
      });
    }
  };
  const stopRenewing = startTicks({ tasks, timer, jobLog }, 'sync lease', RENEW_MS, () => sync.renewLease());
  const cronTask = schedule(settings.cron, runSync, { noOverlap: true });
  return {
    first: syncFirst(),
    async stop() {
      isStopped = true;
      usageSync.stop();
      await cronTask.stop();
      stopRenewing();
    },
  };
}
