import type { Logger } from '../services/logger.ts';
import type { ReminderDelivery } from '../services/reminder-delivery.ts';
import type { Reminders } from '../services/reminders.ts';
import type { Work } from '../services/work.ts';
import type { Schedule } from './schedule.ts';

/** How often what was begun, here or by an instance that died, is taken up. Milliseconds. */
const RESUME_MS = 10_000;

interface Parts {
  /** Resolves when there is something to look at. */
  readonly ready: Promise<void>;
  readonly reminders: Pick<Reminders, 'look' | 'resume'>;
  readonly delivery: Pick<ReminderDelivery, 'release'>;
  readonly work: Work;
  readonly schedule: Schedule;
  readonly logger: Logger;
}

export interface RemindersJob {
  /** Takes up a round that was opened by hand. */
  hurry(): void;
  stop(): Promise<void>;
}

/** Looks at the start (a missed run is made up) and as the cron expression says; takes up what was begun in between. */
export function startRemindersJob(
  { ready, reminders, delivery, work, schedule, logger }: Parts,
  settings: { cron: string; timeZone: string },
): RemindersJob {
  let running: Promise<void> | null = null;
  let stopped = false;
  // What comes while a thousand messages go out one a second is not forgotten.
  let isLookDue = false;
  const step = async () => {
    if (!isLookDue) return reminders.resume();
    isLookDue = false;
    await reminders.look();
    logger.debug({ job: 'reminders' }, 'looked whether somebody is to be reminded');
  };
  const run = async () => {
    try {
      do {
        // Broken off by a stop, it has taken the right to send once more.
        await work.track(step().finally(() => (stopped ? delivery.release() : undefined)));
      } while (isLookDue && !stopped);
    } catch (err) {
      if (!stopped) logger.error({ err, job: 'reminders' }, 'a job failed; it is tried again');
    } finally {
      running = null;
    }
  };
  const resume = async () => {
    if (stopped) return;
    running ??= run();
    await running;
  };
  const look = () => {
    isLookDue = true;
    return resume();
  };
  void ready.then(look);
  const task = schedule(settings.cron, look, { name: 'reminders', timeZone: settings.timeZone });
  const timer = setInterval(resume, RESUME_MS);
  return {
    hurry: () => void resume(),
    async stop() {
      stopped = true;
      clearInterval(timer);
      await task.stop();
      await delivery.release();
    },
  };
}
