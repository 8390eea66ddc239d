import { describe, expect, test } from 'vitest';
import type { LocalSlack } from '../../playground/slack/local-slack.ts';
import { PEOPLE, type Person } from '../../playground/slack/users.ts';
import type { Migrators } from '../../src/access/access.ts';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import { ADMIN, ARCHIVED, GENERAL, MEMBER, OTHERS, SECRET, startSlack } from '../playground/slack-bolt.ts';
import { credential, digest, ORDINARY, ownerReminder } from './samples.ts';
import { messengerAt, serveSlack } from './setup.ts';

const REMINDER = ownerReminder([credential(ORDINARY)]);
const DIGEST = digest();

async function start(options: { migrators?: Migrators; users?: readonly Person[] } = {}) {
  const { slack, apiUrl } = await startSlack({ users: options.users ?? PEOPLE });
  return { slack, apiUrl, ...messengerAt(apiUrl, { migrators: options.migrators ?? { users: [], groups: [] } }) };
}

/** What the app sent to this person. */
function directMessages(slack: LocalSlack, userId: string): string[] {
  return slack.messagesSeenBy(userId, slack.directOf(userId)).map(({ text }) => text);
}

/** A numbered person. */
const person = (number: number, changes: Partial<Person> = {}): Person => ({
  id: `U0CROWD${number}`,
  name: `crowd${number}`,
  realName: `Crowd ${number}`,
  role: 'member',
  email: `crowd${number}@example.com`,
  ...changes,
});

describe('the lookup of an owner’s email', () => {
  const users = [
    ...PEOPLE,
    person(1, { isBot: true }),
    person(2, { isStranger: true }),
    person(3, { isRestricted: true }),
  ];
  const unreachable = (why: string) => ({ kind: 'unreachable', why });

  test.each([
    ['member@example.com', { kind: 'person', userId: MEMBER }],
    ['MEMBER@Example.COM', { kind: 'person', userId: MEMBER }],
    ['nobody@example.com', unreachable('unknown')],
    // Slack finds no one by the email of a person who left.
    ['left@example.com', unreachable('unknown')],
    ['guest@example.com', unreachable('guest')],
    ['crowd1@example.com', unreachable('not_a_member')],
    ['crowd2@example.com', unreachable('not_a_member')],
    ['crowd3@example.com', unreachable('guest')],
  ])('the lookup of %s finds %j', async (email, recipient) => {
    const { recipients } = await start({ users });
    expect(await recipients.recipient(email)).toEqual(recipient);
  });

  test('the lookup finds that a person of another workspace is not a member', async () => {
    const { apiUrl } = await start();
    const { recipients } = messengerAt(apiUrl, { teamId: 'T0ANOTHER1' });
    expect(await recipients.recipient('member@example.com')).toEqual(unreachable('not_a_member'));
  });

  test('the lookup finds that a person whom Slack returns as deleted is deactivated', async () => {
    const user = { id: 'U1', deleted: true, is_restricted: true };
    const { recipients } = messengerAt(await serveSlack({ user }));
    expect(await recipients.recipient('left@example.com')).toEqual(unreachable('deactivated'));
  });

  test.each([
    ['invalid_arguments', 'lookup_rejected'],
    ['whatever_new', 'lookup_rejected'],
    ['missing_scope', 'not_permitted'],
  ])('an owner whose lookup Slack rejects with %s is unreachable: %s', async (error, why) => {
    const { slack, recipients } = await start();
    slack.fail('users.lookupByEmail', { error });
    expect(await recipients.recipient('bi team')).toEqual(unreachable(why));
  });

  test.each([{ error: 'fatal_error' }, { error: 'token_revoked' }, { httpStatus: 500 }])(
    'the lookup rejects with Slack’s error, and finds the person next time: %j',
    async (fault) => {
      const { slack, recipients } = await start();
      slack.fail('users.lookupByEmail', fault);
      await expect(recipients.recipient('member@example.com')).rejects.not.toBeInstanceOf(RateLimitedError);
      expect(await recipients.recipient('member@example.com')).toEqual({ kind: 'person', userId: MEMBER });
    },
  );
});

