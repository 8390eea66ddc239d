import { expect, test } from 'vitest';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import { CHANNEL, of, run, startWith, TICK } from './setup.ts';

/** A database that is busy for the store's next call of this name, each time it is told. */
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

test.each(['close', 'setFault'])('what Slack took is not sent again when %s fails', async (call) => {
  const { busy, through } = busyDatabase();
  const now = await startWith([of('a@example.com', 1)], { through });
  busy.add(call);
  await run(now, now.world);
  expect(busy.size).toBe(0);
  expect(now.slack.to('owner')).toEqual(['UA']);
  expect(now.slack.to('digest')).toEqual([CHANNEL]);
  expect(await now.store.unfinished()).toEqual([]);
});

test('that the channel works again is noted later when it cannot be noted at once', async () => {
  const { busy, through } = busyDatabase();
  const now = await startWith([of('a@example.com', 1)], { through });
  now.slack.refusing.set(CHANNEL, 'is_archived');
  await now.reminders.look();
  expect(await now.store.fault()).toBe('is_archived');
  now.slack.refusing.clear();
  busy.add('setFault');
  now.timer.advanceMs(30_000);
  await now.reminders.resume();
  expect(await now.store.fault()).toBe('is_archived');
  now.timer.advanceMs(TICK);
  await now.reminders.resume();
  expect(await now.store.fault()).toBeNull();
  expect(now.slack.to('digest')).toHaveLength(1);
});
