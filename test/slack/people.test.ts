import { describe, expect, test } from 'vitest';
import { LookupError, type SlackPerson } from '../../src/access/access.ts';
import { NO_RESPONSE, type SlackPeople } from '../../src/slack/people.ts';
import { ADMIN, GUEST, LEFT, MEMBER, startSlack } from '../playground/slack-bolt.ts';
import { peopleAt, serveSlack, watchedPeopleAt } from './setup.ts';

const PLAIN: SlackPerson = {
  id: 'U1',
  email: null,
  teamIds: [],
  isAdmin: false,
  isGuest: false,
  isStranger: false,
  isBot: false,
  isDeactivated: false,
};

/** The people of a Slack that responds to every call with these fields. */
async function peopleOf(fields: object): Promise<SlackPeople> {
  return peopleAt(await serveSlack(fields));
}

function problemOf(error: unknown) {
  if (!(error instanceof LookupError)) throw error;
  return error.problem;
}

test.each<[object, Partial<SlackPerson>]>([
  [{}, {}],
  [{ profile: {} }, {}],
  [{ profile: { email: '' } }, {}],
  [{ profile: { email: 'a@example.com' } }, { email: 'a@example.com' }],
  [{ team_id: 'T1' }, { teamIds: ['T1'] }],
  [{ team_id: 'T1', enterprise_user: { teams: ['T2', 'T3'] } }, { teamIds: ['T1', 'T2', 'T3'] }],
  [{ enterprise_user: {} }, {}],
  [{ is_admin: true }, { isAdmin: true }],
  [{ is_owner: true }, { isAdmin: true }],
  [{ is_primary_owner: true }, { isAdmin: true }],
  [{ is_restricted: true }, { isGuest: true }],
  [{ is_ultra_restricted: true }, { isGuest: true }],
  [{ is_stranger: true }, { isStranger: true }],
  [{ is_bot: true }, { isBot: true }],
  [{ deleted: true }, { isDeactivated: true }],
])('a Slack user with %j is read as a person with %j', async (fields, person) => {
  const people = await peopleOf({ user: { id: 'U1', ...fields } });
  expect(await people.person('U1')).toEqual({ ...PLAIN, ...person });
});

test.each([
  ['no user', {}],
  ['a user without an id', { user: {} }],
  ['a right that is not a boolean', { user: { id: 'U1', is_restricted: 'false' } }],
  ['a workspace id that is not a string', { user: { id: 'U1', team_id: 7 } }],
])('looking up a person throws when Slack returns %s', async (_, fields) => {
  const people = await peopleOf(fields);
  await expect(people.person('U1')).rejects.toMatchObject({ cause: { message: expect.stringMatching(/expected/i) } });
});

test('people in the local Slack are read with their rights', async () => {
  const { apiUrl } = await startSlack();
  const people = peopleAt(apiUrl);
  expect(await people.person(ADMIN)).toMatchObject({ isAdmin: true, email: 'admin@example.com' });
  expect(await people.person(MEMBER)).toMatchObject({ isAdmin: false, isGuest: false, isStranger: false });
  expect(await people.person(GUEST)).toMatchObject({ isGuest: true });
  expect(await people.person(LEFT)).toMatchObject({ isDeactivated: true });
  expect(await people.person('U0NOBODY01').catch(problemOf)).toMatchObject({ code: 'user_not_found' });
});

test('the members of a user group are read from Slack', async () => {
  const { apiUrl } = await startSlack();
  const people = peopleAt(apiUrl);
  expect(await people.membersOf('S0MIGRATOR')).toEqual([ADMIN]);
  expect(await people.membersOf('S0NOTHING1').catch(problemOf)).toMatchObject({
    groupId: 'S0NOTHING1',
    code: 'no_such_subteam',
  });
});

test('reading a user group throws when Slack returns no list of members', async () => {
  await expect((await peopleOf({})).membersOf('S1')).rejects.toMatchObject({
    cause: { message: expect.stringMatching(/expected array/) },
  });
});

