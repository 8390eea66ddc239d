import { describe, expect, test } from 'vitest';
import type { ReminderRound } from '../../src/reminders/ports.ts';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import { onBothEngines, open, openFresh, type TestEngine } from '../db/setup.ts';
import { accountId, minute } from '../support/samples.ts';

describe('reminders in the database', () => onBothEngines(suite));

const MESSAGE = { channel: 'D1', ts: '1.2' };

function suite(engine: TestEngine) {
  async function fresh() {
    const { db, settings } = await openFresh(engine);
    return { store: new SqlReminderStore(db), other: new SqlReminderStore(await open(settings)), db };
  }
  const claim = (store: SqlReminderStore, at = 0, recipient = 'U1', batch = 'w') =>
    store.claim(batch, recipient, minute(at), minute(at + 1));
  const batch = (key: string, startedAt: number): Omit<ReminderRound, 'finishedAt'> => ({
    key,
    days: 7,
    startedAt: minute(startedAt),
  });

  describe('a batch', () => {
    test('is opened once: whoever comes later gets it as it is', async () => {
      const { store } = await fresh();
      expect(await store.batch('w')).toBeNull();
      const opened = { ...batch('w', 0), finishedAt: null };
      expect(await store.startRound(batch('w', 0))).toEqual(opened);
      expect(await store.startRound({ key: 'w', days: 3, startedAt: minute(9) })).toEqual(opened);
      expect(await store.batch('w')).toEqual(opened);
      await store.finish('w', minute(5));
      expect(await store.startRound(batch('w', 0))).toEqual({ ...opened, finishedAt: minute(5) });
    });

    test('is opened by many at once', async () => {
      const { store, other } = await fresh();
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? store : other).startRound(batch('w', i))),
      );
      expect(new Set(all.map(({ startedAt }) => startedAt.getTime())).size).toBe(1);
    });

    test('is unfinished until it is finished; the oldest comes first', async () => {
      const { store } = await fresh();
      await store.startRound(batch('b', 2));
      await store.startRound(batch('c', 1));
      await store.startRound(batch('a', 3));
      expect((await store.unfinished()).map(({ key }) => key)).toEqual(['c', 'b', 'a']);
      await store.finish('b', minute(4));
      expect((await store.unfinished()).map(({ key }) => key)).toEqual(['c', 'a']);
    });

    test('is the latest by when it was opened', async () => {
      const { store } = await fresh();
      expect(await store.latestRound()).toBeNull();
      await store.startRound(batch('b', 1));
      await store.startRound(batch('c', 2));
      await store.startRound(batch('a', 0));
      await store.finish('c', minute(4));
      expect(await store.latestRound()).toEqual({ ...batch('c', 2), finishedAt: minute(4) });
    });
  });

  describe('a message', () => {
    test('is claimed by one, for a time', async () => {
      const { store, other } = await fresh();
      expect(await claim(store)).toBe('claimed');
      expect(await claim(other)).toBe('busy');
      expect(await claim(other, 0, 'U2')).toBe('claimed');
      expect(await claim(other, 0, 'U1', 'another')).toBe('claimed');
      expect(await other.claim('w', 'U1', new Date(minute(1).getTime() - 1), minute(2))).toBe('busy');
      expect(await claim(other, 1)).toBe('claimed');
      expect(await claim(store, 1)).toBe('busy');
    });

    test('is claimed by one of twenty at once, also when it is up for grabs again', async () => {
      const { store, other } = await fresh();
      for (const at of [0, 1, 2]) {
        const all = await Promise.all(
          Array.from({ length: 20 }, (_, i) => claim(i % 2 === 0 ? store : other, at)),
        );
        expect(all.filter((answer) => answer === 'claimed')).toHaveLength(1);
        expect(all.filter((answer) => answer === 'busy')).toHaveLength(19);
      }
    });

    test('is given back at once', async () => {
      const { store, other } = await fresh();
      await claim(store);
      await store.release('w', 'U2');
      expect(await claim(other)).toBe('busy');
      await store.release('w', 'U1');
      expect(await claim(other)).toBe('claimed');
    });

    test.each([
      ['sent', { message: MESSAGE }, []],
      ['refused', { why: 'refused' }, ['U1']],
      ['nothing to say', {}, []],
    ] as const)('is closed for ever: %s', async (_, outcome, refused) => {
      const { store, db } = await fresh();
      await claim(store);
      expect(await store.isClosed('w', 'U1')).toBe(false);
      await store.close('w', 'U1', minute(0), outcome);
      expect(await store.isClosed('w', 'U1')).toBe(true);
      expect(await store.isClosed('w', 'U2')).toBe(false);
      expect(await store.isClosed('another', 'U1')).toBe(false);
      expect(await claim(store, 1_000_000)).toBe('closed');
      // Neither is it given back.
      await store.release('w', 'U1');
      expect(await claim(store, 1_000_000)).toBe('closed');
      expect(await store.refused('w')).toEqual(refused);
      expect(await store.refused('another')).toEqual([]);
      const row = await db.selectFrom('reminder_messages').select('message').executeTakeFirstOrThrow();
      expect(row.message).toBe('message' in outcome ? JSON.stringify(MESSAGE) : null);
    });
  });

  test('what Slack said of an email holds for a while', async () => {
    const { store } = await fresh();
    const person = { kind: 'person', userId: 'U1' } as const;
    expect(await store.recipient('a@example.com', minute(0))).toBeNull();
    await store.rememberRecipient('a@example.com', person, minute(5));
    expect(await store.recipient('a@example.com', minute(4))).toEqual(person);
    expect(await store.recipient('a@example.com', minute(5))).toBeNull();
    expect(await store.recipient('b@example.com', minute(0))).toBeNull();
    const guest = { kind: 'unreachable', why: 'guest' } as const;
    await store.rememberRecipient('a@example.com', guest, minute(6));
    expect(await store.recipient('a@example.com', minute(5))).toEqual(guest);
  });

  test('a snooze is one person’s, and the latest holds', async () => {
    const { store } = await fresh();
    expect(await store.snoozedUntil('U1')).toBeNull();
    await store.snooze('U1', '2025-06-16');
    await store.snooze('U1', '2025-06-23');
    expect(await store.snoozedUntil('U1')).toBe('2025-06-23');
    expect(await store.snoozedUntil('U2')).toBeNull();
  });

  test('a credential is taken over by the latest who did', async () => {
    const { store } = await fresh();
    expect(await store.takeovers()).toEqual(new Map());
    await store.takeOver(accountId(1), 'U1');
    await store.takeOver(accountId(2), 'U1');
    await store.takeOver(accountId(1), 'U2');
    expect(await store.takeovers()).toEqual(
      new Map([
        [accountId(1), 'U2'],
        [accountId(2), 'U1'],
      ]),
    );
  });

  test('there is one pause, or none', async () => {
    const { store } = await fresh();
    expect(await store.pause()).toBeNull();
    const pause = { by: 'U1', at: minute(0), until: '2025-07-01' };
    await store.setPause(pause);
    expect(await store.pause()).toEqual(pause);
    const another = { by: 'U2', at: minute(1), until: null };
    await store.setPause(another);
    expect(await store.pause()).toEqual(another);
    await store.setPause(null);
    await store.setPause(null);
    expect(await store.pause()).toBeNull();
  });

  test('many pause at once', async () => {
    const { store, other } = await fresh();
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? store : other).setPause({ by: `U${i}`, at: minute(0), until: null }),
      ),
    );
    expect((await store.pause())?.by).toMatch(/^U\d+$/);
  });

  test('a fault is news when it is another than before', async () => {
    const { store } = await fresh();
    expect(await store.setFault(null)).toBe(false);
    expect(await store.setFault('is_archived')).toBe(true);
    expect(await store.fault()).toBe('is_archived');
    expect(await store.setFault('is_archived')).toBe(false);
    expect(await store.setFault('not_in_channel')).toBe(true);
    expect(await store.setFault(null)).toBe(true);
    expect(await store.fault()).toBeNull();
    expect(await store.setFault('not_in_channel')).toBe(true);
    expect(await store.pause()).toBeNull();
  });
}
