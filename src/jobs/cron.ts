import cron from 'node-cron';

/** A task that runs at the times of a cron expression until it is stopped. */
export interface ScheduledTask {
  stop(): Promise<void>;
}

/**
 * Runs `task` at the times of a cron expression. Passed in like the clock, so that a test can move both together. A
 * missed time is not made up for. With `noOverlap`, a time at which the task is still running is skipped.
 */
export type Schedule = (
  expression: string,
  task: () => Promise<unknown>,
  options: {
    readonly name: string;
    /** IANA name; default: the machine's zone. */
    readonly timeZone?: string;
    readonly noOverlap?: boolean;
  },
) => ScheduledTask;

/** Goes by the machine's clock. */
export const schedule: Schedule = (expression, task, { name, timeZone, noOverlap = false }) => {
  const scheduled = cron.schedule(expression, task, {
    name,
    noOverlap,
    ...(timeZone !== undefined && { timezone: timeZone }),
  });
  return { stop: async () => void (await scheduled.destroy()) };
};
