import type { Timer } from '../lib/clock.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import type { JobLog } from './job-log.ts';

/** How often it is checked whether something has changed. Milliseconds. */
const TICK_MS = 5_000;

/** The Homes that people have open. */
export interface OpenHomes {
  /** Returns how many were redrawn. */
  redraw(): Promise<number>;
  stop(): void;
}

interface Parts {
  readonly homes: OpenHomes;
  readonly tasks: TaskTracker;
  readonly timer: Timer;
  readonly jobLog: JobLog;
}

export interface HomeLoop {
  stop(): void;
}

/** Redraws the Homes that people have open when something has changed, until it is stopped. */
export function startHomeLoop({ homes, tasks, timer, jobLog }: Parts): HomeLoop {
  let isRunning = false;
  let isStopped = false;
  const tick = async () => {
    if (isRunning || isStopped) return;
    isRunning = true;
    try {
      // Without anything to redraw, it is not known whether it would work.
      if ((await homes.redraw()) > 0) jobLog.worked('home');
    } catch (err) {
      if (!isStopped) jobLog.failed('home', err);
    } finally {
      isRunning = false;
    }
  };
  const stopTicking = timer.every(TICK_MS, () => void tasks.track(tick()));
  return {
    stop() {
      isStopped = true;
      stopTicking();
      homes.stop();
    },
  };
}