describe('the members of a user group', () => {
  const METHOD = 'usergroups.users.list';
  const start = async () => {
    const { slack, apiUrl } = await startSlack();
    const asked = () => slack.calls.filter(({ method }) => method === METHOD).length;
    return { slack, asked, ...watchedPeopleAt(apiUrl) };
  };

  test('are looked up once a minute, for all callers together', async () => {
    const { people, clock, asked } = await start();
    await Promise.all(Array.from({ length: 20 }, () => people.membersOf('S0MIGRATOR')));
    clock.advance(59);
    await people.membersOf('S0MIGRATOR');
    expect(asked()).toBe(1);
    clock.advance(1);
    await people.membersOf('S0MIGRATOR');
    expect(asked()).toBe(2);
    // A clock that is set back does not make the cache last longer.
    clock.set(-3_600);
    await people.membersOf('S0MIGRATOR');
    expect(asked()).toBe(3);
  });

  test('are looked up only once a minute even when Slack rejects the lookup, and the error and its end are reported', async () => {
    const { slack, people, clock, asked, noted } = await start();
    slack.fail(METHOD, { error: 'plan_upgrade_required' });
    for (let i = 0; i < 3; i++) {
      expect(await people.membersOf('S0MIGRATOR').catch(problemOf)).toMatchObject({ code: 'plan_upgrade_required' });
    }
    expect(asked()).toBe(1);
    clock.advance(60);
    expect(await people.membersOf('S0MIGRATOR')).toEqual([ADMIN]);
    expect(noted).toEqual([
      ['S0MIGRATOR', 'plan_upgrade_required'],
      ['S0MIGRATOR', null],
    ]);
  });

  test.each([
    ['responds with internal_error', { error: 'internal_error' }],
    ['responds with HTTP 500', { httpStatus: 500 }],
  ])(
    'are looked up only once a minute even when Slack %s, and again no later than a minute after that',
    async (_, failure) => {
      const { slack, people, clock, asked, noted } = await start();
      slack.fail(METHOD, { ...failure, times: 1 });
      const lookUp = () => people.membersOf('S0MIGRATOR').catch(problemOf);
      const failed = { code: null, retryAfterMs: null };
      expect(await Promise.all([lookUp(), lookUp()])).toMatchObject([failed, failed]);
      // Look-ups in the meantime do not make the failure last longer.
      for (let i = 0; i < 59; i++) {
        clock.advance(1);
        expect(await lookUp()).toMatchObject(failed);
      }
      expect(asked()).toBe(1);
      clock.advance(1);
      expect(await lookUp()).toEqual([ADMIN]);
      expect(asked()).toBe(2);
      expect(noted).toEqual([
        ['S0MIGRATOR', NO_RESPONSE],
        ['S0MIGRATOR', null],
      ]);
    },
  );

  test('are looked up again a minute after the start of a lookup that got no response, not a minute after its timeout', async () => {
    const { slack, people, clock, asked } = await start();
    slack.fail(METHOD, { error: 'internal_error', times: 1 });
    const first = people.membersOf('S0MIGRATOR').catch(problemOf);
    clock.advance(60);
    expect(await first).toMatchObject({ code: null });
    expect(await people.membersOf('S0MIGRATOR')).toEqual([ADMIN]);
    expect(asked()).toBe(2);
  });

  test('are not looked up while Slack asks for a pause, which delays no other lookup', async () => {
    const { slack, people, clock, asked, noted } = await start();
    slack.fail(METHOD, { retryAfter: 30 });
    expect(await people.membersOf('S0MIGRATOR').catch(problemOf)).toMatchObject({ retryAfterMs: 30_000 });
    expect(noted).toEqual([]);
    clock.advance(10);
    expect(await people.membersOf('S0MIGRATOR').catch(problemOf)).toMatchObject({ retryAfterMs: 20_000 });
    expect(await people.person(ADMIN)).toMatchObject({ isAdmin: true });
    expect(asked()).toBe(1);
    clock.advance(20);
    expect(await people.membersOf('S0MIGRATOR')).toEqual([ADMIN]);
  });
});

test('a clock that is set back does not lengthen a pause that Slack asked for', async () => {
  const { slack, apiUrl } = await startSlack();
  const { people, clock } = watchedPeopleAt(apiUrl);
  slack.fail('users.info', { retryAfter: 30 });
  expect(await people.person(ADMIN).catch(problemOf)).toMatchObject({ retryAfterMs: 30_000 });
  clock.set(-3_600);
  clock.advance(30);
  expect(await people.person(ADMIN)).toMatchObject({ isAdmin: true });
});
