import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { CA_FILE, tlsFront } from '../support/proxy.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { type Bot, FIRST, startWorld } from './setup.ts';

/** A start is sent within this time of its intent, or not at all. Milliseconds. */
const SENT_WITHIN_MS = 10_000;

const timeout = 90_000;

/** A world in which the bytes between a bot and Adobe's Platform can be held back, in the middle of a TLS handshake too. */
async function startHeldWorld() {
  const world = await startWorld();
  const front = await tlsFront(world.settings['ADOBE_PLATFORM_URL'] ?? '');
  onTestFinished(front.stop);
  const line = new TcpProxy('127.0.0.1', Number(new URL(front.url).port));
  const port = await line.start();
  onTestFinished(() => line.stop());
  const settings = { ADOBE_PLATFORM_URL: `https://127.0.0.1:${port}`, NODE_EXTRA_CA_CERTS: fileURLToPath(CA_FILE) };
  return { world, line, settings };
}

/** Stops the process that has recorded the intent to send a start, in the handshake of that start. */
async function stopInHandshake({ world, line }: Awaited<ReturnType<typeof startHeldWorld>>, bot: Bot): Promise<void> {
  line.hold();
  await world.migrate(FIRST);
  await bot.line({ msg: 'migration moved', state: 'submitted' });
  await expect.poll(() => line.held, { timeout: 60_000 }).toBe(1);
  bot.signal('SIGSTOP');
  line.pass();
}

test('a process that stands still during the handshake of a start sends nothing when it goes on', {
  timeout,
}, async () => {
  const held = await startHeldWorld();
  const { world } = held;
  const bot = await world.start(held.settings);
  await stopInHandshake(held, bot);

  // By the clocks of the process itself, which no test can move.
  await delay(SENT_WITHIN_MS + 500);
  bot.signal('SIGCONT');

  await world.posted('*Not migrated*', FIRST, 'stood still');
  expect(world.startsSent).toBe(0);
});

test('a process that stands still until another one has taken over the queue sends nothing when it goes on', {
  timeout,
}, async () => {
  const held = await startHeldWorld();
  const { world } = held;
  const bot = await world.start(held.settings);
  await stopInHandshake(held, bot);

  const other = await world.start(held.settings);
  // It reports progress, which only the instance with the lease does.
  await world.posted('Migrating', FIRST, ' s of about ');
  await other.line({ msg: 'qs-creds is running' });
  bot.signal('SIGCONT');

  await world.posted('*Not migrated*', FIRST, 'stood still');
  expect(world.startsSent).toBe(0);
});
