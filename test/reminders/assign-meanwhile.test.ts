import { describe, expect, test } from 'vitest';
import { takeOver } from '../support/database.ts';
import { ADMIN, migrator } from '../support/people.ts';
import { accountId } from '../support/samples.ts';
import { assign, LEFT, noticesOf, shown, start, story } from './assign-setup.ts';
import { newInstance, of, put, run } from './setup.ts';

describe('assigning credentials that have changed since they were shown', () => {
  test('succeeds for only one of two people at the same moment, and the other is told who has them and gets nothing assigned', async () => {
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
    'assigns the rest if others have been given some of them, and says who has which, with room for %i characters of marks',
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

  test('leaves alone those that have moved from one person to another', async () => {
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

  test('leaves alone credentials that have appeared since, and says so when nothing of what was shown is left', async () => {
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
});

// An admin who returns to an old digest may still want to notify another person, so the modal says that the owner is
// notified again, and can still be submitted.
describe('assigning credentials whose owner is notified again', () => {
  /** Slack does not know the owner when the digest is posted, but does two days later. */
  async function known() {
    const now = await start();
    await run(now, now.world);
    now.slack.unreachable.clear();
    now.clock.advance(2 * 86_400);
    return now;
  }

  test('assigns nothing and says so, unless the form said so: then the owner is notified of who has them', async () => {
    const now = await known();
    const before = await shown(now, LEFT);
    expect(before.notified).toBeNull();
    expect(await now.assignments.assign(migrator(ADMIN), before, 'U1')).toEqual({
      kind: 'notified_again',
      userId: 'ULEFT',
    });
    expect((await now.store.takeovers()).size).toBe(0);
    expect(await story(now)).toEqual([]);
    // By now Slack has found the owner.
    const again = await shown(now, LEFT);
    expect(again.notified).toBe('ULEFT');
    expect(await now.assignments.assign(migrator(ADMIN), again, 'U1')).toMatchObject({ kind: 'assigned' });
    expect((await now.store.takeovers()).size).toBe(2);
    expect((await noticesOf(now)).map(([address, { kind, notified }]) => [address, kind, notified]).sort()).toEqual([
      ['U1', 'assigned', 'ULEFT'],
      ['ULEFT', 'reassigned', undefined],
    ]);
  });

  test('needs no such form when Slack rejects messages to the owner, or does not answer', async () => {
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

  test('needs no such form when somebody else has been chosen instead', async () => {
    const now = await known();
    await takeOver(now.db, accountId(1), 'U2');
    await takeOver(now.db, accountId(2), 'U2');
    expect(await shown(now, LEFT)).toMatchObject({ areHeld: true, notified: null });
    expect(await assign(now, migrator(ADMIN), LEFT, 'U1')).toMatchObject({ kind: 'assigned' });
  });
});
