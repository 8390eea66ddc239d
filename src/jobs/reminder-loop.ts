import type { Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import type { Wake } from '../lib/wake.ts';
import type { ReminderDelivery } from '../reminders/delivery.ts';
import type { Reminders } from '../reminders/rounds.ts';
import type { Schedule } from './cron.ts';

/** How often work left by a failure or by an instance that died is resumed. Milliseconds. */
const RESUME_MS = 10_000;

interface Parts {
  /** Resolves when Adobe was tried for the first time. */
  readonly ready: Promise<void>;
  readonly rounds: Pick<Reminders, 'look' | 'resume'>;
  readonly delivery: Pick<ReminderDelivery, 'release'>;
  readonly remindersWake: Wake;
  readonly tasks: TaskTracker;
  readonly timer: Timer;
  readonly schedule: Schedule;
  readonly logger: Logger;
}

export interface ReminderLoop {
  stop(): Promise<void>;
}

/** Looks for a due round at the start (a missed run is made up) and at each cron time; resumes unfinished rounds in between. */
export function startReminderLoop(
  { ready, rounds, delivery, remindersWake, tasks, timer, schedule, logger }: Parts,
  settings: { cron: string; timeZone: string },
): ReminderLoop {
  let running: Promise<void> | null = null;
  let stopped = false;
  // A cron time that comes while a thousand messages go out one a second is not forgotten.
  let isLookDue = false;
  const step = async () => {
    if (!isLookDue) return rounds.resume();
    isLookDue = false;
    await rounds.look();
    logger.debug({ job: 'reminders' }, 'looked for a due reminder round');
  };
  const run = async () => {
    try {
      do {
        // If a stop aborted it mid-run, it may have acquired the lease again.
        await tasks.track(step().finally(() => (stopped ? delivery.release() : undefined)));
      } while (isLookDue && !stopped);
    } catch (err) {
      if (!stopped) logger.error({ err, job: 'reminders' }, 'a job failed; it will be retried');
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
  const stopResuming = timer.every(RESUME_MS, () => void resume());
  remindersWake.listen(() => void resume());
  return {
    async stop() {
      stopped = true;
      stopResuming();
      await task.stop();
      await delivery.release();
    },
  };
}
