import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { CA_FILE, tlsFront } from '../support/proxy.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { FIRST, startWorld } from './setup.ts';

/** A start is sent within this time of its intent, or not at all. Milliseconds. */
const SENT_WITHIN_MS = 10_000;

test('a process that stands still during the handshake of a start sends nothing when it goes on', {
  timeout: 90_000,
}, async () => {
  const world = await startWorld();
  const front = await tlsFront(world.settings['ADOBE_PLATFORM_URL'] ?? '');
  onTestFinished(front.stop);
  const line = new TcpProxy('127.0.0.1', Number(new URL(front.url).port));
  const port = await line.start();
  onTestFinished(() => line.stop());
  const bot = await world.start({
    ADOBE_PLATFORM_URL: `https://127.0.0.1:${port}`,
    NODE_EXTRA_CA_CERTS: fileURLToPath(CA_FILE),
  });
  line.hold();
  await world.migrate(FIRST);
  await bot.line({ msg: 'migration moved', state: 'submitted' });
  await expect.poll(() => line.held, { timeout: 60_000 }).toBe(1);

  bot.signal('SIGSTOP');
  line.pass();
  // By the clocks of the process itself, which no test can move.
  await delay(SENT_WITHIN_MS + 500);
  bot.signal('SIGCONT');

  await world.posted('*Not migrated*', FIRST, 'stood still');
  expect(world.startsSent).toBe(0);
});