describe('reminders', () => {
  test('reminders are posted as direct messages and in the channel, and say where they were posted', async () => {
    const { slack, messenger } = await start();
    const toOwner = await messenger.remindOwner(MEMBER, REMINDER);
    const [seen] = slack.messagesSeenBy(MEMBER, slack.directOf(MEMBER));
    expect(toOwner).toEqual({ kind: 'sent', message: { channel: slack.directOf(MEMBER), ts: seen?.ts } });
    for (const posted of [
      await messenger.postDigest(GENERAL, DIGEST, 0),
      await messenger.postAllDone(GENERAL, DIGEST.overview),
    ]) {
      expect(posted).toMatchObject({ kind: 'sent', message: { channel: GENERAL } });
    }
    expect(slack.messagesSeenBy(MEMBER, GENERAL).map(({ text }) => text.split('\n')[0])).toEqual([
      'Query Service credentials: 5500 left · 30 June 2025 · 7 days left',
      expect.stringMatching(/^\*No credential is Eligible any more; 5500 left/),
    ]);
    expect(slack.rejected).toEqual([]);
    for (const { args } of slack.calls) expect(args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
  });

  test.each([
    [OTHERS, 'not_in_channel'],
    [ARCHIVED, 'is_archived'],
    [SECRET, 'channel_not_found'],
    ['C0NOTHERE1', 'channel_not_found'],
  ])('a reminder to channel %s is rejected with %s', async (channel, code) => {
    const { messenger } = await start();
    expect(await messenger.postDigest(channel, DIGEST, 0)).toEqual({ kind: 'rejected', code });
    expect(await messenger.postAllDone(channel, DIGEST.overview)).toEqual({ kind: 'rejected', code });
  });

  test.each(['user_disabled', 'channel_not_found', 'cannot_dm_bot', 'messages_tab_disabled'])(
    'a reminder to a person is rejected with %s',
    async (error) => {
      const { slack, messenger } = await start();
      slack.fail('chat.postMessage', { error });
      expect(await messenger.remindOwner(MEMBER, REMINDER)).toEqual({ kind: 'rejected', code: error });
    },
  );

  test.each([
    { error: 'internal_error' },
    { error: 'service_unavailable' },
    { error: 'rate_limited' },
    { error: 'message_limit_exceeded' },
    { httpStatus: 503 },
  ])('an error of Slack throws, so that the reminder is sent again: %j', async (fault) => {
    const { slack, messenger } = await start();
    slack.fail('chat.postMessage', { ...fault, times: 2 });
    await expect(messenger.remindOwner(MEMBER, REMINDER)).rejects.not.toBeInstanceOf(RateLimitedError);
    await expect(messenger.postDigest(GENERAL, DIGEST, 0)).rejects.toThrow();
    expect(directMessages(slack, MEMBER)).toEqual([]);
  });

  test.each(['restricted_action_thread_only_channel', 'team_access_not_granted', 'whatever_new'])(
    'a rejection code for the channel, known or not, is the channel’s error: %s',
    async (error) => {
      const { slack, messenger } = await start();
      slack.fail('chat.postMessage', { error, times: 2 });
      expect(await messenger.postDigest(GENERAL, DIGEST, 0)).toEqual({ kind: 'rejected', code: error });
      expect(await messenger.postAllDone(GENERAL, DIGEST.overview)).toEqual({ kind: 'rejected', code: error });
    },
  );

  test('an unknown rejection code for a person is that person’s error, but a code for the app is not', async () => {
    const { slack, messenger } = await start();
    slack.fail('chat.postMessage', { error: 'whatever_new' });
    expect(await messenger.remindOwner(MEMBER, REMINDER)).toEqual({ kind: 'rejected', code: 'whatever_new' });
    for (const error of ['invalid_auth', 'accesslimited', 'two_factor_setup_required']) {
      slack.fail('chat.postMessage', { error });
      await expect(messenger.remindOwner(MEMBER, REMINDER)).rejects.toThrow(error);
    }
  });

  test('HTTP 429 throws Slack’s pause in milliseconds without waiting for it', async () => {
    const { slack, messenger, recipients } = await start();
    slack.fail('users.lookupByEmail', { retryAfter: 7 });
    slack.fail('chat.postMessage', { retryAfter: 3600, times: 3 });
    const calls = [
      [recipients.recipient('member@example.com'), 7_000],
      [messenger.remindOwner(MEMBER, REMINDER), 3_600_000],
      [messenger.postDigest(GENERAL, DIGEST, 0), 3_600_000],
      [messenger.postAllDone(GENERAL, DIGEST.overview), 3_600_000],
    ] as const;
    for (const [call, ms] of calls) {
      const thrown = await call.catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(RateLimitedError);
      expect(thrown).toMatchObject({ ms });
    }
  });
});

describe('notifications of a channel error', () => {
  const CODE = 'not_in_channel';
  const ADMINS = { isAdmin: true };
  const CROWD = Array.from({ length: 450 }, (_, i) => person(i));

  test('each migrator is notified of a channel error once', async () => {
    const { slack, messenger } = await start({ migrators: { users: [ADMIN, MEMBER], groups: ['S0MIGRATOR'] } });
    await messenger.notifyChannelError(OTHERS, CODE);
    for (const userId of [ADMIN, MEMBER]) {
      expect(directMessages(slack, userId)).toEqual([
        expect.stringContaining(`Reminders cannot be posted to <#${OTHERS}> (\`${CODE}\`)`),
      ]);
    }
    expect(slack.rejected).toEqual([]);
    expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(2);
  });

  test('only a group’s members are notified of a channel error when no person is configured', async () => {
    const { slack, messenger } = await start({ migrators: { users: [], groups: ['S0MIGRATOR'] } });
    await messenger.notifyChannelError(OTHERS, CODE);
    expect(directMessages(slack, ADMIN)).toHaveLength(1);
    expect(slack.calls.map(({ method }) => method)).toEqual(['usergroups.users.list', 'chat.postMessage']);
  });

  test('admins and owners on every page of users are notified of a channel error by default', async () => {
    const { slack, messenger } = await start({
      users: [
        ...CROWD,
        person(1_001, ADMINS),
        person(1_002, { isOwner: true }),
        person(1_003, { ...ADMINS, deleted: true }),
        person(1_004, { ...ADMINS, isBot: true }),
      ],
    });
    await messenger.notifyChannelError(OTHERS, CODE);
    const posted = slack.calls.filter(({ method }) => method === 'chat.postMessage');
    expect(posted.map(({ args }) => args['channel'])).toEqual(['U0CROWD1001', 'U0CROWD1002']);
    expect(slack.calls.filter(({ method }) => method === 'users.list')).toHaveLength(3);
  });

  test('at most twenty people are notified of a channel error', async () => {
    const { slack, messenger } = await start({ users: CROWD.map((each) => ({ ...each, ...ADMINS })) });
    await messenger.notifyChannelError(OTHERS, CODE);
    expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(20);
    expect(slack.calls.filter(({ method }) => method === 'users.list')).toHaveLength(1);
  });

  test('at most twenty configured migrators are notified of a channel error', async () => {
    const { slack, messenger } = await start({
      users: CROWD,
      migrators: { users: CROWD.map(({ id }) => id), groups: [] },
    });
    await messenger.notifyChannelError(OTHERS, CODE);
    expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(20);
  });

  test('a migrator who receives no messages does not keep the others from being notified', async () => {
    const { slack, messenger } = await start({ migrators: { users: [ADMIN, MEMBER], groups: [] } });
    slack.fail('chat.postMessage', { error: 'user_disabled' });
    await messenger.notifyChannelError(OTHERS, CODE);
    expect(directMessages(slack, ADMIN)).toEqual([]);
    expect(directMessages(slack, MEMBER)).toHaveLength(1);
  });

  test('a migrator for whom Slack fails does not keep the others from being notified', async () => {
    const { slack, messenger, warnings } = await start({ migrators: { users: [ADMIN, MEMBER], groups: [] } });
    slack.fail('chat.postMessage', { httpStatus: 500 });
    expect(await messenger.notifyChannelError(OTHERS, CODE)).toBe(true);
    expect(directMessages(slack, MEMBER)).toHaveLength(1);
    expect(warnings).toHaveLength(1);
  });

  test('no one is notified while Slack asks for a pause, and the notification is to be tried again', async () => {
    const { slack, messenger } = await start({ migrators: { users: [ADMIN, MEMBER], groups: [] } });
    slack.fail('chat.postMessage', { retryAfter: 30 });
    expect(await messenger.notifyChannelError(OTHERS, CODE)).toBe(false);
    expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(1);
  });

  test('a group that cannot be read does not keep the others from being notified', async () => {
    const { slack, messenger, warnings } = await start({ migrators: { users: [ADMIN], groups: ['S0MIGRATOR'] } });
    slack.fail('usergroups.users.list', { httpStatus: 500 });
    await messenger.notifyChannelError(OTHERS, CODE);
    expect(directMessages(slack, ADMIN)).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  test.each([
    ['usergroups.users.list', { users: [], groups: ['S0MIGRATOR'] }],
    ['chat.postMessage', { users: [ADMIN], groups: [] }],
  ])('notifying the migrators only logs a warning when %s fails', async (method, migrators) => {
    const { slack, messenger, warnings } = await start({ migrators });
    slack.fail(method, { httpStatus: 500 });
    expect(await messenger.notifyChannelError(OTHERS, CODE)).toBe(false);
    expect(directMessages(slack, ADMIN)).toEqual([]);
    expect(warnings).toHaveLength(1);
  });
});
