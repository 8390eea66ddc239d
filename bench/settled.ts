import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bot, World } from '../test/process/world.ts';

const QUIET_MS = 2_000;

/** Waits for the first sync, which on a busy machine takes minutes. @throws when none ends within ten */
export async function synced(bot: Bot): Promise<void> {
  for (let minute = 1; ; minute++) {
    try {
      await bot.line({ msg: 'sync done' });
      return;
    } catch (error) {
      if (minute === 10) throw error;
    }
  }
}

/** Waits until the bot has read from Adobe all that it wants for now: what it does beside would be measured too. */
export async function settled(world: World): Promise<void> {
  let calls = -1;
  while (calls !== world.adobe.calls.length) {
    calls = world.adobe.calls.length;
    await sleep(QUIET_MS);
  }
}

/** Waits until the bot, started then, has asked for the use of all credentials that it asks about. */
export async function usageRead(path: string, startedAt: Date): Promise<void> {
  using database = new DatabaseSync(path, { readOnly: true });
  const asked = database.prepare('select count(*) as count from credential_usage where read_at >= ?');
  for (let before: unknown = 0; ; ) {
    await sleep(QUIET_MS);
    const count = asked.get(startedAt.toISOString())?.['count'];
    if (count === before && count !== 0) return;
    before = count;
  }
}
