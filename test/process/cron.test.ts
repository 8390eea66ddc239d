import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startWorld } from './setup.ts';

/** The interval of the cron times in this test. Milliseconds. */
const EVERY_MS = 20_000;
const EVERY = '*/20 * * * * *';
/** node-cron alone drops a time that it notices more than a second late. Milliseconds. */
const LATE_MS = 3_000;

const SYNC = { msg: 'sync done' };
const CHECK = { msg: 'checked for a due reminder round' };

test('a cron time that passes while a process is suspended is made up for within seconds', async () => {
  const world = await startWorld();
  const bot = await world.start({ SYNC_CRON: EVERY, REMINDER_CRON: EVERY, LOG_LEVEL: 'debug' });
  await bot.line(CHECK);
  bot.signal('SIGSTOP');
  // Real time, since no test can move the process's clock: past the next cron time, and until its output has been read.
  await delay(EVERY_MS - (Date.now() % EVERY_MS) + LATE_MS);
  const [syncs, checks] = [bot.linesWith(SYNC).length, bot.linesWith(CHECK).length];
  bot.signal('SIGCONT');
  const goesOnAt = Date.now();

  await Promise.all([bot.line(SYNC, syncs + 1), bot.line(CHECK, checks + 1)]);
  // The jobs ran at once, not at the next cron time, which is many seconds away.
  expect(Date.now() - goesOnAt).toBeLessThan(EVERY_MS - LATE_MS - 1_000);
});
