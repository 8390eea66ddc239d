import { expect, test } from 'vitest';
import { manyCredentials } from '../../playground/adobe/seed.ts';
import { IS_CI } from '../support/effort.ts';
import { startWorld } from './setup.ts';

const CREDENTIALS = 2_000;
/** The most results that may be read but not yet persisted at the kill; a busy machine has more of them. */
const LOST = 250;
/** Enough time for thousands of calls on a busy machine. Milliseconds. */
const SYNC_MS = 600_000;

test.runIf(IS_CI)('a first sync of 2 000 credentials that is killed midway continues after a restart', async () => {
  const world = await startWorld({ adobe: { seed: manyCredentials(CREDENTIALS), pageSize: 100 } });
  const asked = (pattern: RegExp) => world.adobe.calls.filter(({ path }) => pattern.test(path)).length;
  const half = Promise.withResolvers<void>();
  world.adobe.onChange(() => {
    if (asked(/\/status$/) >= CREDENTIALS / 2) half.resolve();
  });
  const killed = world.spawn();
  await half.promise;
  await killed.end('SIGKILL');

  const bot = world.spawn();
  const ready = await (await fetch(`${await bot.address()}/readyz`)).text();

  const [, read] = /read for the first time: (\d+) of about 2000 credentials/.exec(ready) ?? [];
  expect(Number(read)).toBeGreaterThan(CREDENTIALS / 2 - LOST);
  await expect.poll(() => bot.linesWith({ msg: 'sync done' }), { timeout: SYNC_MS }).toHaveLength(1);
  expect(bot.linesWith({ msg: 'sync done', credentials: CREDENTIALS })).toHaveLength(1);
  for (const pattern of [/\/integrations\/\d+$/, /\/status$/, /\/bindings$/])
    expect(asked(pattern)).toBeLessThan(CREDENTIALS + LOST);
});
