import { expect, test } from 'vitest';
import {
  digestPosted,
  digests,
  inDays,
  looked,
  ONCE_EACH,
  REMINDING,
  reminded,
  remindersSent,
  startOwners,
} from './processes.ts';

/** A message a second; what is looked at is looked at each second. */
const timeout = 60_000;

test.concurrent.for([
  ['after today', 5, '5 days left'],
  ['before today', -3, '3 days overdue'],
] as const)(
  'a deadline %s: one digest, one message per owner, and nothing more after a restart',
  { timeout },
  async ([, days, words], { onTestFinished }) => {
    const world = await startOwners(onTestFinished);
    const settings = { ...REMINDING, DEADLINE: inDays(days) };
    const first = await world.start(settings);
    expect((await digestPosted(world)).text).toContain(`*Query Service credentials: ${words}.* 4 open`);
    await looked(first);
    expect(reminded(world)).toEqual(ONCE_EACH);
    expect(await first.end('SIGTERM')).toBe(0);

    const second = await world.start(settings);
    await looked(second);
    expect(digests(world)).toHaveLength(1);
    expect(reminded(world)).toEqual(ONCE_EACH);
    expect(world.slack.rejected).toEqual([]);
  },
);

test.concurrent('two processes on one database: one digest, one message per owner', { timeout }, async ({
  onTestFinished,
}) => {
  const world = await startOwners(onTestFinished);
  const bots = [world.spawn(REMINDING), world.spawn(REMINDING)];
  await digestPosted(world);
  await Promise.all(bots.map((bot) => looked(bot)));
  expect(digests(world)).toHaveLength(1);
  expect(reminded(world)).toEqual(ONCE_EACH);
  // Only one has spoken to Slack of it, however often both looked.
  expect(world.slack.calls.filter(({ method }) => method === 'users.lookupByEmail')).toHaveLength(4);
});

test.concurrent('stopped in the middle of a batch, another goes on at once', { timeout }, async ({
  onTestFinished,
}) => {
  const world = await startOwners(onTestFinished);
  const one = await world.start(REMINDING);
  await remindersSent(world, 1);
  const other = world.spawn(REMINDING);
  await other.address();
  expect(await one.end('SIGTERM')).toBe(0);
  expect(reminded(world)).not.toEqual(ONCE_EACH);
  const stopped = Date.now();
  await digestPosted(world);
  // Sooner than the lease of one that died would have been over.
  expect(Date.now() - stopped).toBeLessThan(15_000);
  await looked(other);
  expect(digests(world)).toHaveLength(1);
  expect(reminded(world)).toEqual(ONCE_EACH);
});
