import { setImmediate } from 'node:timers/promises';

/** Gives the event loop a turn, in work that never waits otherwise: SQLite, for instance, responds synchronously. */
export async function yieldToEventLoop(): Promise<void> {
  await setImmediate();
}
