import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { ADMIN } from '../support/people.ts';
import { CA_FILE, tlsFront } from '../support/proxy.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { FIRST, startWorld, type World } from './setup.ts';

/** Longer than a lease of the queue lasts. Milliseconds. */
const LEASE_EXPIRED_MS = 3_000;

/** A world in which the bytes between a bot and Adobe's Platform can be held back, even in a TLS handshake. */
async function startHeldWorld() {
  const world = await startWorld();
  // With unreadable jobs, the bot has no jobs to compare before the start, so only the start itself is held.
  world.adobe.switchFault('jobs-unread', true);
  const front = await tlsFront(world.settings['ADOBE_PLATFORM_URL'] ?? '');
  onTestFinished(front.stop);
  const line = new TcpProxy('127.0.0.1', Number(new URL(front.url).port));
  const port = await line.start();
  onTestFinished(() => line.stop());
  const settings = { ADOBE_PLATFORM_URL: `https://127.0.0.1:${port}`, NODE_EXTRA_CA_CERTS: fileURLToPath(CA_FILE) };
  return { world, line, settings };
}

/** A process that has recorded the intent to send a start, stopped in the handshake of that start. */
async function stopInHandshake() {
  const { world, line, settings } = await startHeldWorld();
  const bot = await world.start(settings);
  const question = await world.ask(FIRST);
  line.hold();
  await world.slack.press(ADMIN, question, 'confirm');
  await bot.line({ msg: 'migration moved', state: 'submitted' });
  await expect.poll(() => line.held).toBe(1);
  bot.signal('SIGSTOP');
  // Do not suspend it while it writes to the database: that would block every other process.
  while (!isWritable(world)) {
    bot.signal('SIGCONT');
    await delay(20);
    bot.signal('SIGSTOP');
  }
  line.pass();
  return { world, settings, bot };
}

function isWritable(world: World): boolean {
  const db = openFile(world);
  try {
    db.exec('begin immediate; rollback');
    return true;
  } catch {
    return false;
  } finally {
    db.close();
  }
}

/** The process that holds the lease of the queue. */
function leaseHolder(world: World): unknown {
  const db = openFile(world);
  const row = db.prepare("select holder from leases where name = 'migrations'").get();
  db.close();
  return row?.['holder'];
}

function openFile({ settings }: World): DatabaseSync {
  return new DatabaseSync((settings['DATABASE_URL'] ?? '').slice('file:'.length));
}

test('the only process, suspended in the handshake of a start until its lease expires, sends nothing afterwards', async () => {
  const { world, bot } = await stopInHandshake();
  // Real time, since no test can move the process's own clocks.
  await delay(LEASE_EXPIRED_MS);
  bot.signal('SIGCONT');

  await world.posted('*Not migrated*', FIRST, 'was suspended');
  expect(world.startsSent).toBe(0);
});

test('a process suspended until another one has taken over the queue sends nothing afterwards', async () => {
  const { world, settings, bot } = await stopInHandshake();
  const holder = leaseHolder(world);
  await world.start(settings);
  await expect.poll(() => leaseHolder(world)).not.toBe(holder);
  bot.signal('SIGCONT');

  await world.posted('*Not migrated*', FIRST, 'was suspended');
  expect(world.startsSent).toBe(0);
});
