import { type AtEnd, openWorld, type World, type WorldOptions } from '../test/process/world.ts';

/** Runs `work`, then whatever it registered for the end, in reverse order. */
export async function untilEnd<T>(work: (atEnd: AtEnd) => Promise<T>): Promise<T> {
  const ends: (() => Promise<void>)[] = [];
  try {
    return await work((done) => void ends.push(done));
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/** A world of its own for one measurement. */
export async function inWorld<T>(options: WorldOptions, work: (world: World, atEnd: AtEnd) => Promise<T>): Promise<T> {
  return untilEnd(async (atEnd) => work(await openWorld(atEnd, options), atEnd));
}
