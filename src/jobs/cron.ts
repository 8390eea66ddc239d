import cron from 'node-cron';

/** A task that runs at the times of a cron expression until it is stopped. */
export interface ScheduledTask {
  stop(): Promise<void>;
}

/**
 * Runs `task` at the times of a cron expression. Passed in as the clock is, so that both can be moved together.
 * A missed time is not made up. With `noOverlap` a time at which the task still runs is left out.
 */
export type Schedule = (
  expression: string,
  task: () => Promise<unknown>,
  options: {
    readonly name: string;
    /** IANA name; the machine's zone unless given. */
    readonly timeZone?: string;
    readonly noOverlap?: boolean;
  },
) => ScheduledTask;

/** By the machine's clock. */
export const schedule: Schedule = (expression, task, { name, timeZone, noOverlap = false }) => {
  const scheduled = cron.schedule(expression, task, {
    name,
    noOverlap,
    ...(timeZone !== undefined && { timezone: timeZone }),
  });
  return { stop: async () => void (await scheduled.destroy()) };
};
