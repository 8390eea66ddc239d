import { expect, test } from 'vitest';
import { CHANNEL, migrate, newInstance, of, run, startWith, TICK_MS } from './setup.ts';

const TWO = [of('a@example.com', 1), of('b@example.com', 2)];

test('a channel that rejects messages is recorded, and the migrators are notified once', async () => {
  const started = await startWith(TWO);
  const { world, slack, store } = started;
  slack.refusing.set(CHANNEL, 'is_archived');
  await run(started, world, 20);
  await run(newInstance(world), world, 20);
  expect(slack.to('channel error')).toEqual([`${CHANNEL}: is_archived`]);
  expect(slack.to('owner')).toEqual(['UA', 'UB']);
  expect(await store.channelError()).toBe('is_archived');
  expect(await store.unfinishedRounds()).toHaveLength(1);
});

test('notifying the migrators of the channel is retried while none of them can be notified', async () => {
  const started = await startWith(TWO);
  const { world, slack } = started;
  slack.refusing.set(CHANNEL, 'is_archived');
  slack.notifies = false;
  await run(started, world, 20);
  expect(slack.to('channel error')).toEqual([]);
  slack.notifies = true;
  await run(started, world, 20);
  expect(slack.to('channel error')).toEqual([`${CHANNEL}: is_archived`]);
});

test('a channel that rejects messages is retried, but not at every tick', async () => {
  const started = await startWith(TWO);
  const { world, slack } = started;
  slack.refusing.set(CHANNEL, 'not_in_channel');
  const begin = world.clock.now().getTime();
  await run(started, world, 30);
  const seconds = (world.clock.now().getTime() - begin) / 1000;
  expect(slack.refused.length).toBeGreaterThan(5);
  expect(slack.refused.length).toBeLessThanOrEqual(seconds / 30 + 1);
});

test('the digest is posted and the error is cleared once the channel accepts messages', async () => {
  const started = await startWith(TWO);
  const { world, slack, store } = started;
  slack.refusing.set(CHANNEL, 'not_in_channel');
  await run(started, world);
  slack.refusing.clear();
  await run(started, world);
  expect(slack.to('digest')).toEqual([CHANNEL]);
  expect(slack.to('owner')).toEqual(['UA', 'UB']);
  expect(await store.channelError()).toBeNull();
  expect(await store.unfinishedRounds()).toEqual([]);
  // The same code again is a new error.
  slack.refusing.set(CHANNEL, 'not_in_channel');
  world.clock.setDay('2025-06-27');
  await run(started, world);
  expect(slack.to('channel error')).toEqual([`${CHANNEL}: not_in_channel`, `${CHANNEL}: not_in_channel`]);
});

test('the migrators are notified again when Slack gives another reason', async () => {
  const started = await startWith(TWO);
  const { world, slack } = started;
  slack.refusing.set(CHANNEL, 'not_in_channel');
  await run(started, world);
  slack.refusing.set(CHANNEL, 'is_archived');
  await run(started, world);
  expect(slack.to('channel error')).toEqual([`${CHANNEL}: not_in_channel`, `${CHANNEL}: is_archived`]);
});

test('a transient failure is not recorded as an error of the channel', async () => {
  const started = await startWith(TWO);
  const { world, slack, store } = started;
  slack.fail('postDigest', new Error('Slack is down'), 2);
  await run(started, world, 1);
  expect(await store.channelError()).toBeNull();
  await run(started, world);
  expect(slack.to('channel error')).toEqual([]);
  expect(slack.to('digest')).toEqual([CHANNEL]);
});

test('the closing message also waits for the channel', async () => {
  const started = await startWith(TWO);
  const { world, slack } = started;
  await run(started, world);
  await migrate(world, 1, 2);
  slack.refusing.set(CHANNEL, 'is_archived');
  await run(started, world);
  expect(slack.to('all done')).toEqual([]);
  slack.refusing.clear();
  world.clock.advanceMs(3 * TICK_MS);
  await run(newInstance(world), world);
  expect(slack.to('all done')).toEqual([CHANNEL]);
});
