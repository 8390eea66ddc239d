import { expect, test } from 'vitest';
import type { Bot, World } from '../process/setup.ts';
import { callsSeen, checked, digestPosted, digests, ONCE_EACH, REMINDING, reminded, startOwners } from './processes.ts';

/** The lease of a process that died lasts 20 s. */
/** Longer than any process runs here, so Slack's response never reaches it. */
const NEVER_MS = 60_000;

/** Kills the process at this call of a method, whose response would arrive too late. */
async function killedAt(world: World, bot: Bot, method: string, nth: number): Promise<void> {
  await callsSeen(world, method, nth);
  expect(await bot.end('SIGKILL')).toBe(null);
}

/** Starts another process, waits until it has sent everything, and expects that later checks send nothing. */
async function finishedByAnother(world: World): Promise<void> {
  world.slack.heal();
  const bot = await world.start(REMINDING);
  await digestPosted(world);
  await checked(bot);
  expect(digests(world)).toHaveLength(1);
}

test.concurrent('every owner is reminded once when a process is killed between two messages', async ({
  onTestFinished,
}) => {
  const world = await startOwners(onTestFinished);
  world.slack.fail('chat.postMessage', { times: 2 });
  world.slack.fail('chat.postMessage', { retryAfter: NEVER_MS / 1_000 });
  const bot = await world.start(REMINDING);
  await killedAt(world, bot, 'chat.postMessage', 3);
  expect(reminded(world).filter((times) => times > 0)).toHaveLength(2);

  await finishedByAnother(world);
  expect(reminded(world)).toEqual(ONCE_EACH);
});

test.concurrent('every owner is reminded once when a process is killed after a claim, before Slack accepts the message', async ({
  onTestFinished,
}) => {
  const world = await startOwners(onTestFinished);
  world.slack.fail('chat.postMessage', { times: 1 });
  // Slack rejects the message, and responds too late.
  world.slack.fail('chat.postMessage', { error: 'internal_error', hangMs: NEVER_MS });
  const bot = await world.start(REMINDING);
  await killedAt(world, bot, 'chat.postMessage', 2);
  expect(reminded(world).filter((times) => times > 0)).toHaveLength(1);

  await finishedByAnother(world);
  expect(reminded(world)).toEqual(ONCE_EACH);
});

test.concurrent('one owner is reminded twice when a process is killed after Slack accepted the message, before this is recorded', async ({
  onTestFinished,
}) => {
  const world = await startOwners(onTestFinished);
  world.slack.fail('chat.postMessage', { times: 1 });
  // Slack accepts the message, and responds too late.
  world.slack.fail('chat.postMessage', { hangMs: NEVER_MS });
  const bot = await world.start(REMINDING);
  await killedAt(world, bot, 'chat.postMessage', 2);
  expect(reminded(world).filter((times) => times > 0)).toHaveLength(2);

  await finishedByAnother(world);
  expect(reminded(world).toSorted()).toEqual([...ONCE_EACH.slice(1), 2]);
});

test.concurrent('when one of two processes is killed, the other one continues the round', async ({
  onTestFinished,
}) => {
  const world = await startOwners(onTestFinished);
  world.slack.fail('users.lookupByEmail', { times: 1 });
  world.slack.fail('users.lookupByEmail', { retryAfter: NEVER_MS / 1_000 });
  const one = await world.start(REMINDING);
  await callsSeen(world, 'users.lookupByEmail', 2);
  const other = world.spawn(REMINDING);
  await checked(other, 1);
  expect(await one.end('SIGKILL')).toBe(null);
  expect(reminded(world)).not.toEqual(ONCE_EACH);

  await digestPosted(world);
  await checked(other);
  expect(digests(world)).toHaveLength(1);
  expect(reminded(world)).toEqual(ONCE_EACH);
});
