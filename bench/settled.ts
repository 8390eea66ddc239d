import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bot, World } from '../test/process/world.ts';

const QUIET_MS = 2_000;

/** Waits for the first sync, which takes minutes on a busy machine. @throws when none ends within ten minutes */
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

/** Waits until the bot has read all it needs from Adobe for now: its background work would be measured too. */
export async function settled(world: World): Promise<void> {
  let calls = -1;
  while (calls !== world.adobe.calls.length) {
    calls = world.adobe.calls.length;
    await sleep(QUIET_MS);
  }
}

/** Waits until the bot, started at `startedAt`, has read the usage of all credentials it asks Adobe about. */
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
