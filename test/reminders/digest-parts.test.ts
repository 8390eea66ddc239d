import { expect, test } from 'vitest';
import { newInstance, of, startWith, TICK_MS } from './setup.ts';

test('a digest of several messages is posted in order, each message once', async () => {
  const { rounds, slack, store } = await startWith([of('a@example.com', 1)]);
  slack.parts = 3;
  await rounds.check();
  await rounds.check();
  expect(slack.postedParts).toEqual([0, 1, 2]);
  expect(await store.unfinishedRounds()).toEqual([]);
});

test('another instance continues a digest with the first message that was not posted', async () => {
  const { world, rounds, slack, clock, store } = await startWith([of('a@example.com', 1)]);
  slack.parts = 3;
  slack.during = async () => {
    slack.during = async () => slack.fail('postDigest', new Error('Slack is down'));
  };
  await rounds.check();
  expect(slack.postedParts).toEqual([0]);
  slack.during = async () => {};
  clock.advanceMs(TICK_MS);
  const other = newInstance(world);
  await rounds.resume();
  await other.rounds.resume();
  expect(slack.postedParts).toEqual([0, 1, 2]);
  expect(await store.unfinishedRounds()).toEqual([]);
});
