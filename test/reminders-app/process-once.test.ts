import { expect, test } from 'vitest';
import {
  callsSeen,
  checked,
  digestPosted,
  digests,
  inDays,
  ONCE_EACH,
  REMINDING,
  reminded,
  remindersSent,
  startOwners,
} from './processes.ts';

/** One message per second, and a check each second. */

test.concurrent.for([
  ['after today', 5, '5 days left'],
  ['before today', -3, '3 days overdue'],
] as const)(
  'one digest and one message per owner are sent with a deadline %s, and nothing more after a restart',
  async ([, days, words], { onTestFinished }) => {
    const world = await startOwners(onTestFinished);
    const settings = { ...REMINDING, DEADLINE: inDays(days) };
    const first = await world.start(settings);
    expect((await digestPosted(world)).text).toMatch(
      new RegExp(`^Query Service credentials: 4 left · .+ · ${words}\n`),
    );
    await checked(first);
    expect(reminded(world)).toEqual(ONCE_EACH);
    expect(await first.end('SIGTERM')).toBe(0);

    const second = await world.start(settings);
    await checked(second);
    expect(digests(world)).toHaveLength(1);
    expect(reminded(world)).toEqual(ONCE_EACH);
    expect(world.slack.rejected).toEqual([]);
  },
);

test.concurrent('two processes on one database send one digest and one message per owner', async ({
  onTestFinished,
}) => {
  const world = await startOwners(onTestFinished);
  const bots = [world.spawn(REMINDING), world.spawn(REMINDING)];
  await digestPosted(world);
  await Promise.all(bots.map((bot) => checked(bot)));
  expect(digests(world)).toHaveLength(1);
  expect(reminded(world)).toEqual(ONCE_EACH);
  // Only one of them called Slack, however often both checked.
  expect(world.slack.calls.filter(({ method }) => method === 'users.lookupByEmail')).toHaveLength(4);
});

test.concurrent('when a process is stopped in the middle of a round, another one continues at once', async ({
  onTestFinished,
}) => {
  const world = await startOwners(onTestFinished);
  world.slack.fail('chat.postMessage', { times: 1 });
  world.slack.fail('chat.postMessage', { retryAfter: 60 });
  const one = await world.start(REMINDING);
  await callsSeen(world, 'chat.postMessage', 2);
  const other = world.spawn(REMINDING);
  await checked(other, 1);
  expect(await one.end('SIGTERM')).toBe(0);
  expect(reminded(world).filter((times) => times > 0)).toHaveLength(1);
  const stopped = Date.now();
  await remindersSent(world, 2);
  // The lease of a process that died would last at least 15 s more.
  expect(Date.now() - stopped).toBeLessThan(15_000);
  await digestPosted(world);
  await checked(other);
  expect(digests(world)).toHaveLength(1);
  expect(reminded(world)).toEqual(ONCE_EACH);
});
