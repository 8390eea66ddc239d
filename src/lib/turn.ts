import { setImmediate } from 'node:timers/promises';

/** Gives the event loop a turn: for work in which nothing else does, as with SQLite, which answers at once. */
export async function turn(): Promise<void> {
  await setImmediate();
}
