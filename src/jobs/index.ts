import type { Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import type { Services } from '../services.ts';
import type { Schedule } from './cron.ts';
import { type HomeLoop, type OpenHomes, startHomeLoop } from './home-loop.ts';
import { JobLog } from './job-log.ts';
import { MigrationLoop } from './migration-loop.ts';
import { type ReminderLoop, startReminderLoop } from './reminder-loop.ts';
import { type SyncLoop, startSyncLoop } from './sync-loop.ts';
import { startWatchLoop, type WatchLoop } from './watch-loop.ts';

interface Jobs {
  readonly sync: SyncLoop;
  readonly reminders: ReminderLoop;
  readonly watch: WatchLoop;
  readonly home: HomeLoop;
  /** Not started yet. */
  readonly migrations: MigrationLoop;
  /** Why the jobs cannot work with the database, and what to do; null if they can. */
  databaseProblem(): string | null;
}

/** Starts reading Adobe, reminding people and redrawing open Homes; the caller starts the queue of migrations last. */
export function startJobs(
  services: Services,
  parts: {
    readonly homes: OpenHomes;
    readonly tasks: TaskTracker;
    readonly timer: Timer;
    readonly schedule: Schedule;
    readonly logger: Logger;
  },
  settings: {
    readonly sync: { readonly cron: string };
    readonly reminders: { readonly cron: string; readonly timeZone: string };
    readonly migration: { readonly pollMs: number };
  },
): Jobs {
  const jobLog = new JobLog(parts.logger);
  const loopParts = { ...services, ...parts, jobLog };
  const sync = startSyncLoop(loopParts, settings.sync);
  return {
    sync,
    reminders: startReminderLoop({ ...loopParts, ready: sync.first }, settings.reminders),
    watch: startWatchLoop(loopParts),
    home: startHomeLoop(loopParts),
    migrations: new MigrationLoop(loopParts, settings.migration),
    databaseProblem: () => jobLog.databaseProblem(),
  };
}
