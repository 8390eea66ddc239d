import type { Timer } from '../lib/clock.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import type { Job, JobLog } from './job-log.ts';

export interface TickParts {
  readonly tasks: TaskTracker;
  readonly timer: Timer;
  readonly jobLog: JobLog;
}

/**
 * Does some work every `everyMs` milliseconds, never twice at a time; a failure is logged as one of `job`. `work`
 * returns false if it does not show whether the job works.
 * @returns a function that stops the ticks; work under way goes on
 */
export function startTicks(
  { tasks, timer, jobLog }: TickParts,
  job: Job,
  everyMs: number,
  work: () => Promise<boolean>,
): () => void {
  let isRunning = false;
  let isStopped = false;
  const tick = async () => {
    if (isRunning || isStopped) return;
    isRunning = true;
    try {
      if (await work()) jobLog.worked(job);
    } catch (err) {
      if (!isStopped) jobLog.failed(job, err);
    } finally {
      isRunning = false;
    }
  };
  const stopTicking = timer.every(everyMs, () => void tasks.track(tick()));
  return () => {
    isStopped = true;
    stopTicking();
  };
}
