import { expect, test } from 'vitest';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import { CHANNEL, of, run, startWith, TICK_MS } from './setup.ts';

/** A database that fails the next call of each store method that is named in `busy`. */
function busyDatabase() {
  const busy = new Set<string>();
  const through = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          if (target instanceof SqlReminderStore && busy.delete(String(name))) {
            throw new Error('database is locked');
          }
          return Reflect.apply(member, target, args);
        };
      },
    });
  return { busy, through };
}

test.each(['close', 'setChannelError'])(
  'a message that Slack accepted is not sent again if the database fails at %s',
  async (call) => {
    const { busy, through } = busyDatabase();
    const now = await startWith([of('a@example.com', 1)], { through });
    busy.add(call);
    await run(now, now.world);
    expect(busy.size).toBe(0);
    expect(now.slack.to('owner')).toEqual(['UA']);
    expect(now.slack.to('digest')).toEqual([CHANNEL]);
    expect(await now.store.unfinishedRounds()).toEqual([]);
  },
);

test('the error of the channel is cleared later when the database fails at first', async () => {
  const { busy, through } = busyDatabase();
  const now = await startWith([of('a@example.com', 1)], { through });
  now.slack.refusing.set(CHANNEL, 'is_archived');
  await now.rounds.check();
  expect(await now.store.channelError()).toBe('is_archived');
  now.slack.refusing.clear();
  busy.add('setChannelError');
  now.clock.advanceMs(30_000);
  await now.rounds.resume();
  expect(await now.store.channelError()).toBe('is_archived');
  now.clock.advanceMs(TICK_MS);
  await now.rounds.resume();
  expect(await now.store.channelError()).toBeNull();
  expect(now.slack.to('digest')).toHaveLength(1);
});
