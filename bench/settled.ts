import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../test/process/world.ts';

const QUIET_MS = 2_000;

/** Waits until the bot has read from Adobe all that it wants for now: what it does beside would be measured too. */
export async function settled(world: World): Promise<void> {
  let calls = -1;
  while (calls !== world.adobe.calls.length) {
    calls = world.adobe.calls.length;
    await sleep(QUIET_MS);
  }
}
