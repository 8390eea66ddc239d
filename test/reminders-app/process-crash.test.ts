import { expect, test } from 'vitest';
import type { Bot, World } from '../process/setup.ts';
import {
  digestPosted,
  digests,
  looked,
  ONCE_EACH,
  REMINDING,
  reminded,
  remindersSent,
  startOwners,
} from './processes.ts';

/** The lease of a process that died lasts 20 s. */
const timeout = 90_000;
/** No answer comes while the process lives. */
const NEVER_MS = 60_000;

/** How often a method was called, whatever came of it. */
function calls(world: World, method: string): number {
  return world.slack.calls.filter((call) => call.method === method).length;
}

/** Waits for the next call of a method, whose answer the process does not live to see. */
async function killedAt(world: World, bot: Bot, method: string): Promise<void> {
  const before = calls(world, method);
  await world.slack.waitFor(() => calls(world, method) > before, { timeoutMs: 20_000, what: method });
  expect(await bot.end('SIGKILL')).toBe(null);
}

/** Starts anew and waits until all is done, and nothing more is. */
async function goesOn(world: World): Promise<void> {
  world.slack.heal();
  const bot = await world.start(REMINDING);
  await digestPosted(world);
  await looked(bot);
  expect(digests(world)).toHaveLength(1);
}

test.concurrent('killed between two messages, every owner is told once', { timeout }, async ({
  onTestFinished,
}) => {
  const world = await startOwners(onTestFinished);
  const bot = await world.start(REMINDING);
  await remindersSent(world, 2);
  world.slack.fail('users.lookupByEmail', { hangMs: NEVER_MS });
  await killedAt(world, bot, 'users.lookupByEmail');
  expect(reminded(world).filter((times) => times > 0)).toHaveLength(2);

  await goesOn(world);
  expect(reminded(world)).toEqual(ONCE_EACH);
});

test.concurrent('killed between the claim and Slack, every owner is told once', { timeout }, async ({
  onTestFinished,
}) => {
  const world = await startOwners(onTestFinished);
  const bot = await world.start(REMINDING);
  await remindersSent(world, 1);
  // Slack takes nothing, and is slow to say so.
  world.slack.fail('chat.postMessage', { error: 'internal_error', hangMs: NEVER_MS });
  await killedAt(world, bot, 'chat.postMessage');

  await goesOn(world);
  expect(reminded(world)).toEqual(ONCE_EACH);
});

test.concurrent('killed between Slack and the mark, this one owner is told twice', { timeout }, async ({
  onTestFinished,
}) => {
  const world = await startOwners(onTestFinished);
  const bot = await world.start(REMINDING);
  await remindersSent(world, 1);
  // Slack takes it, and is slow to say so.
  world.slack.fail('chat.postMessage', { hangMs: NEVER_MS });
  await killedAt(world, bot, 'chat.postMessage');
  expect(reminded(world).filter((times) => times > 0)).toHaveLength(2);

  await goesOn(world);
  expect(reminded(world).toSorted()).toEqual([...ONCE_EACH.slice(1), 2]);
});

test.concurrent('of two processes one is killed, the other goes on', { timeout }, async ({
  onTestFinished,
}) => {
  const world = await startOwners(onTestFinished);
  const one = await world.start(REMINDING);
  await remindersSent(world, 1);
  const other = world.spawn(REMINDING);
  await other.address();
  world.slack.fail('users.lookupByEmail', { hangMs: NEVER_MS });
  await killedAt(world, one, 'users.lookupByEmail');
  expect(reminded(world)).not.toEqual(ONCE_EACH);

  await digestPosted(world);
  await looked(other);
  expect(digests(world)).toHaveLength(1);
  expect(reminded(world)).toEqual(ONCE_EACH);
});
