import type { Timer } from '../lib/clock.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import type { Watches } from '../watch/watches.ts';
import type { JobLog } from './job-log.ts';

/** How often it is checked whether a look is due. Milliseconds. */
const TICK_MS = 5_000;

interface Parts {
  readonly watching: Pick<Watches, 'isOn' | 'look' | 'stop'>;
  readonly tasks: TaskTracker;
  readonly timer: Timer;
  readonly jobLog: JobLog;
}

export interface WatchLoop {
  stop(): Promise<void>;
}

/** Looks after migrations whether what runs as the credentials still works, until it is stopped. */
export function startWatchLoop({ watching, tasks, timer, jobLog }: Parts): WatchLoop {
  let isRunning = false;
  let isStopped = false;
  const tick = async () => {
    if (isRunning || isStopped) return;
    isRunning = true;
    try {
      await watching.look();
      jobLog.worked('watch');
    } catch (err) {
      if (!isStopped) jobLog.failed('watch', err);
    } finally {
      isRunning = false;
    }
  };
  const stopTicking = watching.isOn ? timer.every(TICK_MS, () => void tasks.track(tick())) : () => {};
  return {
    async stop() {
      isStopped = true;
      stopTicking();
      await watching.stop();
    },
  };
}
