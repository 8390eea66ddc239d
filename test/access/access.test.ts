import { describe, expect, test } from 'vitest';
import type { SlackPerson } from '../../src/access/access.ts';
import { denialOf, newProcess, newWorld, type Settings } from '../migrations/setup.ts';
import { TEAM } from '../support/fakes.ts';

const WANTED = { action: 'migrate', technicalAccountId: 'A1', migrationId: 'm1' };

/** One person, and Access as it is set. */
async function withPerson(changes: Partial<SlackPerson> = {}, settings: Settings = {}) {
  const world = await newWorld();
  world.people.add('U1', changes);
  const process = newProcess(world, settings);
  const audited = async () => (await process.stores.audit.history(null, 0, 100)).rows;
  const caller = { userId: 'U1', teamId: TEAM };
  return { ...world, access: process.access, audited, caller };
}

describe('without MIGRATORS', () => {
  test('an admin or owner may migrate', async () => {
    const { access, caller, audited } = await withPerson({ isAdmin: true });
    const person = { id: 'U1', email: 'u1@example.com', mayMigrate: true };
    expect(await access.admit(caller, WANTED)).toEqual(person);
    expect(await access.admitMigrator(caller, WANTED)).toEqual(person);
    expect(await audited()).toEqual([]);
  });

  test('a member may look, and is refused to migrate', async () => {
    const { access, caller, audited } = await withPerson();
    expect(await access.admit(caller, WANTED)).toMatchObject({ mayMigrate: false });
    expect(await audited()).toEqual([]);
    expect(await denialOf(access.admitMigrator(caller, WANTED))).toBe('not_migrator');
    expect(await audited()).toHaveLength(1);
  });

  test('somebody without an email is let in all the same', async () => {
    const { access, caller } = await withPerson({ email: null });
    expect(await access.admit(caller, WANTED)).toMatchObject({ email: null });
  });
});

describe('with MIGRATORS', () => {
  test('a user of the list may migrate, without any group being looked up', async () => {
    const settings = { migrators: { users: ['U0', 'U1'], groups: ['S-UNKNOWN'] } };
    const { access, caller } = await withPerson({}, settings);
    expect(await access.admitMigrator(caller, WANTED)).toMatchObject({ mayMigrate: true });
  });

  test('a member of any of the groups may migrate, as long as they are one', async () => {
    const settings = { migrators: { users: [], groups: ['S1', 'S2'] } };
    const { access, caller, people } = await withPerson({}, settings);
    people.groups.set('S1', ['U7']);
    people.groups.set('S2', ['U8', 'U1']);
    expect(await access.admitMigrator(caller, WANTED)).toMatchObject({ mayMigrate: true });
    people.groups.set('S2', ['U8']);
    expect(await denialOf(access.admitMigrator(caller, WANTED))).toBe('not_migrator');
  });

  test.each([
    ['users', { users: ['U7'], groups: [] }],
    ['groups', { users: [], groups: ['S1'] }],
  ])('an admin who is not among the %s may not', async (_, migrators) => {
    const { access, caller, people } = await withPerson({ isAdmin: true }, { migrators });
    people.groups.set('S1', ['U7']);
    expect(await denialOf(access.admitMigrator(caller, WANTED))).toBe('not_migrator');
  });

  test('a group that cannot be looked up refuses', async () => {
    const settings = { migrators: { users: [], groups: ['S1', 'S-UNKNOWN'] } };
    const { access, caller, people } = await withPerson({ isAdmin: true }, settings);
    people.groups.set('S1', ['U1']);
    expect(await denialOf(access.admit(caller, WANTED))).toBe('unverified');
  });
});

describe('refused is', () => {
  test.each<[string, Partial<SlackPerson>, string]>([
    ['a bot', { isBot: true }, 'bot'],
    ['somebody deactivated', { isDeactivated: true }, 'deactivated'],
    ['a guest', { isGuest: true }, 'guest'],
    ['somebody from another organisation', { isStranger: true }, 'foreign'],
    ['somebody from another workspace', { teamIds: ['T2'] }, 'foreign'],
    ['somebody from other workspaces of the same grid', { teamIds: ['T2', 'T3'] }, 'foreign'],
  ])('%s, even as an admin, and it is written down once', async (_, changes, why) => {
    const { access, caller, audited, clock } = await withPerson({ isAdmin: true, ...changes });
    expect(await denialOf(access.admitMigrator(caller, WANTED))).toBe(why);
    expect(await audited()).toEqual([
      {
        at: clock.now(),
        actor: 'U1',
        action: 'refused',
        technicalAccountId: 'A1',
        migrationId: 'm1',
        detail: { wanted: 'migrate', why },
        credentialName: null,
      },
    ]);
  });

  test('even somebody of the list', async () => {
    const { access, caller } = await withPerson(
      { isGuest: true },
      { migrators: { users: ['U1'], groups: [] } },
    );
    expect(await denialOf(access.admitMigrator(caller, WANTED))).toBe('guest');
  });

  test('whom Slack cannot say anything of, once', async () => {
    const { access, audited } = await withPerson();
    const unknown = { userId: 'U-UNKNOWN', teamId: TEAM };
    expect(await denialOf(access.admitMigrator(unknown, { action: 'list' }))).toBe('unverified');
    expect(await audited()).toMatchObject([
      {
        actor: 'U-UNKNOWN',
        technicalAccountId: null,
        migrationId: null,
        detail: { wanted: 'list', why: 'unverified' },
      },
    ]);
  });
});

describe('the workspace', () => {
  test('may be any of those a person of a grid belongs to', async () => {
    const { access, caller } = await withPerson({ teamIds: ['T2', TEAM] });
    expect(await access.admit(caller, WANTED)).toMatchObject({ id: 'U1' });
  });

  test('is the one the payload names, where Slack names none', async () => {
    const { access, caller } = await withPerson({ teamIds: [] });
    expect(await access.admit(caller, WANTED)).toMatchObject({ id: 'U1' });
    expect(await denialOf(access.admit({ ...caller, teamId: 'T2' }, WANTED))).toBe('foreign');
    expect(await denialOf(access.admit({ ...caller, teamId: null }, WANTED))).toBe('foreign');
  });

  test('is not taken from the payload where Slack names one', async () => {
    const { access, caller } = await withPerson({ teamIds: ['T2'] });
    expect(await denialOf(access.admit({ ...caller, teamId: TEAM }, WANTED))).toBe('foreign');
  });
});
