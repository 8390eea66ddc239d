import { describe, expect, test } from 'vitest';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import type { Migration, MigrationState } from '../../src/migrations/migration.ts';
import type { AuditNote, ShownEnd } from '../../src/migrations/ports.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { onBothEngines, openFresh, type TestEngine } from '../db/setup.ts';
import { accountId, credential, minute, PROBLEM, request } from '../support/samples.ts';

describe('lists of migrations', () => onBothEngines(suite));

const NOTE: AuditNote = { at: minute(9), actor: 'U3', detail: null };

/** An end that was shown in a new message. */
function end(id: string, at: number): ShownEnd {
  return { id, endedAt: minute(at), message: null };
}

function suite(engine: TestEngine) {
  async function fresh() {
    const { db } = await openFresh(engine);
    const store = new SqlMigrationStore(db, 'org');
    /** Persists a migration in this state, of another credential each time. */
    let number = 0;
    const put = async (id: string, state: MigrationState, changes: Partial<Migration> = {}) => {
      await store.ask(request(id, { state, technicalAccountId: accountId(++number), ...changes }));
    };
    return { db, store, put };
  }

  test('the queue is the migration in flight, then the confirmed ones in the order of their confirmation', async () => {
    const { store, put } = await fresh();
    await put('1 third', 'confirmed', { decidedAt: minute(5) });
    await put('9 second', 'confirmed', { decidedAt: minute(4) });
    await put('8 second', 'confirmed', { decidedAt: minute(4) });
    await put('5 first', 'submitted', { decidedAt: minute(6) });
    for (const state of [
      'asked',
      'migrated',
      'bound',
      'undone',
      'failed',
      'needs_attention',
      'resolved',
      'cancelled',
      'expired',
      'void',
    ] as const)
      await put(state, state, { decidedAt: minute(1) });
    expect(ids(await store.queue())).toEqual(['5 first', '8 second', '9 second', '1 third']);
    await store.move('5 first', 'submitted', 'running', {}, NOTE);
    expect(ids(await store.queue())).toEqual(['5 first', '8 second', '9 second', '1 third']);
    await store.move('5 first', 'running', 'migrated', {}, NOTE);
    expect(ids(await store.queue())).toEqual(['8 second', '9 second', '1 third']);
  });

  test('a credential has an active migration, a latest confirmed one and pending requests', async () => {
    const { store, put } = await fresh();
    const same = { technicalAccountId: accountId(77) };
    await put('unrelated', 'running', { decidedAt: minute(50) });
    await put('late question', 'asked', { ...same, askedBy: 'U2', askedAt: minute(8) });
    await put('cancelled', 'cancelled', { ...same, decidedAt: minute(9) });
    expect(await store.activeOf(accountId(77))).toBeNull();
    expect(await store.latestConfirmed(accountId(77))).toBeNull();
    await put('failed later', 'failed', { ...same, decidedAt: minute(3) });
    await put('failed', 'failed', { ...same, decidedAt: minute(2) });
    expect(await store.activeOf(accountId(77))).toBeNull();
    expect((await store.latestConfirmed(accountId(77)))?.id).toBe('failed later');
    await put('open', 'confirmed', { ...same, decidedAt: minute(4) });
    await put('question', 'asked', same);
    expect((await store.activeOf(accountId(77)))?.id).toBe('open');
    expect((await store.latestConfirmed(accountId(77)))?.id).toBe('open');
    expect(ids(await store.pendingRequests(accountId(77)))).toEqual(['question', 'late question']);
  });

  test.each([
    ...['confirmed', 'submitted', 'running', 'migrated', 'bound', 'undone', 'failed', 'needs_attention', 'resolved'],
  ] as MigrationState[])('a migration that is %s counts as confirmed', async (state) => {
    const { store, put } = await fresh();
    await put('it', state, { decidedAt: minute(1) });
    expect((await store.latestConfirmed(accountId(1)))?.id).toBe('it');
  });

  test('overdue requests are the pending ones that have expired', async () => {
    const { store, put } = await fresh();
    await put('a later one', 'asked', { askedAt: minute(1) });
    await put('early', 'asked');
    await put('answered', 'confirmed');
    await put('expired', 'expired');
    expect(ids(await store.overdueRequests(new Date(minute(10).getTime() - 1)))).toEqual([]);
    expect(ids(await store.overdueRequests(minute(10)))).toEqual(['early']);
    expect(ids(await store.overdueRequests(minute(60)))).toEqual(['early', 'a later one']);
  });

  test('unnotified migrations have ended without a notification, oldest end first', async () => {
    const { store, put } = await fresh();
    for (const [id, end] of [
      ['b', 5],
      ['a', 5],
      ['first', 4],
    ] as const) {
      await put(id, 'confirmed');
      await store.move(id, 'confirmed', 'failed', { endedAt: minute(end) }, NOTE);
    }
    await put('open', 'running');
    await put('cancelled', 'asked');
    await store.move('cancelled', 'asked', 'cancelled', {}, NOTE);
    expect(ids(await store.unnotified())).toEqual(['first', 'a', 'b']);
    await store.markNotified(end('a', 5), minute(6));
    expect(ids(await store.unnotified())).toEqual(['first', 'b']);
  });

  test('a migration that needed attention is unnotified again when it is migrated', async () => {
    const { store, put } = await fresh();
    await put('m', 'running');
    await store.move('m', 'running', 'needs_attention', { endedAt: minute(5) }, NOTE);
    const earlier = end('m', 5);
    await store.markNotified(earlier, minute(6));
    expect(await store.unnotified()).toEqual([]);
    await store.move('m', 'needs_attention', 'migrated', { endedAt: minute(20) }, NOTE);
    // A late notification of the earlier end must not mark the later one.
    await store.markNotified(earlier, minute(21));
    expect(await store.unnotified()).toMatchObject([{ id: 'm', state: 'migrated', endedAt: minute(20) }]);
    await store.markNotified(end('m', 20), minute(21));
    expect(await store.unnotified()).toEqual([]);
  });

  test('a migration that needed attention is unnotified again when it is resolved', async () => {
    const { store, put } = await fresh();
    await put('m', 'needs_attention', { endedAt: minute(5) });
    await store.markNotified(end('m', 5), minute(6));
    const reason = { code: 'resolved', by: 'U7' } as const;
    await store.move('m', 'needs_attention', 'resolved', { endedAt: minute(20), reason }, NOTE);
    expect(await store.unnotified()).toMatchObject([{ id: 'm', state: 'resolved', reason }]);
  });

  test('superseded requests concern credentials that Adobe is migrating or has migrated, oldest first', async () => {
    const { db, store, put } = await fresh();
    const confirmations = [
      ['later', 'asked', 'completed'],
      ['earlier', 'asked', 'started'],
      ['standing', 'asked', 'not_started'],
      ['nothing to migrate', 'asked', 'none'],
      ['answered', 'confirmed', 'completed'],
      ['void', 'void', 'started'],
    ] as const;
    for (const [i, [id, state]] of confirmations.entries()) await put(id, state, { askedAt: minute(10 - i) });
    const seen = confirmations.map(([, , adobeStatus], i) => credential(i + 1, { adobeStatus }));
    await new SqlSyncStore(db).replaceCredentials(seen, minute(20));
    expect(ids(await store.supersededRequests())).toEqual(['earlier', 'later']);
    expect(await new SqlMigrationStore(db, 'another').supersededRequests()).toEqual([]);
  });

  test('late completions are migrations that need attention although Adobe has completed them, oldest first', async () => {
    const { db, store, put } = await fresh();
    const ends = [
      ['late', 'needs_attention', 'completed'],
      ['earlier', 'needs_attention', 'completed'],
      ['not yet', 'needs_attention', 'started'],
      ['failed', 'failed', 'completed'],
      ['resolved', 'resolved', 'completed'],
      ['running', 'running', 'completed'],
    ] as const;
    for (const [i, [id, state]] of ends.entries()) await put(id, state, { endedAt: minute(10 - i) });
    await put('gone from Adobe', 'needs_attention');
    const seen = ends.map(([, , adobeStatus], i) => credential(i + 1, { adobeStatus }));
    await new SqlSyncStore(db).replaceCredentials(seen, minute(20));
    expect((await store.lateEnds()).map(({ migration, to }) => [migration.id, to])).toEqual([
      ['earlier', 'migrated'],
      ['late', 'migrated'],
    ]);
    expect(await new SqlMigrationStore(db, 'another').lateEnds()).toEqual([]);
  });

  test('messages and the error on the start are stored with their migration and no other', async () => {
    const { store, put } = await fresh();
    await put('m', 'submitted');
    await put('other', 'confirmed');
    await store.setMessage('m', { channel: 'C1', ts: '1.000100' }, null);
    await store.setQuestionMessage('m', { channel: 'D1', ts: '2.5' });
    await store.noteStartProblem('m', PROBLEM);
    const kept = {
      message: { channel: 'C1', ts: '1.000100' },
      questionMessage: { channel: 'D1', ts: '2.5' },
      startProblem: PROBLEM,
    };
    expect(await store.get('m')).toEqual({
      ...request('m', { state: 'submitted', technicalAccountId: accountId(1) }),
      ...kept,
    });
    expect(await store.get('other')).toMatchObject({ message: null, questionMessage: null, startProblem: null });
    expect(await store.move('m', 'submitted', 'running', {}, NOTE)).toMatchObject(kept);
  });

  test('the address of a message is kept until another message replaces it', async () => {
    const { db, store, put } = await fresh();
    await put('m', 'running');
    await put('other', 'confirmed');
    const [first, second] = [{ channel: 'C1', ts: '1.000100' } as const, { channel: 'D1', ts: '2.5', isRepost: true }];
    const link = { url: 'https://example.slack.com/archives/C1/p1000100', isPublic: true };
    await store.setMessage('m', first, null);
    expect(await store.setMessageLink('m', first, link)).toBe(true);
    expect(await store.get('m')).toMatchObject({ message: first, messageLink: link });
    expect(await store.get('other')).toMatchObject({ messageLink: null });
    await store.setMessage('m', second, first);
    expect(await store.get('m')).toMatchObject({ message: second, messageLink: null });
    // This is the address of the previous message.
    expect(await store.setMessageLink('m', first, link)).toBe(false);
    expect(await new SqlMigrationStore(db, 'another').setMessageLink('m', second, link)).toBe(false);
    expect(await store.get('m')).toMatchObject({ messageLink: null });
  });
}

function ids(migrations: readonly Migration[]): string[] {
  return migrations.map(({ id }) => id);
}
