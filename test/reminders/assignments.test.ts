import { describe, expect, test } from 'vitest';
import type { Migrator } from '../../src/access/access.ts';
import { SqlAuditTrail, verifyAudit } from '../../src/audit/store.ts';
import type { AssignTarget } from '../../src/reminders/assignment.ts';
import { SqlAssignmentStore } from '../../src/reminders/assignment-store.ts';
import { type Shown, shownOf } from '../../src/reminders/offer.ts';
import { takeOver } from '../support/database.ts';
import { ADMIN, member, migrator } from '../support/people.ts';
import { accountId } from '../support/samples.ts';
import { type Instance, newInstance, of, put, run, startWith } from './setup.ts';

const LEFT = { owner: 'left@example.com' } as const;

/** The audit trail, oldest first. */
async function story({ audit }: Pick<Instance, 'audit'>): Promise<string[]> {
  const { rows } = await audit.history(null, 0, 100);
  return rows.map(({ actor, action, detail }) => [actor, action, detail?.to].filter(Boolean).join(' ')).reverse();
}

/** Two of an owner who cannot be reached, one of nobody, and one of somebody who can. */
async function start() {
  const credentials = [of('left@example.com', 1), of('Left@Example.com', 2), of(null, 3), of('a@example.com', 4)];
  const started = await startWith(credentials);
  started.slack.unreachable.set('left@example.com', 'unknown');
  for (const id of ['U1', 'U2']) started.people.add(id);
  return started;
}

/** As a form carries what a migrator was shown. */
async function shown(
  { assignments }: Pick<Instance, 'assignments'>,
  target: AssignTarget,
  room = 3_000,
): Promise<Shown> {
  return shownOf(await assignments.offer(target), room);
}

/** Shown and chosen at once. */
async function assign(now: Pick<Instance, 'assignments'>, by: Migrator, target: AssignTarget, userId: string) {
  return now.assignments.assign(by, await shown(now, target), userId);
}

async function noticesOf({ db }: { db: Awaited<ReturnType<typeof startWith>>['db'] }) {
  const rows = await db.selectFrom('notices').select(['address', 'content']).orderBy('created_at').execute();
  return rows.map(({ address, content }) => [address, JSON.parse(content)]);
}

