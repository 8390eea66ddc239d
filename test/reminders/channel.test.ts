import { expect, test } from 'vitest';
import { CHANNEL, migrate, newInstance, of, run, startWith, TICK } from './setup.ts';

const TWO = [of('a@example.com', 1), of('b@example.com', 2)];

test('a channel that refuses is remembered, and the migrators are told once', async () => {
  const started = await startWith(TWO);
  const { world, slack, store } = started;
  slack.refusing.set(CHANNEL, 'is_archived');
  await run(started, world, 20);
  await run(newInstance(world), world, 20);
  expect(slack.to('fault')).toEqual([`${CHANNEL}: is_archived`]);
  expect(slack.to('owner')).toEqual(['UA', 'UB']);
  expect(await store.fault()).toBe('is_archived');
  expect(await store.unfinished()).toHaveLength(1);
});

test('it is tried again, not at every tick', async () => {
  const started = await startWith(TWO);
  const { world, slack } = started;
  slack.refusing.set(CHANNEL, 'not_in_channel');
  const begin = world.timer.now().getTime();
  await run(started, world, 30);
  const seconds = (world.timer.now().getTime() - begin) / 1000;
  expect(slack.refused.length).toBeGreaterThan(5);
  expect(slack.refused.length).toBeLessThanOrEqual(seconds / 30 + 1);
});

test('once it is healed the digest goes out, and the fault is forgotten', async () => {
  const started = await startWith(TWO);
  const { world, slack, store } = started;
  slack.refusing.set(CHANNEL, 'not_in_channel');
  await run(started, world);
  slack.refusing.clear();
  await run(started, world);
  expect(slack.to('digest')).toEqual([CHANNEL]);
  expect(slack.to('owner')).toEqual(['UA', 'UB']);
  expect(await store.fault()).toBeNull();
  expect(await store.unfinished()).toEqual([]);
  // The same again is another fault.
  slack.refusing.set(CHANNEL, 'not_in_channel');
  world.timer.setDay('2025-06-27');
  await run(started, world);
  expect(slack.to('fault')).toEqual([`${CHANNEL}: not_in_channel`, `${CHANNEL}: not_in_channel`]);
});

test('another reason is told again', async () => {
  const started = await startWith(TWO);
  const { world, slack } = started;
  slack.refusing.set(CHANNEL, 'not_in_channel');
  await run(started, world);
  slack.refusing.set(CHANNEL, 'is_archived');
  await run(started, world);
  expect(slack.to('fault')).toEqual([`${CHANNEL}: not_in_channel`, `${CHANNEL}: is_archived`]);
});

test('a failure that passes is no fault of the channel', async () => {
  const started = await startWith(TWO);
  const { world, slack, store } = started;
  slack.fail('postDigest', new Error('Slack is down'), 2);
  await run(started, world, 1);
  expect(await store.fault()).toBeNull();
  await run(started, world);
  expect(slack.to('fault')).toEqual([]);
  expect(slack.to('digest')).toEqual([CHANNEL]);
});

test('the end waits for the channel, too', async () => {
  const started = await startWith(TWO);
  const { world, slack } = started;
  await run(started, world);
  await migrate(world, 1, 2);
  slack.refusing.set(CHANNEL, 'is_archived');
  await run(started, world);
  expect(slack.to('end')).toEqual([]);
  slack.refusing.clear();
  world.timer.advanceMs(3 * TICK);
  await run(newInstance(world), world);
  expect(slack.to('end')).toEqual([CHANNEL]);
});
