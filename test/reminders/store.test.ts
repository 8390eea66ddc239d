import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/audit/audit-entry.ts';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import type { ReminderRound } from '../../src/reminders/ports.ts';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import { onBothEngines, open, openFresh, type TestEngine } from '../db/setup.ts';
import { takeOver } from '../support/database.ts';
import { accountId, minute } from '../support/samples.ts';

describe('the reminder store', () => onBothEngines(suite));

const MESSAGE = { channel: 'D1', ts: '1.2' };

function suite(engine: TestEngine) {
  async function fresh() {
    const { db, settings } = await openFresh(engine);
    return { store: new SqlReminderStore(db), other: new SqlReminderStore(await open(settings)), db };
  }
  const claim = (store: SqlReminderStore, at = 0, recipientId = 'U1', round = 'w') =>
    store.claim(round, recipientId, minute(at), minute(at + 1));
  const round = (key: string, at: number, changes: Partial<ReminderRound> = {}): ReminderRound => ({
    key,
    kind: 'window',
    startedAt: minute(at),
    finishedAt: null,
    ...changes,
  });

  describe('a round', () => {
    test('is started once, and starting it again does not change it', async () => {
      const { store } = await fresh();
      expect(await store.round('w')).toBeNull();
      await store.startRound(round('w', 0));
      await store.startRound(round('w', 9, { kind: 'manual' }));
      expect(await store.round('w')).toEqual(round('w', 0));
      await store.finishRound('w', minute(5));
      await store.startRound(round('w', 9));
      expect(await store.round('w')).toEqual(round('w', 0, { finishedAt: minute(5) }));
    });

    test('of a window may serve other windows with it, which are not served again', async () => {
      const { store } = await fresh();
      await store.startRound(round('a', 0));
      await store.startRound(round('c', 1), ['a', 'b']);
      await store.startRound(round('c', 2), ['d']);
      expect(await store.round('a')).toEqual(round('a', 0));
      expect(await store.round('b')).toEqual(round('b', 1, { finishedAt: minute(1) }));
      expect(await store.round('d')).toBeNull();
      expect((await store.unfinishedRounds()).map(({ key }) => key)).toEqual(['a', 'c']);
    });

    test('is started once when many start it at the same time', async () => {
      const { store, other } = await fresh();
      await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? store : other).startRound(round('w', i))));
      expect(await store.unfinishedRounds()).toHaveLength(1);
    });

    test('is unfinished until it is finished; the oldest comes first', async () => {
      const { store } = await fresh();
      await store.startRound(round('b', 2));
      await store.startRound(round('c', 1, { kind: 'all_done' }));
      await store.startRound(round('a', 3));
      expect((await store.unfinishedRounds()).map(({ key, kind }) => [key, kind])).toEqual([
        ['c', 'all_done'],
        ['b', 'window'],
        ['a', 'window'],
      ]);
      await store.finishRound('b', minute(4));
      expect((await store.unfinishedRounds()).map(({ key }) => key)).toEqual(['c', 'a']);
    });

    test('is the latest when it was started last', async () => {
      const { store } = await fresh();
      expect(await store.latestRound()).toBeNull();
      await store.startRound(round('b', 1));
      await store.startRound(round('c', 2));
      await store.startRound(round('a', 0));
      await store.finishRound('c', minute(4));
      expect(await store.latestRound()).toEqual(round('c', 2, { finishedAt: minute(4) }));
    });
  });

  describe('a manual round', () => {
    const ENTRY: AuditEntry = {
      at: minute(0),
      actor: 'U1',
      action: 'reminders_sent_by_hand',
      technicalAccountId: null,
      migrationId: null,
      detail: null,
    };
    const manual = round('id', 1, { kind: 'manual' });

    test('is started by only one of twenty callers at once, with one audit entry', async () => {
      const { store, db, ...rest } = await fresh();
      // A second SQLite connection in this thread would block the transaction it waits for.
      const other = engine.kind === 'sqlite' ? store : rest.other;
      const started = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? store : other).startManualRound([manual], ENTRY)),
      );
      expect(started.filter(Boolean)).toHaveLength(1);
      expect(await store.unfinishedRounds()).toEqual([manual]);
      expect((await new SqlAuditTrail(db).history(null, 0, 100)).total).toBe(1);
    });

    test('starts the window round it is sent for, and does not change one that exists', async () => {
      const { store } = await fresh();
      const served = { ...manual, finishedAt: minute(1) };
      expect(await store.startManualRound([served, round('w', 1)], ENTRY)).toBe(true);
      expect(await store.round('id')).toEqual(served);
      expect(await store.unfinishedRounds()).toEqual([round('w', 1)]);
      expect(await store.startManualRound([{ ...served, key: 'id2' }, round('w', 7)], ENTRY)).toBe(true);
      expect(await store.unfinishedRounds()).toEqual([round('w', 1)]);
    });

    test('finishes the window round it replaces', async () => {
      const { store } = await fresh();
      const finished = round('w', 1, { finishedAt: minute(1) });
      expect(await store.startManualRound([manual, finished], ENTRY)).toBe(true);
      expect(await store.round('w')).toEqual(finished);
      await store.startRound(round('w2', 0));
      await store.startManualRound(
        [
          { ...manual, key: 'id2' },
          { ...finished, key: 'w2' },
        ],
        ENTRY,
      );
      expect(await store.round('w2')).toEqual(round('w2', 0, { finishedAt: minute(1) }));
    });

    test('that was started before has no further effect', async () => {
      const { store, db } = await fresh();
      await store.startManualRound([manual], ENTRY);
      await store.finishRound('id', minute(2));
      expect(await store.startManualRound([manual, round('w', 1)], ENTRY)).toBe(false);
      expect(await store.round('w')).toBeNull();
      expect(await store.unfinishedRounds()).toEqual([]);
      expect((await new SqlAuditTrail(db).history(null, 0, 100)).total).toBe(1);
    });

    test('is not started when its audit entry cannot be written', async () => {
      const { store, db } = await fresh();
      await db.deleteFrom('audit_head').execute();
      await expect(store.startManualRound([manual], ENTRY)).rejects.toThrow();
      expect(await store.round('id')).toBeNull();
    });
  });

  describe('a message', () => {
    test('is claimed by one caller until the claim expires', async () => {
      const { store, other } = await fresh();
      expect(await claim(store)).toBe('claimed');
      expect(await claim(other)).toBe('busy');
      expect(await claim(other, 0, 'U2')).toBe('claimed');
      expect(await claim(other, 0, 'U1', 'another')).toBe('claimed');
      expect(await other.claim('w', 'U1', new Date(minute(1).getTime() - 1), minute(2))).toBe('busy');
      expect(await claim(other, 1)).toBe('claimed');
      expect(await claim(store, 1)).toBe('busy');
    });

    test('is claimed by only one of twenty callers at once, also after a claim has expired', async () => {
      const { store, other } = await fresh();
      for (const at of [0, 1, 2]) {
        const all = await Promise.all(Array.from({ length: 20 }, (_, i) => claim(i % 2 === 0 ? store : other, at)));
        expect(all.filter((claimed) => claimed === 'claimed')).toHaveLength(1);
        expect(all.filter((claimed) => claimed === 'busy')).toHaveLength(19);
      }
    });

    test('can be claimed at once after a release', async () => {
      const { store, other } = await fresh();
      await claim(store);
      await store.release('w', 'U2');
      expect(await claim(other)).toBe('busy');
      await store.release('w', 'U1');
      expect(await claim(other)).toBe('claimed');
    });

    test.each([
      ['as sent', { message: MESSAGE }, []],
      ['as rejected', { why: 'rejected' }, ['U1']],
      ['without a message', {}, []],
    ] as const)('is never claimed again after it was closed %s', async (_, outcome, rejected) => {
      const { store, db } = await fresh();
      await claim(store);
      expect(await store.isClosed('w', 'U1')).toBe(false);
      await store.close('w', 'U1', minute(0), outcome);
      expect(await store.isClosed('w', 'U1')).toBe(true);
      expect(await store.isClosed('w', 'U2')).toBe(false);
      expect(await store.isClosed('another', 'U1')).toBe(false);
      expect(await claim(store, 1_000_000)).toBe('closed');
      // A release does not reopen it.
      await store.release('w', 'U1');
      expect(await claim(store, 1_000_000)).toBe('closed');
      expect(await store.rejectedRecipients('w')).toEqual(rejected);
      expect(await store.rejectedRecipients('another')).toEqual([]);
      const row = await db.selectFrom('reminder_messages').select('message').executeTakeFirstOrThrow();
      expect(row.message).toBe('message' in outcome ? JSON.stringify(MESSAGE) : null);
    });
  });

  test('what Slack said about an email is returned until it is too old', async () => {
    const { store } = await fresh();
    const person = { kind: 'person', userId: 'U1' } as const;
    expect(await store.recipient('a@example.com', minute(0))).toBeNull();
    await store.rememberRecipient('a@example.com', person, minute(5));
    expect(await store.recipient('a@example.com', minute(4))).toEqual(person);
    expect(await store.recipient('a@example.com', minute(5))).toBeNull();
    expect(await store.recipient('b@example.com', minute(0))).toBeNull();
    const guest = { kind: 'unreachable', why: 'guest' } as const;
    expect(await store.userIdsByEmail(['A@example.com', 'b@example.com'])).toEqual(
      new Map([['a@example.com', person.userId]]),
    );
    await store.rememberRecipient('a@example.com', guest, minute(6));
    expect(await store.userIdsByEmail(['a@example.com'])).toEqual(new Map());
    expect(await store.recipient('a@example.com', minute(5))).toEqual(guest);
  });

  test('a snooze belongs to one person, and the latest one counts', async () => {
    const { store } = await fresh();
    expect(await store.snoozedUntil('U1')).toBeNull();
    await store.snooze('U1', '2025-06-16');
    await store.snooze('U1', '2025-06-23');
    expect(await store.snoozedUntil('U1')).toBe('2025-06-23');
    expect(await store.snoozedUntil('U2')).toBeNull();
  });

  test('a credential belongs to the person who took it over last', async () => {
    const { store, db } = await fresh();
    expect(await store.takeovers()).toEqual(new Map());
    await takeOver(db, accountId(1), 'U1');
    await takeOver(db, accountId(2), 'U1');
    await takeOver(db, accountId(1), 'U2');
    expect(await store.takeovers()).toEqual(
      new Map([
        [accountId(1), 'U2'],
        [accountId(2), 'U1'],
      ]),
    );
  });

  test('there is at most one pause', async () => {
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

  test('reminders can be paused by many callers at once', async () => {
    const { store, other } = await fresh();
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? store : other).setPause({ by: `U${i}`, at: minute(0), until: null }),
      ),
    );
    expect((await store.pause())?.by).toMatch(/^U\d+$/);
  });

  test('an error of the channel is new when its code differs from the known one', async () => {
    const { store } = await fresh();
    expect(await store.setChannelError(null)).toBe(false);
    expect(await store.setChannelError('is_archived')).toBe(true);
    expect(await store.channelError()).toBe('is_archived');
    expect(await store.setChannelError('is_archived')).toBe(false);
    expect(await store.setChannelError('not_in_channel')).toBe(true);
    expect(await store.setChannelError(null)).toBe(true);
    expect(await store.channelError()).toBeNull();
    expect(await store.setChannelError('not_in_channel')).toBe(true);
    expect(await store.pause()).toBeNull();
  });
}