describe('assigning', () => {
  test('hands over what is left of an owner at once, audits each, and tells the person', async () => {
    const now = await start();
    const { db } = now;
    const result = await assign(now, migrator(ADMIN), LEFT, 'U1');
    expect(result).toMatchObject({ kind: 'assigned', userId: 'U1' });
    expect(await now.store.takeovers()).toEqual(
      new Map([
        [accountId(1), 'U1'],
        [accountId(2), 'U1'],
      ]),
    );
    expect(await story(now)).toEqual([`${ADMIN} assigned U1`, `${ADMIN} assigned U1`]);
    expect(await verifyAudit(db, null)).toMatchObject({ findings: [] });
    expect(await noticesOf(now)).toEqual([
      ['U1', expect.objectContaining({ kind: 'assigned', by: ADMIN, owner: 'left@example.com', count: 2 })],
    ]);
    await run(now, now.world);
    expect(now.slack.reminded.map(({ to, credentials }) => [to, credentials.length])).toEqual([
      ['UA', 1],
      ['U1', 2],
    ]);
  });

  test('to oneself is recorded as taking over, and tells nobody', async () => {
    const now = await start();
    await assign(now, migrator(ADMIN), { owner: null }, ADMIN);
    expect(await story(now)).toEqual([`${ADMIN} took_over`]);
    expect(await noticesOf(now)).toEqual([]);
  });

  test('leaves alone what somebody has, unless somebody has each: then who had them is told', async () => {
    const now = await start();
    await takeOver(now.db, accountId(1), 'U2');
    await assign(now, migrator(ADMIN), LEFT, 'U1');
    expect((await now.store.takeovers()).get(accountId(1))).toBe('U2');
    await assign(now, migrator(ADMIN), LEFT, 'U1');
    expect((await now.store.takeovers()).get(accountId(1))).toBe('U1');
    // What the person had already is not told again to anybody else.
    expect((await noticesOf(now)).map(([address, { kind, count }]) => [address, kind, count])).toEqual(
      expect.arrayContaining([['U2', 'reassigned', 1]]),
    );
    expect(await assign(now, migrator(ADMIN), LEFT, 'U1')).toEqual({ kind: 'unchanged', userId: 'U1' });
  });

  test('of what a person took over hands over just that', async () => {
    const now = await start();
    await takeOver(now.db, accountId(2), 'U2');
    await takeOver(now.db, accountId(3), 'U2');
    await assign(now, migrator(ADMIN), { takenBy: 'U2' }, 'U1');
    expect([...(await now.store.takeovers()).entries()].sort()).toEqual([
      [accountId(2), 'U1'],
      [accountId(3), 'U1'],
    ]);
  });

  test('of two people at the same moment one assigns, and the other is told who was quicker and takes nothing', async () => {
    const now = await start();
    const other = newInstance(now.world);
    const [first, second] = [await shown(now, LEFT), await shown(other, LEFT)];
    const results = await Promise.all([
      now.assignments.assign(migrator(ADMIN), first, 'U1'),
      other.assignments.assign(migrator(ADMIN), second, 'U2'),
    ]);
    const [holder, ...others] = new Set((await now.store.takeovers()).values());
    expect(others).toEqual([]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['assigned', 'taken']);
    expect(results.find(({ kind }) => kind === 'taken')).toMatchObject({
      taken: [{ userId: holder, credentials: [{ name: 'credential 1' }, { name: 'credential 2' }] }],
    });
    expect((await noticesOf(now)).map(([address, { kind }]) => [address, kind])).toEqual([[holder, 'assigned']]);
  });

  test.each([3_000, 0])(
    'of what others have got since it was shown takes the rest, and says who has which, with room for %i characters of marks',
    async (room) => {
      const now = await start();
      const before = await shown(now, LEFT, room);
      expect(before.marks === null).toBe(room === 0);
      now.clock.advance(60);
      await takeOver(now.db, accountId(2), 'U2', now.clock.now());
      const result = await now.assignments.assign(migrator(ADMIN), before, 'U1');
      expect(result).toMatchObject({
        kind: 'assigned',
        credentials: [{ name: 'credential 1' }],
        taken: [{ userId: 'U2', credentials: [{ name: 'credential 2' }] }],
      });
      expect([...(await now.store.takeovers()).entries()].sort()).toEqual([
        [accountId(1), 'U1'],
        [accountId(2), 'U2'],
      ]);
      expect((await noticesOf(now)).map(([address, { kind, count }]) => [address, kind, count])).toEqual([
        ['U1', 'assigned', 1],
      ]);
    },
  );

  test('of what was shown as a person’s leaves alone what another has got since', async () => {
    for (const target of [LEFT, { takenBy: 'U2' }] as const) {
      const now = await start();
      for (const number of [1, 2]) await takeOver(now.db, accountId(number), 'U2', now.clock.now());
      const before = await shown(now, target);
      now.clock.advance(60);
      await takeOver(now.db, accountId(2), 'U3', now.clock.now());
      const result = await now.assignments.assign(migrator(ADMIN), before, 'U1');
      expect(result).toMatchObject({ kind: 'assigned', credentials: [{ name: 'credential 1' }] });
      expect(result).toMatchObject({ taken: [{ userId: 'U3', credentials: [{ name: 'credential 2' }] }] });
      expect((await now.store.takeovers()).get(accountId(2))).toBe('U3');
    }
  });

  test('leaves alone what has appeared since it was shown, and says where nothing of that is left', async () => {
    const now = await start();
    const before = await shown(now, LEFT);
    await put(now.world, of('left@example.com', 1), of('left@example.com', 7));
    expect(await now.assignments.assign(migrator(ADMIN), before, 'U1')).toMatchObject({
      credentials: [{ name: 'credential 1' }],
    });
    const next = await shown(now, LEFT);
    await put(now.world, of('left@example.com', 8));
    expect(await now.assignments.assign(migrator(ADMIN), next, 'U1')).toEqual({ kind: 'none_left' });
    expect([...(await now.store.takeovers()).keys()]).toEqual([accountId(1)]);
  });

  test('while a round is being sent leaves out who has them no longer, and who has them now until the next round', async () => {
    const now = await startWith([of('a@example.com', 1), of('left@example.com', 2), of('left@example.com', 3)]);
    now.slack.unreachable.set('left@example.com', 'unknown');
    for (const id of ['U1', 'U2', 'U3']) now.people.add(id);
    await takeOver(now.db, accountId(2), 'U2');
    const made = await assign(now, migrator(ADMIN), LEFT, 'U3');
    const given = made.kind === 'assigned' ? made.assignment : '';
    now.slack.during = async () => {
      now.slack.during = async () => {};
      await assign(now, migrator(ADMIN), { takenBy: 'U2' }, 'U1');
      await now.assignments.giveBack(member('U3'), given);
    };
    await run(now, now.world);
    expect(now.slack.reminded.map(({ to }) => to)).toEqual(['UA']);
  });

  test('of two thousand is one transaction whose trail holds', async () => {
    const many = Array.from({ length: 2_000 }, (_, i) => of(null, i + 1));
    const now = await startWith(many);
    await assign(now, migrator(ADMIN), { owner: null }, ADMIN);
    expect((await now.store.takeovers()).size).toBe(2_000);
    expect((await new SqlAuditTrail(now.db).head()).count).toBe(2_000);
    expect(await verifyAudit(now.db, null)).toMatchObject({ findings: [] });
  });
});

