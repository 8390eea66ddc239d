import { type Kysely, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import { onBothEngines, open, openAt, type TestEngine } from '../db/setup.ts';
import { migrator } from '../support/people.ts';
import { minute } from '../support/samples.ts';
import { newInstance, newWorld } from './setup.ts';

describe('a database of an earlier version opens with its reminders', () => onBothEngines(suite));

/** ISO 8601. */
const at = (minutes: number) => minute(minutes).toISOString();

/** Inserts rows as version 002 wrote them, one of every kind. */
async function fill(db: Database): Promise<void> {
  const rounds: [key: string, startedAt: number, finishedAt: number | null][] = [
    ['2025-06-30/14', 0, 1],
    ['2025-06-30/7', 20, null],
    ['by-hand/finished', 30, 31],
    ['by-hand/begun', 40, null],
    ['by-hand/crashed', 42, null],
    ['done/2025-06-30/14', 10, 11],
    ['done/by-hand/finished', 50, null],
  ];
  for (const [key, startedAt, finishedAt] of rounds) {
    const finished = finishedAt === null ? null : at(finishedAt);
    await sql`insert into reminder_batches (key, days, started_at, finished_at)
      values (${key}, 7, ${at(startedAt)}, ${finished})`.execute(db);
  }
  const claimed = new Date(minute(25).getTime() + 20_000).toISOString();
  const messages: [
    batch: string,
    recipient: string,
    until: string | null,
    closed: string | null,
    why: string | null,
  ][] = [
    ['2025-06-30/14', 'U1', at(0), at(0), null],
    ['2025-06-30/14', 'U2', at(0), at(0), 'refused'],
    ['2025-06-30/7', 'U1', at(21), at(20), null],
    ['2025-06-30/7', 'U3', at(22), null, null],
    ['by-hand/finished', 'opening', at(31), at(30), null],
    ['by-hand/finished', 'digest', at(31), at(30), null],
    ['by-hand/begun', 'opening', at(41), at(40), null],
    ['by-hand/begun', 'U1', at(41), at(40), null],
    ['by-hand/begun', 'U3', null, null, null],
    // A button pressed while the window was due: no separate round.
    ['by-hand/for-window', 'opening', claimed, at(26), null],
    // The process died after the claim, or after it had started the round.
    ['by-hand/claimed', 'opening', at(41), null, null],
    ['by-hand/crashed', 'opening', at(43), null, null],
    ['done/2025-06-30/14', 'digest', at(11), at(10), null],
  ];
  for (const [batch, recipient, until, closed, why] of messages) {
    await sql`insert into reminder_messages (batch, recipient, claimed_until, closed_at, message, why)
      values (${batch}, ${recipient}, ${until}, ${closed}, null, ${why})`.execute(db);
  }
  const person = JSON.stringify({ kind: 'person', userId: 'U1' });
  await sql`insert into addressees values ('a@example.com', ${person}, ${at(0)})`.execute(db);
  await sql`insert into snoozes values ('U1', '2025-06-27')`.execute(db);
  await sql`insert into takeovers values ('A1', 'U2')`.execute(db);
  const pause = JSON.stringify({ by: 'U1', at: at(0), until: null });
  await sql`insert into reminder_state values ('fault', 'is_archived'), ('pause', ${pause})`.execute(db);
}

async function rowsOf(db: Kysely<never>, columns: string, table: string): Promise<string[]> {
  const { rows } = await sql<Record<string, unknown>>`select ${sql.raw(columns)} from ${sql.raw(table)}`.execute(db);
  return rows.map((row) => Object.values(row).join(' ')).sort();
}

function suite(engine: TestEngine) {
  describe.each(['002_reminders', '003_audit_chain', '004_names'])('after change %s', (change) => {
    async function opened() {
      const { db, settings } = await openAt(engine, change);
      await fill(db);
      return open(settings);
    }

    test('each round has its kind, and a finished round stays finished', async () => {
      const db = await opened();
      const finished = "case when finished_at is null then 'unfinished' else 'finished' end";
      expect(await rowsOf(db as never, `key, kind, ${finished}`, 'reminder_rounds')).toEqual([
        '2025-06-30/14 window finished',
        '2025-06-30/7 window unfinished',
        'begun manual unfinished',
        'crashed manual unfinished',
        'done/2025-06-30/14 all_done finished',
        'done/by-hand/finished all_done unfinished',
        'finished manual finished',
        'for-window manual finished',
      ]);
      const store = new SqlReminderStore(db);
      expect((await store.unfinishedRounds()).map(({ key }) => key)).toEqual([
        '2025-06-30/7',
        'begun',
        'crashed',
        'done/by-hand/finished',
      ]);
      expect(await store.round('for-window')).toMatchObject({ startedAt: minute(25), finishedAt: minute(26) });
      expect(await store.latestRound()).toMatchObject({ key: 'done/by-hand/finished' });
    });

    test('each message stays claimed or closed, and no lock is left among the messages', async () => {
      const db = await opened();
      const columns =
        "round, recipient, coalesce(claimed_until, 'free') as claim, coalesce(closed_at, 'open') as closed, coalesce(why, '') as why";
      expect(await rowsOf(db as never, columns, 'reminder_messages')).toEqual(
        [
          `2025-06-30/14 U1 ${at(0)} ${at(0)} `,
          `2025-06-30/14 U2 ${at(0)} ${at(0)} rejected`,
          `2025-06-30/7 U1 ${at(21)} ${at(20)} `,
          `2025-06-30/7 U3 ${at(22)} open `,
          `begun U1 ${at(41)} ${at(40)} `,
          'begun U3 free open ',
          `done/2025-06-30/14 digest ${at(11)} ${at(10)} `,
          `finished digest ${at(31)} ${at(30)} `,
        ].sort(),
      );
      const store = new SqlReminderStore(db);
      expect(await store.claim('2025-06-30/7', 'U1', minute(99), minute(100))).toBe('closed');
      expect(await store.claim('2025-06-30/7', 'U3', minute(21), minute(22))).toBe('busy');
      expect(await store.claim('begun', 'U3', minute(21), minute(22))).toBe('claimed');
      expect(await store.rejectedRecipients('2025-06-30/14')).toEqual(['U2']);
    });

    test('a button pressed earlier starts nothing more, except where its process died at once', async () => {
      const db = await opened();
      const { reminders, store } = newInstance({ ...(await newWorld()), db });
      const before = await store.unfinishedRounds();
      for (const id of ['finished', 'begun', 'for-window', 'crashed']) {
        await reminders.startManualRound(migrator('U1'), id);
      }
      expect(await store.unfinishedRounds()).toEqual(before);
      await reminders.startManualRound(migrator('U1'), 'claimed');
      expect(await store.round('claimed')).not.toBeNull();
    });

    test('recipients, snoozes, takeovers, the pause and the error of the channel are kept', async () => {
      const db = await opened();
      const store = new SqlReminderStore(db);
      expect(await store.recipient('a@example.com', minute(-1))).toEqual({ kind: 'person', userId: 'U1' });
      const known = { technicalAccountId: 'A9', owner: 'A@example.com' };
      expect([await store.answersFor('U1', known), await store.answersFor('U2', known)]).toEqual([true, false]);
      expect(await store.snoozedUntil('U1')).toBe('2025-06-27');
      expect(await store.takeovers()).toEqual(new Map([['A1', 'U2']]));
      expect(await store.pause()).toEqual({ by: 'U1', at: minute(0), until: null });
      expect(await store.channelError()).toBe('is_archived');
    });
  });
}
