import cron, { type ScheduledTask } from 'node-cron';
import type { Logger } from '../services/logger.ts';
import type { Sync } from '../services/sync.ts';
import type { Work } from '../services/work.ts';

/** Reads Adobe at the start and then as the cron expression says. */
export function startSyncJob(
  parts: { sync: Sync; work: Work; logger: Logger },
  settings: { cron: string },
): ScheduledTask {
  const run = async () => {
    try {
      await parts.work.track(parts.sync.run());
    } catch (err) {
      parts.logger.error({ err, job: 'sync' }, 'a job failed; it is tried again');
    }
  };
  void run();
  return cron.schedule(settings.cron, run, { noOverlap: true, name: 'sync' });
}