// An admin who comes back to an old digest expects to be told, and may still want somebody else to be notified: the modal
// says so and can be sent, so nothing else is to be learned for it.
describe('assigning what an owner is notified about again', () => {
  /** Slack did not know the owner when the digest was posted, and does two days later. */
  async function known() {
    const now = await start();
    await run(now, now.world);
    now.slack.unreachable.clear();
    now.clock.advance(2 * 86_400);
    return now;
  }

  test('assigns nothing and says so, unless the form said so: then the owner is told who has them', async () => {
    const now = await known();
    const before = await shown(now, LEFT);
    expect(before.notified).toBeNull();
    expect(await now.assignments.assign(migrator(ADMIN), before, 'U1')).toEqual({
      kind: 'notified_again',
      userId: 'ULEFT',
    });
    expect((await now.store.takeovers()).size).toBe(0);
    expect(await story(now)).toEqual([]);
    // Slack has said so by now.
    const again = await shown(now, LEFT);
    expect(again.notified).toBe('ULEFT');
    expect(await now.assignments.assign(migrator(ADMIN), again, 'U1')).toMatchObject({ kind: 'assigned' });
    expect((await now.store.takeovers()).size).toBe(2);
    expect((await noticesOf(now)).map(([address, { kind, notified }]) => [address, kind, notified]).sort()).toEqual([
      ['U1', 'assigned', 'ULEFT'],
      ['ULEFT', 'reassigned', undefined],
    ]);
  });

  test('is not asked about where Slack takes no message to them, or does not answer', async () => {
    const now = await known();
    now.slack.refusing.set('ULEFT', 'user_disabled');
    await now.reminders.startManualRound(migrator(ADMIN), 'r1');
    await run(now, now.world);
    expect((await shown(now, LEFT)).notified).toBeNull();
    expect(await assign(now, migrator(ADMIN), LEFT, 'U1')).toMatchObject({ kind: 'assigned' });
    const silent = await known();
    silent.slack.unanswered.add('left@example.com');
    expect(await assign(silent, migrator(ADMIN), LEFT, 'U1')).toMatchObject({ kind: 'assigned' });
  });

  test('is not asked about where somebody has been chosen instead', async () => {
    const now = await known();
    await takeOver(now.db, accountId(1), 'U2');
    await takeOver(now.db, accountId(2), 'U2');
    expect(await shown(now, LEFT)).toMatchObject({ areHeld: true, notified: null });
    expect(await assign(now, migrator(ADMIN), LEFT, 'U1')).toMatchObject({ kind: 'assigned' });
  });
});

describe('giving back', () => {
  test('ends one’s own assignment alone, and tells who had made it', async () => {
    const now = await start();
    const made = await assign(now, migrator(ADMIN), LEFT, 'U1');
    const assignment = made.kind === 'assigned' ? made.assignment : '';
    expect(await now.assignments.giveBack(member('U2'), assignment)).toEqual({ kind: 'not_yours' });
    expect(await now.assignments.giveBack(member('U1'), assignment)).toMatchObject({ kind: 'given_back' });
    expect(await now.store.takeovers()).toEqual(new Map());
    expect(await now.assignments.giveBack(member('U1'), assignment)).toEqual({ kind: 'not_yours' });
    expect((await story(now)).slice(2)).toEqual(['U1 gave_back', 'U1 gave_back']);
    expect((await noticesOf(now)).at(-1)).toEqual([
      ADMIN,
      { kind: 'given_back', by: 'U1', names: ['credential 1', 'credential 2'], count: 2 },
    ]);
  });
});

describe('the edit of the digest', () => {
  async function posted() {
    const now = await start();
    now.slack.content = 'rows';
    await run(now, now.world);
    return now;
  }

  test('follows each change, of the latest digest, with what is in force', async () => {
    const now = await posted();
    await assign(now, migrator(ADMIN), LEFT, 'U1');
    await run(now, now.world, 1);
    expect(now.slack.revised).toHaveLength(1);
    expect([...(now.slack.revised[0]?.now.takeovers ?? [])].map(([id, { userId }]) => [id, userId])).toEqual([
      [accountId(1), 'U1'],
      [accountId(2), 'U1'],
    ]);
    expect(now.slack.revised[0]?.content).toBe('rows');
    await run(now, now.world, 3);
    expect(now.slack.revised).toHaveLength(1);
  });

  test('is made by the next process when one died before it, and again for what changes meanwhile', async () => {
    const now = await posted();
    await assign(now, migrator(ADMIN), LEFT, 'U1');
    const survivor = newInstance(now.world);
    let reads = 0;
    const store = new SqlAssignmentStore(now.db);
    now.slack.reviseDigest = async () => {
      reads += 1;
      if (reads === 1) await assign(now, migrator(ADMIN), { owner: null }, 'U2');
      return true;
    };
    await run(survivor, now.world, 3);
    expect(reads).toBe(2);
    expect(await store.digestEdit()).toBeNull();
  });

  test('is tried again more and more rarely while Slack fails', async () => {
    const now = await posted();
    await assign(now, migrator(ADMIN), LEFT, 'U1');
    now.slack.fail('reviseDigest', new Error('internal_error'), 4);
    await run(now, now.world, 3);
    expect(now.slack.revised).toHaveLength(0);
    await run(now, now.world, 8);
    expect(now.slack.revised).toHaveLength(1);
  });

  test('is not needed where no digest was posted', async () => {
    const now = await start();
    await assign(now, migrator(ADMIN), LEFT, 'U1');
    await now.rounds.resume();
    expect(await new SqlAssignmentStore(now.db).digestEdit()).toBeNull();
  });
});
