import { type AtEnd, openWorld, type World, type WorldOptions } from '../test/process/world.ts';

/** A world of its own for one measurement; taken away afterwards, the last thing first. */
export async function inWorld<T>(options: WorldOptions, work: (world: World, atEnd: AtEnd) => Promise<T>): Promise<T> {
  const ends: (() => Promise<void>)[] = [];
  const atEnd: AtEnd = (done) => void ends.push(done);
  try {
    return await work(await openWorld(atEnd, options), atEnd);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}
