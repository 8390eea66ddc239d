import type { Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import type { ReminderDelivery } from '../reminders/delivery.ts';
import type { ReminderRounds } from '../reminders/rounds.ts';
import type { Schedule } from './cron.ts';
import type { JobLog } from './job-log.ts';

/** How often rounds that were left unfinished, by an error or by an instance that died, are resumed. Milliseconds. */
const RESUME_MS = 10_000;

interface Parts {
  /** Resolves after the first attempt to read Adobe. */
  readonly ready: Promise<void>;
  readonly rounds: Pick<ReminderRounds, 'check' | 'resume'>;
  readonly delivery: Pick<ReminderDelivery, 'releaseLease'>;
  readonly wake: { reminders: () => void };
  readonly tasks: TaskTracker;
  readonly timer: Timer;
  readonly schedule: Schedule;
  readonly jobLog: JobLog;
  readonly logger: Logger;
}

export interface ReminderLoop {
  stop(): Promise<void>;
}

/** Checks for a due round at the start (making up for a missed cron time) and at each cron time; resumes rounds in between. */
export function startReminderLoop(
  { ready, rounds, delivery, wake, tasks, timer, schedule, jobLog, logger }: Parts,
  settings: { cron: string; timeZone: string },
): ReminderLoop {
  /** When a due check runs: `now`, even if it became due during a round; `retry`: at the next resume. */
  let dueCheck: 'none' | 'now' | 'retry' = 'none';
  let running: Promise<void> | null = null;
  let isStopped = false;
  const step = async () => {
    if (dueCheck === 'none') return rounds.resume();
    dueCheck = 'retry';
    const isChecked = await rounds.check();
    if (isChecked && dueCheck === 'retry') dueCheck = 'none';
    logger.debug({ job: 'reminders' }, 'checked for a due reminder round');
  };
  const run = async () => {
    try {
      do {
        // A step that was aborted by a stop may have acquired the lease again.
        await tasks.track(step().finally(() => (isStopped ? delivery.releaseLease() : undefined)));
      } while (dueCheck === 'now' && !isStopped);
      jobLog.worked('reminders');
    } catch (err) {
      if (!isStopped) jobLog.failed('reminders', err);
    } finally {
      running = null;
    }
  };
  const resume = async () => {
    if (isStopped) return;
    running ??= run();
    await running;
  };
  const check = () => {
    dueCheck = 'now';
    return resume();
  };
  void ready.then(check);
  const cronTask = schedule(settings.cron, check, { timeZone: settings.timeZone });
  const stopResuming = timer.every(RESUME_MS, () => void resume());
  wake.reminders = () => void resume();
  return {
    async stop() {
      isStopped = true;
      stopResuming();
      await cronTask.stop();
      await delivery.releaseLease();
    },
  };
}
