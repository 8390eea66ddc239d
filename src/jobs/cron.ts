import cron from 'node-cron';

/** A task that runs at the times of a cron expression until it is stopped. */
interface ScheduledTask {
  stop(): Promise<void>;
}

/**
 * Runs `task` at the times of a cron expression. Passed in like the clock, so that a test can move both together. Times
 * that passed while the process was suspended are made up for by one run. With `noOverlap`, a time at which the task is
 * still running is skipped.
 */
export type Schedule = (
  expression: string,
  task: () => Promise<unknown>,
  options: {
    /** IANA name; default: the machine's zone. */
    readonly timeZone?: string;
    readonly noOverlap?: boolean;
  },
) => ScheduledTask;

/** How often the clock is read, and so how late a run may begin. Milliseconds. */
const LOOK_MS = 1_000;

/**
 * Uses the machine's clock. node-cron only calculates the next time: its own timer drops a time that it notices more
 * than a second late (node-cron#485), for instance after the machine was suspended, and writes a line that is not JSON.
 */
export const schedule: Schedule = (expression, task, { timeZone, noOverlap = false }) => {
  const times = cron.createTask(expression, () => {}, { ...(timeZone !== undefined && { timezone: timeZone }) });
  const nextTime = () => times.getNextRuns(1)[0]?.getTime() ?? Number.POSITIVE_INFINITY;
  let due = nextTime();
  let lastLook = Date.now();
  let isRunning = false;
  const run = async () => {
    isRunning = true;
    await task().finally(() => {
      isRunning = false;
    });
  };
  const interval = setInterval(() => {
    const now = Date.now();
    const isDue = now >= due;
    // The time is before that of the last look: the clock was set back.
    if (isDue || now < lastLook) due = nextTime();
    lastLook = now;
    if (isDue && !(noOverlap && isRunning)) void run();
  }, LOOK_MS);
  return {
    async stop() {
      clearInterval(interval);
      await times.destroy();
    },
  };
};
