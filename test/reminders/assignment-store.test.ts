import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/audit/audit-entry.ts';
import { SqlAuditTrail, verifyAudit } from '../../src/audit/store.ts';
import { SqlAssignmentStore } from '../../src/reminders/assignment-store.ts';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import { onBothEngines, open, openFresh, type TestEngine } from '../db/setup.ts';
import { accountId, minute } from '../support/samples.ts';

const none = (...ids: string[]) => ({ ids, entries: [], notices: [] });

function entry(action: 'assigned' | 'gave_back', number: number): AuditEntry {
  const about = { technicalAccountId: accountId(number), migrationId: null, detail: null };
  return { at: minute(0), actor: 'U0ADMIN', action, ...about };
}

describe('the store of assignments', () => onBothEngines(suite));

function suite(engine: TestEngine) {
  async function fresh() {
    const { db, settings } = await openFresh(engine);
    const other = new SqlAssignmentStore(await open(settings));
    return { db, other, store: new SqlAssignmentStore(db), reminders: new SqlReminderStore(db) };
  }
  const to = (userId: string, assignment: string) => ({ userId, assignment, by: 'U0ADMIN', at: minute(0) });

  test('hands credentials over together with their audit rows and notices, or not at all', async () => {
    const { db, store, reminders } = await fresh();
    const notice = { kind: 'reassigned', by: 'U0ADMIN', to: 'U1', names: ['a'], count: 1 } as const;
    const notices = [{ subject: 's', address: 'U2', notice }];
    const entries = [entry('assigned', 1), entry('assigned', 2)];
    const ids = [accountId(1), accountId(2)];
    await expect(
      store.assign(to('U1', 'a'), () => {
        throw new Error('no record');
      }),
    ).rejects.toThrow('no record');
    expect(await store.assign(to('U1', 'a'), () => null)).toBe(false);
    expect([(await store.takeovers()).size, await store.pendingDigestEdit()]).toEqual([0, null]);
    expect(await store.assign(to('U1', 'a'), () => ({ ids, entries, notices }))).toBe(true);
    expect(await reminders.takeovers()).toEqual(new Map(ids.map((id) => [id, 'U1'])));
    expect((await new SqlAuditTrail(db).history(null, 0, 9)).rows).toHaveLength(2);
    expect(await verifyAudit(db, null)).toMatchObject({ findings: [] });
    expect(await db.selectFrom('notices').select('address').execute()).toEqual([{ address: 'U2' }]);
    expect(await store.pendingDigestEdit()).toBe('a');
    const known = { userId: 'U1', assignment: 'a', by: 'U0ADMIN', at: minute(0) };
    await store.assign(to('U3', 'b'), (before) => {
      expect(before).toEqual(new Map(ids.map((id) => [id, known])));
      return none(accountId(2), accountId(3));
    });
    expect(await reminders.takeovers()).toEqual(
      new Map([
        [accountId(1), 'U1'],
        [accountId(2), 'U3'],
        [accountId(3), 'U3'],
      ]),
    );
  });

  test('lets the second of two assignments at the same moment see the first', async () => {
    const { store, other } = await fresh();
    const seen: number[] = [];
    const record = (before: ReadonlyMap<string, unknown>) => {
      seen.push(before.size);
      return none(accountId(1));
    };
    await Promise.all([store.assign(to('U1', 'a'), record), other.assign(to('U2', 'b'), record)]);
    expect(seen).toEqual([0, 1]);
  });

  test('gives back those credentials of an assignment that the person still has', async () => {
    const { store } = await fresh();
    await store.assign(to('U1', 'a'), () => none(accountId(1), accountId(2)));
    await store.assign(to('U2', 'b'), () => none(accountId(2)));
    const record = (ids: readonly string[], by: string | null) => {
      expect([ids, by]).toEqual([[accountId(1)], 'U0ADMIN']);
      return { entries: [entry('gave_back', 1)], notices: [] };
    };
    expect(await store.giveBack('U2', 'a', minute(1), record)).toEqual([]);
    expect(await store.giveBack('U1', 'a\0', minute(1), record)).toEqual([accountId(1)]);
    expect(await store.giveBack('U1', 'a', minute(1), record)).toEqual([]);
    expect([...(await store.takeovers()).keys()]).toEqual([accountId(2)]);
  });

  test('knows to whom Slack rejected the latest reminder', async () => {
    const { store, reminders } = await fresh();
    expect(await store.isRejected('U1')).toBe(false);
    for (const [round, at, why] of [
      ['w1', 1, undefined],
      ['w2', 2, 'rejected'],
      ['w3', 3, undefined],
    ] as const) {
      await reminders.startRound({ key: round, kind: 'window', startedAt: minute(0) });
      await reminders.claim(round, 'U1', minute(at), minute(9));
      // A message that is only claimed decides nothing yet.
      expect(await store.isRejected('U1'), round).toBe(round === 'w3');
      await reminders.close(round, 'U1', minute(at), { ...(why !== undefined && { why }) });
      expect(await store.isRejected('U1'), round).toBe(round === 'w2');
    }
    expect(await store.isRejected('U2\0')).toBe(false);
  });

  test('keeps an edit of the digest due until that very edit is made, and returns the latest digest', async () => {
    const { store, reminders } = await fresh();
    await store.assign(to('U1', 'a'), () => none(accountId(1)));
    await store.assign(to('U2', 'b'), () => none(accountId(1)));
    await store.clearDigestEdit('a');
    expect(await store.pendingDigestEdit()).toBe('b');
    await store.clearDigestEdit('b');
    expect(await store.pendingDigestEdit()).toBeNull();
    expect(await store.latestDigest()).toEqual([]);
    for (const [round, recipient, at, content] of [
      ['w1', 'digest', 1, 'old'],
      ['w2', 'digest', 2, 'new'],
      ['w2', 'digest/1', 3, undefined],
    ] as const) {
      await reminders.startRound({ key: round, kind: 'window', startedAt: minute(0) });
      await reminders.claim(round, recipient, minute(0), minute(9));
      const message = { channel: 'C1', ts: `${at}` };
      await reminders.close(round, recipient, minute(at), { message, ...(content !== undefined && { content }) });
    }
    expect(await store.latestDigest()).toEqual([{ message: { channel: 'C1', ts: '2' }, content: 'new' }]);
  });
}
