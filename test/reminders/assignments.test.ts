import { describe, expect, test } from 'vitest';
import { SqlAuditTrail, verifyAudit } from '../../src/audit/store.ts';
import { SqlAssignmentStore } from '../../src/reminders/assignment-store.ts';
import { takeOver } from '../support/database.ts';
import { ADMIN, member, migrator } from '../support/people.ts';
import { accountId } from '../support/samples.ts';
import { assign, LEFT, noticesOf, start, story } from './assign-setup.ts';
import { newInstance, of, run, startWith } from './setup.ts';

describe('assigning', () => {
  test('hands over all of an owner’s remaining credentials at once, audits each, and notifies the person', async () => {
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

  test('to oneself is recorded as taking over, and notifies nobody', async () => {
    const now = await start();
    await assign(now, migrator(ADMIN), { owner: null }, ADMIN);
    expect(await story(now)).toEqual([`${ADMIN} took_over`]);
    expect(await noticesOf(now)).toEqual([]);
  });

  test('leaves alone credentials that somebody has, unless all are held: then the previous holder is notified', async () => {
    const now = await start();
    await takeOver(now.db, accountId(1), 'U2');
    await assign(now, migrator(ADMIN), LEFT, 'U1');
    expect((await now.store.takeovers()).get(accountId(1))).toBe('U2');
    await assign(now, migrator(ADMIN), LEFT, 'U1');
    expect((await now.store.takeovers()).get(accountId(1))).toBe('U1');
    // Only the credential that moves is in the notice to U2.
    expect((await noticesOf(now)).map(([address, { kind, count }]) => [address, kind, count])).toEqual(
      expect.arrayContaining([['U2', 'reassigned', 1]]),
    );
    expect(await assign(now, migrator(ADMIN), LEFT, 'U1')).toEqual({ kind: 'unchanged', userId: 'U1' });
  });

  test('from a person hands over exactly the credentials that the person took over', async () => {
    const now = await start();
    await takeOver(now.db, accountId(2), 'U2');
    await takeOver(now.db, accountId(3), 'U2');
    await assign(now, migrator(ADMIN), { takenBy: 'U2' }, 'U1');
    expect([...(await now.store.takeovers()).entries()].sort()).toEqual([
      [accountId(2), 'U1'],
      [accountId(3), 'U1'],
    ]);
  });

  test('while a round is being sent leaves out the previous holder, and until the next round the new holder', async () => {
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

  test('of two thousand credentials is one transaction with an intact audit trail', async () => {
    const many = Array.from({ length: 2_000 }, (_, i) => of(null, i + 1));
    const now = await startWith(many);
    await assign(now, migrator(ADMIN), { owner: null }, ADMIN);
    expect((await now.store.takeovers()).size).toBe(2_000);
    expect((await new SqlAuditTrail(now.db).head()).count).toBe(2_000);
    expect(await verifyAudit(now.db, null)).toMatchObject({ findings: [] });
  });
});

describe('giving back', () => {
  test('ends only one’s own assignment, and notifies the person who made it', async () => {
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

  test('follows each change, edits the latest digest, and shows the assignments in force', async () => {
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

  test('is made by the next process when one died before it, and again for a change made meanwhile', async () => {
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
    expect(await store.pendingDigestEdit()).toBeNull();
  });

  test('is retried at growing intervals while Slack fails', async () => {
    const now = await posted();
    await assign(now, migrator(ADMIN), LEFT, 'U1');
    now.slack.fail('reviseDigest', new Error('internal_error'), 4);
    await run(now, now.world, 3);
    expect(now.slack.revised).toHaveLength(0);
    await run(now, now.world, 8);
    expect(now.slack.revised).toHaveLength(1);
  });

  test('is unnecessary where no digest was posted', async () => {
    const now = await start();
    await assign(now, migrator(ADMIN), LEFT, 'U1');
    await now.rounds.resume();
    expect(await new SqlAssignmentStore(now.db).pendingDigestEdit()).toBeNull();
  });
});
