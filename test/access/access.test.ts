import { describe, expect, test } from 'vitest';
import type { SlackPerson } from '../../src/access/access.ts';
import { denialOf, newProcess, newWorld, type Settings } from '../migrations/setup.ts';
import { TEAM } from '../support/fake-messages.ts';

const WANTED = { action: 'migrate', technicalAccountId: 'A1', migrationId: 'm1' };

/** One person, and the access rules of these settings. */
async function withPerson(changes: Partial<SlackPerson> = {}, settings: Settings = {}) {
  const world = await newWorld();
  world.people.add('U1', changes);
  const process = newProcess(world, settings);
  const audited = async () => (await process.stores.audit.history(null, 0, 100)).rows;
  const caller = { userId: 'U1', teamId: TEAM };
  return { ...world, access: process.access, stores: process.stores, audited, caller };
}

describe('without MIGRATORS', () => {
  test('an admin or owner may migrate', async () => {
    const { access, caller, audited } = await withPerson({ isAdmin: true });
    const person = { id: 'U1', email: 'u1@example.com', mayMigrate: true };
    expect(await access.admit(caller, WANTED)).toEqual(person);
    expect(await access.admitMigrator(caller, WANTED)).toEqual(person);
    expect(await audited()).toEqual([]);
  });

  test('another member is admitted, but not as a migrator', async () => {
    const { access, caller, audited } = await withPerson();
    expect(await access.admit(caller, WANTED)).toMatchObject({ mayMigrate: false });
    expect(await audited()).toEqual([]);
    expect(await denialOf(access.admitMigrator(caller, WANTED))).toBe('not_migrator');
    expect(await audited()).toHaveLength(1);
  });

  test('a member without an email is admitted', async () => {
    const { access, caller } = await withPerson({ email: null });
    expect(await access.admit(caller, WANTED)).toMatchObject({ email: null });
  });
});

describe('a check whether somebody would be admitted as a migrator', () => {
  test.each([
    ['an admin', { isAdmin: true }, {}, true],
    ['a member who is not an admin', {}, {}, false],
    ['an admin who is a guest', { isAdmin: true, isGuest: true }, {}, false],
    ['a member in MIGRATORS', {}, { migrators: { users: ['U1'], groups: [] } }, true],
    ['a deactivated person in MIGRATORS', { isDeactivated: true }, { migrators: { users: ['U1'], groups: [] } }, false],
    ['an admin who is not in MIGRATORS', { isAdmin: true }, { migrators: { users: ['U2'], groups: [] } }, false],
  ])('is answered for %s without recording a denial', async (_, changes, settings: Settings, may) => {
    const { access, audited } = await withPerson(changes, settings);
    expect(await access.isMigrator('U1')).toBe(may);
    expect(await access.isMigrator('U-UNKNOWN')).toBe(false);
    expect(await audited()).toEqual([]);
  });
});

describe('with MIGRATORS', () => {
  test('a user named in MIGRATORS may migrate, without a lookup of any group', async () => {
    const settings = { migrators: { users: ['U0', 'U1'], groups: ['S-UNKNOWN'] } };
    const { access, caller } = await withPerson({}, settings);
    expect(await access.admitMigrator(caller, WANTED)).toMatchObject({ mayMigrate: true });
  });

  test('a member of any group in MIGRATORS may migrate, as long as they are in it', async () => {
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
  ])('an admin who is not among the %s in MIGRATORS may not migrate', async (_, migrators) => {
    const { access, caller, people } = await withPerson({ isAdmin: true }, { migrators });
    people.groups.set('S1', ['U7']);
    expect(await denialOf(access.admitMigrator(caller, WANTED))).toBe('not_migrator');
  });

  test('a group that cannot be read does not stop anyone from looking, and stops from migrating only people who are in no other group', async () => {
    const settings = { migrators: { users: [], groups: ['S1', 'S-UNKNOWN'] } };
    const { access, caller, people, audited } = await withPerson({ isAdmin: true }, settings);
    people.groups.set('S1', ['U7']);
    expect(await access.admit(caller, WANTED)).toMatchObject({ mayMigrate: false });
    expect(await audited()).toEqual([]);
    await expect(access.admitMigrator(caller, WANTED)).rejects.toMatchObject({
      why: 'unverified',
      problem: { groupId: 'S-UNKNOWN', code: 'no_such_subteam' },
    });
    expect(await audited()).toHaveLength(1);
    people.groups.set('S1', ['U1']);
    expect(await access.admitMigrator(caller, WANTED)).toMatchObject({ mayMigrate: true });
  });
});

describe('denied people', () => {
  test.each<[string, Partial<SlackPerson>, string]>([
    ['a bot', { isBot: true }, 'bot'],
    ['a deactivated user', { isDeactivated: true }, 'deactivated'],
    ['a guest', { isGuest: true }, 'guest'],
    ['a user from another organisation', { isStranger: true }, 'foreign'],
    ['a user from another workspace', { teamIds: ['T2'] }, 'foreign'],
    ['a user from other workspaces of the same grid', { teamIds: ['T2', 'T3'] }, 'foreign'],
  ])('%s is denied, even as an admin, and this is audited once', async (_, changes, why) => {
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

  test('denies a guest even if MIGRATORS names them', async () => {
    const { access, caller } = await withPerson({ isGuest: true }, { migrators: { users: ['U1'], groups: [] } });
    expect(await denialOf(access.admitMigrator(caller, WANTED))).toBe('guest');
  });

  test('denies a user Slack does not know, and audits it once', async () => {
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
  test('a person of a grid is admitted if any of their workspaces is ours', async () => {
    const { access, caller } = await withPerson({ teamIds: ['T2', TEAM] });
    expect(await access.admit(caller, WANTED)).toMatchObject({ id: 'U1' });
  });

  test('the workspace in the payload decides where Slack names none', async () => {
    const { access, caller } = await withPerson({ teamIds: [] });
    expect(await access.admit(caller, WANTED)).toMatchObject({ id: 'U1' });
    expect(await denialOf(access.admit({ ...caller, teamId: 'T2' }, WANTED))).toBe('foreign');
    expect(await denialOf(access.admit({ ...caller, teamId: null }, WANTED))).toBe('foreign');
  });

  test('the workspace in the payload does not matter where Slack names one', async () => {
    const { access, caller } = await withPerson({ teamIds: ['T2'] });
    expect(await denialOf(access.admit({ ...caller, teamId: TEAM }, WANTED))).toBe('foreign');
  });
});

test('the first hundred denials of a person in an hour are recorded, independently of those of another person', async () => {
  const { access, caller, people, clock, stores } = await withPerson();
  people.add('U2');
  const recorded = async () => (await stores.audit.history(null, 0, 1_000)).total;
  for (let i = 0; i < 150; i++) expect(await denialOf(access.admitMigrator(caller, WANTED))).toBe('not_migrator');
  expect(await recorded()).toBe(100);
  await denialOf(access.admitMigrator({ ...caller, userId: 'U2' }, WANTED));
  expect(await recorded()).toBe(101);
  clock.advance(3_600);
  await denialOf(access.admitMigrator(caller, WANTED));
  expect(await recorded()).toBe(102);
});
