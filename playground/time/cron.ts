import { Cron } from 'croner';

/**
 * Reads a cron expression as the bot's node-cron does: day of month and day of week must both match. The playground
 * predicts with croner since node-cron computes times from now only. `test/playground/cron.test.ts` compares the
 * two; docs/playground.md lists where they differ.
 * @param timeZone IANA name; the machine's zone unless given
 * @throws {Error} for an invalid expression
 */
export function parseCron(expression: string, timeZone: string | undefined): Cron {
  return new Cron(expression, { paused: true, domAndDow: true, ...(timeZone !== undefined && { timezone: timeZone }) });
}
