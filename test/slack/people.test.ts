import { expect, test } from 'vitest';
import type { SlackPerson } from '../../src/access/access.ts';
import { slackErrorCode } from '../../src/slack/errors.ts';
import { SlackPeople } from '../../src/slack/people.ts';
import { ADMIN, GUEST, LEFT, MEMBER, startSlack } from '../playground/slack-bolt.ts';
import { serveSlack, webClient } from './setup.ts';

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
  return new SlackPeople(webClient(await serveSlack(fields)));
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
  ['a right that is no boolean', { user: { id: 'U1', is_restricted: 'false' } }],
  ['a workspace that is no id', { user: { id: 'U1', team_id: 7 } }],
])('looking up a person throws when Slack returns %s', async (_, fields) => {
  const people = await peopleOf(fields);
  await expect(people.person('U1')).rejects.toThrow(/expected/i);
});

test('people of the local Slack are read with their rights', async () => {
  const { apiUrl } = await startSlack();
  const people = new SlackPeople(webClient(apiUrl));
  expect(await people.person(ADMIN)).toMatchObject({ isAdmin: true, email: 'admin@example.com' });
  expect(await people.person(MEMBER)).toMatchObject({ isAdmin: false, isGuest: false, isStranger: false });
  expect(await people.person(GUEST)).toMatchObject({ isGuest: true });
  expect(await people.person(LEFT)).toMatchObject({ isDeactivated: true });
  expect(await people.person('U0NOBODY01').catch(slackErrorCode)).toBe('user_not_found');
});

test('the members of a user group are read from Slack', async () => {
  const { apiUrl } = await startSlack();
  const people = new SlackPeople(webClient(apiUrl));
  expect(await people.membersOf('S0MIGRATOR')).toEqual([ADMIN]);
  expect(await people.membersOf('S0NOTHING1').catch(slackErrorCode)).toBe('no_such_subteam');
});

test('reading a user group throws when Slack returns no list of members', async () => {
  await expect((await peopleOf({})).membersOf('S1')).rejects.toThrow(/expected array/);
});
