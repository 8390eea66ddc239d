import { describe, expect, test } from 'vitest';
import type { SlackPerson } from '../../src/access/access.ts';
import { slackErrorCode } from '../../src/slack/errors.ts';
import { SlackPeople } from '../../src/slack/people.ts';
import { ADMIN, GUEST, LEFT, MEMBER, startSlack } from '../playground/slack-bolt.ts';
import { serve, webClient } from './setup.ts';

const NOBODY: SlackPerson = {
  id: 'U1',
  email: null,
  teamIds: [],
  isAdmin: false,
  isGuest: false,
  isStranger: false,
  isBot: false,
  isDeactivated: false,
};

/** People of a Slack that answers every call with this. */
async function peopleOf(answer: object): Promise<SlackPeople> {
  const url = await serve((_, res) => {
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ ok: true, ...answer }));
  });
  return new SlackPeople(webClient(url));
}

describe('users.info', () => {
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
  ])('of %j is %j', async (fields, person) => {
    const people = await peopleOf({ user: { id: 'U1', ...fields } });
    expect(await people.person('U1')).toEqual({ ...NOBODY, ...person });
  });

  test.each([
    ['nobody', {}],
    ['no id', { user: {} }],
    ['a right that is no yes or no', { user: { id: 'U1', is_restricted: 'false' } }],
    ['a workspace that is no id', { user: { id: 'U1', team_id: 7 } }],
  ])('of %s tells nothing: it fails', async (_, answer) => {
    const people = await peopleOf(answer);
    await expect(people.person('U1')).rejects.toThrow(/expected/i);
  });

  test('of the local Slack is the same person', async () => {
    const { apiUrl } = await startSlack();
    const people = new SlackPeople(webClient(apiUrl));
    expect(await people.person(ADMIN)).toMatchObject({ isAdmin: true, email: 'admin@example.com' });
    expect(await people.person(MEMBER)).toMatchObject({ isAdmin: false, isGuest: false, isStranger: false });
    expect(await people.person(GUEST)).toMatchObject({ isGuest: true });
    expect(await people.person(LEFT)).toMatchObject({ isDeactivated: true });
    const failure = await people.person('U0NOBODY01').catch(slackErrorCode);
    expect(failure).toBe('user_not_found');
  });
});

describe('a user group', () => {
  test('has members', async () => {
    const { apiUrl } = await startSlack();
    const people = new SlackPeople(webClient(apiUrl));
    expect(await people.membersOf('S0MIGRATOR')).toEqual([ADMIN]);
    expect(await people.membersOf('S0NOTHING1').catch(slackErrorCode)).toBe('no_such_subteam');
  });

  test('without a list of them fails', async () => {
    await expect((await peopleOf({})).membersOf('S1')).rejects.toThrow(/expected array/);
  });
});
