import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { type Migration, type MigrationState, mayMove } from '../../src/migrations/migration.ts';
import type { AuditNote } from '../../src/migrations/ports.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { onBothEngines, open, openFresh, type TestEngine } from '../db/setup.ts';
import { STATES } from '../support/enumerations.ts';
import { accountId, minute, PROBLEM, request } from '../support/samples.ts';

describe('migrations', () => onBothEngines(suite));

const PAIRS = STATES.flatMap((from) => STATES.map((to): [MigrationState, MigrationState] => [from, to]));
const ARROWS = PAIRS.filter(([from, to]) => mayMove(from, to));
const OTHERS = PAIRS.filter(([from, to]) => !mayMove(from, to));

const NOTE: AuditNote = { at: minute(3), actor: 'U3', detail: { why: 'refused', answer: 'no' } };

function suite(engine: TestEngine) {
  async function fresh() {
    const { db } = await openFresh(engine);
    return { db, store: new SqlMigrationStore(db, 'org'), others: new SqlMigrationStore(db, 'another org') };
  }

  test('a request of an older version is a production request if one of its sandboxes has a production name', async () => {
    const { db, store } = await fresh();
    await store.ask(request('m'));
    const shown = JSON.stringify({ name: 'etl', owner: null, sandboxes: ['dev', 'emea-live'] });
    await db.updateTable('migrations').set({ shown }).execute();
    expect((await store.get('m'))?.shown).toMatchObject({ sandboxes: ['dev', 'emea-live'], production: ['emea-live'] });
  });

  test('a request is persisted as asked, with an audit row', async () => {
    const { db, store } = await fresh();
    const asked = request('m', {
      shown: { name: `"Jo's" <key>`, owner: null, sandboxes: [], production: [] },
      questionMessage: { channel: 'C2', ts: '1.5' },
      responseUrl: 'https://hooks.slack.com/actions/1',
    });
    await store.ask(asked);
    expect(await store.get('m')).toEqual(asked);
    expect(await audited(db)).toEqual([['asked', 'U1', minute(0).toISOString(), accountId(1), 'm', null]]);
  });

  test('a second request with the same id fails and leaves no audit row', async () => {
    const { db, store } = await fresh();
    await store.ask(request('m'));
    await expect(store.ask(request('m'))).rejects.toThrow(/unique/i);
    expect(await audited(db)).toHaveLength(1);
  });

  test('an unknown migration is null', async () => {
    const { store } = await fresh();
    expect(await store.get('unknown')).toBeNull();
    expect(await store.get('un\0known')).toBeNull();
    expect(await store.confirm('unknown', 'U2', minute(1))).toBeNull();
    expect(await store.move('unknown', 'asked', 'void', {}, NOTE)).toBeNull();
  });

  test.each(ARROWS)('a migration moves from %s to %s once, with one audit row', async (from, to) => {
    const { db, store } = await fresh();
    const before = request('m', { state: from });
    await store.ask(before);
    const moved = await store.move('m', from, to, {}, NOTE);
    expect(moved).toEqual({ ...before, state: to });
    expect(await store.get('m')).toEqual(moved);
    expect((await audited(db)).slice(1)).toEqual([
      [to, 'U3', minute(3).toISOString(), accountId(1), 'm', JSON.stringify(NOTE.detail)],
    ]);
    expect(await store.move('m', from, to, {}, NOTE)).toBeNull();
    expect(await audited(db)).toHaveLength(2);
  });

  test('a migration makes no move that the states do not allow', async () => {
    const { db, store } = await fresh();
    for (const [from, to] of OTHERS) {
      const id = `${from} to ${to}`;
      // One organisation each, since only one migration of an organisation may be in some of these states.
      const own = new SqlMigrationStore(db, id);
      await own.ask(request(id, { state: from }));
      await expect(own.move(id, from, to, {}, NOTE)).rejects.toThrow(`A migration cannot move from ${from} to ${to}.`);
      expect(await own.get(id)).toMatchObject({ state: from });
    }
    expect(ARROWS.length + OTHERS.length).toBe(14 * 14);
    expect(await audited(db)).toHaveLength(OTHERS.length);
    expect(await store.queue()).toEqual([]);
  });

  test('a migration does not move when its state is not the expected one', async () => {
    const { db } = await fresh();
    let asked = 0;
    for (const [from, to] of ARROWS) {
      for (const state of STATES.filter((state) => state !== from)) {
        const id = `${state}: ${from} to ${to}`;
        const own = new SqlMigrationStore(db, id);
        await own.ask(request(id, { state }));
        expect(await own.move(id, from, to, { endedAt: minute(9) }, NOTE)).toBeNull();
        expect(await own.get(id)).toEqual(request(id, { state }));
        asked++;
      }
    }
    expect(await audited(db)).toHaveLength(asked);
  });

  test('a migration and its audit row are written together or not at all', async () => {
    const { db, store } = await fresh();
    await store.ask(request('m'));
    await db.schema.alterTable('audit').renameTo('elsewhere').execute();
    await expect(store.ask(request('n'))).rejects.toThrow('audit');
    await expect(store.confirm('m', 'U2', minute(1))).rejects.toThrow('audit');
    await db.schema.alterTable('elsewhere').renameTo('audit').execute();
    await db.schema.alterTable('credentials').renameTo('elsewhere').execute();
    await expect(store.confirm('m', 'U2', minute(1))).rejects.toThrow('credentials');
    expect(await store.get('n')).toBeNull();
    expect(await store.get('m')).toEqual(request('m'));
    expect(await audited(db)).toHaveLength(1);
  });

  test('a move applies its changes and keeps the other columns', async () => {
    const { store } = await fresh();
    const reason = { code: 'refused', problem: PROBLEM } as const;
    const changes = { decidedBy: 'U7', decidedAt: minute(5), startedAt: minute(6), endedAt: minute(7), reason };
    await store.ask(request('m', { state: 'confirmed', decidedBy: 'U2', decidedAt: minute(1) }));
    const submitted = await store.move('m', 'confirmed', 'submitted', { startedAt: minute(2) }, NOTE);
    expect(submitted).toMatchObject({ decidedBy: 'U2', decidedAt: minute(1), startedAt: minute(2), endedAt: null });
    const failed = await store.move('m', 'submitted', 'failed', changes, NOTE);
    expect(failed).toMatchObject({ state: 'failed', ...changes });
    expect(await store.get('m')).toEqual(failed);
  });

  test('a reason is removed only explicitly', async () => {
    const { store } = await fresh();
    await store.ask(request('m', { state: 'submitted', reason: { code: 'elsewhere' } }));
    const running = await store.move('m', 'submitted', 'running', {}, NOTE);
    expect(running?.reason).toEqual({ code: 'elsewhere' });
    const migrated = await store.move('m', 'running', 'migrated', { reason: null }, NOTE);
    expect(migrated?.reason).toBeNull();
  });

  test('a request can be confirmed until it expires', async () => {
    const { db, store } = await fresh();
    const lastMoment = new Date(minute(10).getTime() - 1);
    await store.ask(request('in time'));
    await store.ask(request('late', { technicalAccountId: accountId(2) }));
    expect(await store.confirm('late', 'U2', minute(10))).toBeNull();
    expect(await store.get('late')).toMatchObject({ state: 'asked', decidedBy: null });
    expect(await store.confirm('in time', 'U2', lastMoment)).toEqual({
      ...request('in time'),
      state: 'confirmed',
      decidedBy: 'U2',
      decidedAt: lastMoment,
    });
    expect(await store.confirm('in time', 'U3', minute(1))).toBeNull();
    expect(await store.get('in time')).toMatchObject({ decidedBy: 'U2', decidedAt: lastMoment });
    expect((await audited(db)).slice(2)).toEqual([
      ['confirmed', 'U2', lastMoment.toISOString(), accountId(1), 'in time', null],
    ]);
  });

  test('of forty questions from one person about one credential on two instances, exactly one stays open', async () => {
    const { db, settings } = await openFresh(engine);
    // Two connections of one process to one SQLite file would block each other.
    const other = engine.kind === 'sqlite' ? db : await open(settings);
    const stores = [db, other].map((each) => new SqlMigrationStore(each, 'org'));
    const ids = Array.from({ length: 40 }, (_, i) => `m${i}`);
    const replaced = await Promise.all(
      ids.map((id, i) => stores[i % 2]?.ask(request(id, { askedAt: minute(i % 3), expiresAt: minute(20) }))),
    );
    const [left, ...others] = (await stores[0]?.pendingRequests(accountId(1))) ?? [];
    expect(others).toEqual([]);
    const voided = replaced.flatMap((each) => each?.map(({ id }) => id) ?? []);
    expect(voided.toSorted()).toEqual(ids.filter((id) => id !== left?.id).toSorted());
    expect((await audited(db)).filter(([action]) => action === 'void')).toHaveLength(39);
  });

  test('a credential has one active migration: only one of two requests is confirmed', async () => {
    const { db, store } = await fresh();
    await store.ask(request('a'));
    await store.ask(request('b', { askedBy: 'U2' }));
    await store.ask(request('other', { technicalAccountId: accountId(2) }));
    const won = await Promise.all(['a', 'b', 'other'].map((id) => store.confirm(id, 'U2', minute(1))));
    expect(won.filter((one) => one?.technicalAccountId === accountId(1))).toHaveLength(1);
    expect(won[2]).toMatchObject({ state: 'confirmed' });
    expect(await audited(db)).toHaveLength(3 + 2);
    const lost = won[0] === null ? 'a' : 'b';
    expect(await store.get(lost)).toMatchObject({ state: 'asked', decidedBy: null });
    expect(await store.move(lost, 'asked', 'void', {}, NOTE)).toMatchObject({ state: 'void' });
  });

  test.each(['submitted', 'running'] as const)(
    'a %s migration is the only one in flight in its organisation',
    async (state) => {
      const { db, store, others } = await fresh();
      for (const number of [1, 2, 3]) {
        const asked = request(`${number}`, { technicalAccountId: accountId(number), state: 'confirmed' });
        await (number === 3 ? others : store).ask(asked);
      }
      const moved = [
        await store.move('1', 'confirmed', state, {}, NOTE),
        await store.move('2', 'confirmed', 'submitted', {}, NOTE),
        await store.move('2', 'confirmed', 'running', {}, NOTE),
        await others.move('3', 'confirmed', 'submitted', {}, NOTE),
      ];
      expect(moved.map((one) => one?.id)).toEqual(['1', undefined, undefined, '3']);
      expect(await store.get('2')).toMatchObject({ state: 'confirmed' });
      expect(await audited(db)).toHaveLength(3 + 2);
      await store.move('1', state, 'failed', {}, NOTE);
      expect(await store.move('2', 'confirmed', 'submitted', {}, NOTE)).toMatchObject({ state: 'submitted' });
    },
  );

  test('migrations of another organisation are neither seen nor changed', async () => {
    const { db, store, others } = await fresh();
    const theirs: Migration = request('theirs');
    await others.ask(theirs);
    expect(await store.get('theirs')).toBeNull();
    expect(await store.confirm('theirs', 'U2', minute(1))).toBeNull();
    expect(await store.move('theirs', 'asked', 'cancelled', {}, NOTE)).toBeNull();
    await store.setMessage('theirs', { channel: 'C', ts: '1' }, null);
    await store.setQuestionMessage('theirs', { channel: 'C', ts: '1' });
    await store.noteStartProblem('theirs', PROBLEM);
    expect(await store.pendingRequests(accountId(1))).toEqual([]);
    expect(await store.overdueRequests(minute(60))).toEqual([]);
    expect(await others.get('theirs')).toEqual(theirs);
    expect(await audited(db)).toHaveLength(1);

    await others.confirm('theirs', 'U2', minute(1));
    await others.move('theirs', 'confirmed', 'migrated', { endedAt: minute(2) }, NOTE);
    expect(await store.latestConfirmed(accountId(1))).toBeNull();
    expect(await store.unnotified()).toEqual([]);
    await store.markNotified({ id: 'theirs', endedAt: minute(2), message: null }, minute(3));
    expect(await others.unnotified()).toHaveLength(1);
  });
}

async function audited(db: Database) {
  const rows = await db.selectFrom('audit').selectAll().orderBy('id').execute();
  return rows.map((row) => [row.action, row.actor, row.at, row.technical_account_id, row.migration_id, row.detail]);
}
