import { webApi } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import type { LocalSlack } from '../../playground/slack/local-slack.ts';
import { TEAM_ID } from '../../playground/slack/state.ts';
import { PEOPLE, type Person } from '../../playground/slack/users.ts';
import type { Migrators } from '../../src/access/access.ts';
import { boltLogger, createLogger } from '../../src/lib/log.ts';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import type { Digest } from '../../src/reminders/rounds.ts';
import { SlackPeople } from '../../src/slack/people.ts';
import { SlackReminderMessenger } from '../../src/slack/reminder-post.ts';
import { SILENT } from '../migrations/setup.ts';
import {
  ADMIN,
  ARCHIVED,
  BOT_TOKEN,
  GENERAL,
  MEMBER,
  OTHERS,
  SECRET,
  startSlack,
} from '../playground/slack-bolt.ts';
import { credential, NOW, ORDINARY, overview } from './samples.ts';
import { serve } from './setup.ts';

const NO_MIGRATORS: Migrators = { users: [], groups: [] };
const REMINDER = { credentials: [credential(ORDINARY)], days: 7, maySnooze: true };
const DIGEST: Digest = { days: 7, overview: overview(null), groups: [], pause: null, now: NOW };
const { counts } = DIGEST.overview;

/** Reminders in the Slack at this address. */
function postTo(apiUrl: string, { migrators = NO_MIGRATORS, teamId = TEAM_ID } = {}): SlackReminderMessenger {
  const client = new webApi.WebClient(BOT_TOKEN, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: boltLogger(createLogger({ level: 'silent', secrets: [] })),
  });
  const parts = { client, people: new SlackPeople(client), clock: { now: () => NOW }, logger: SILENT };
  return new SlackReminderMessenger(parts, { migrators, teamId });
}

async function start(migrators: Migrators = NO_MIGRATORS, users: readonly Person[] = PEOPLE) {
  const { slack, apiUrl } = await startSlack({ users });
  return { slack, apiUrl, post: postTo(apiUrl, { migrators }) };
}

/** What the app wrote to this person. */
function told(slack: LocalSlack, userId: string): string[] {
  return slack.messagesSeenBy(userId, slack.directOf(userId)).map(({ text }) => text);
}

/** Somebody, by number. */
const person = (number: number, changes: Partial<Person> = {}): Person => ({
  id: `U0CROWD${number}`,
  name: `crowd${number}`,
  realName: `Crowd ${number}`,
  role: 'member',
  email: `crowd${number}@example.com`,
  ...changes,
});

describe('an owner’s email', () => {
  const users = [
    ...PEOPLE,
    person(1, { isBot: true }),
    person(2, { isStranger: true }),
    person(3, { isRestricted: true }),
  ];
  const away = (why: string) => ({ kind: 'unreachable', why });

  test.each([
    ['member@example.com', { kind: 'person', userId: MEMBER }],
    ['MEMBER@Example.COM', { kind: 'person', userId: MEMBER }],
    ['nobody@example.com', away('unknown')],
    // Slack finds nobody by the email of somebody who left.
    ['left@example.com', away('unknown')],
    ['guest@example.com', away('guest')],
    ['crowd1@example.com', away('not_a_member')],
    ['crowd2@example.com', away('not_a_member')],
    ['crowd3@example.com', away('guest')],
  ])('%s is %j', async (email, recipient) => {
    const { post } = await start(NO_MIGRATORS, users);
    expect(await post.recipient(email)).toEqual(recipient);
  });

  test('of another workspace is not a member’s', async () => {
    const { apiUrl } = await start();
    const post = postTo(apiUrl, { teamId: 'T0ANOTHER1' });
    expect(await post.recipient('member@example.com')).toEqual(away('not_a_member'));
  });

  test('of somebody whom Slack gives as deleted is a deactivated one’s', async () => {
    const url = await serve((_, res) => {
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify({ ok: true, user: { id: 'U1', deleted: true, is_restricted: true } }));
    });
    expect(await postTo(url).recipient('left@example.com')).toEqual(away('deactivated'));
  });

  test.each([{ error: 'fatal_error' }, { error: 'missing_scope' }, { httpStatus: 500 }])(
    'is not known for the moment: %j',
    async (fault) => {
      const { slack, post } = await start();
      slack.fail('users.lookupByEmail', fault);
      await expect(post.recipient('member@example.com')).rejects.not.toBeInstanceOf(RateLimitedError);
      expect(await post.recipient('member@example.com')).toEqual({ kind: 'person', userId: MEMBER });
    },
  );
});

describe('a message', () => {
  test('stands where it was posted: in the person’s direct messages, or in the channel', async () => {
    const { slack, post } = await start();
    const toOwner = await post.remindOwner(MEMBER, REMINDER);
    const [seen] = slack.messagesSeenBy(MEMBER, slack.directOf(MEMBER));
    expect(toOwner).toEqual({
      kind: 'sent',
      message: { channel: slack.directOf(MEMBER), ts: seen?.ts },
    });
    for (const posted of [
      await post.postDigest(GENERAL, DIGEST),
      await post.postAllDone(GENERAL, DIGEST.overview),
    ]) {
      expect(posted).toMatchObject({ kind: 'sent', message: { channel: GENERAL } });
    }
    expect(slack.messagesSeenBy(MEMBER, GENERAL).map(({ text }) => text.split('\n')[0])).toEqual([
      `*Query Service credentials: 7 days left.* ${counts.eligible} open, ${counts.migrated} migrated.`,
      expect.stringMatching(/^🎉 \*Nothing is left to migrate/),
    ]);
    expect(slack.refused).toEqual([]);
    for (const { args } of slack.calls)
      expect(args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
  });

  test.each([
    [OTHERS, 'not_in_channel'],
    [ARCHIVED, 'is_archived'],
    [SECRET, 'channel_not_found'],
    ['C0NOTHERE1', 'channel_not_found'],
  ])('to channel %s is refused: %s', async (channel, code) => {
    const { post } = await start();
    expect(await post.postDigest(channel, DIGEST)).toEqual({ kind: 'rejected', code });
    expect(await post.postAllDone(channel, DIGEST.overview)).toEqual({ kind: 'rejected', code });
  });

  test.each(['user_disabled', 'channel_not_found', 'cannot_dm_bot', 'messages_tab_disabled'])(
    'to a person is refused: %s',
    async (error) => {
      const { slack, post } = await start();
      slack.fail('chat.postMessage', { error });
      expect(await post.remindOwner(MEMBER, REMINDER)).toEqual({ kind: 'rejected', code: error });
    },
  );

  test.each([{ error: 'internal_error' }, { error: 'invalid_auth' }, { httpStatus: 503 }])(
    'is to be tried again: %j',
    async (fault) => {
      const { slack, post } = await start();
      slack.fail('chat.postMessage', { ...fault, times: 2 });
      await expect(post.remindOwner(MEMBER, REMINDER)).rejects.not.toBeInstanceOf(RateLimitedError);
      await expect(post.postDigest(GENERAL, DIGEST)).rejects.toThrow();
      expect(told(slack, MEMBER)).toEqual([]);
    },
  );
});

test('429 is a pause of as many seconds as Slack says, and is not waited for here', async () => {
  const { slack, post } = await start();
  slack.fail('users.lookupByEmail', { retryAfter: 7 });
  slack.fail('chat.postMessage', { retryAfter: 3600, times: 3 });
  const calls = [
    [post.recipient('member@example.com'), 7_000],
    [post.remindOwner(MEMBER, REMINDER), 3_600_000],
    [post.postDigest(GENERAL, DIGEST), 3_600_000],
    [post.postAllDone(GENERAL, DIGEST.overview), 3_600_000],
  ] as const;
  for (const [call, ms] of calls) {
    const thrown = await call.catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(RateLimitedError);
    expect(thrown).toMatchObject({ ms });
  }
});

describe('that the channel refuses is told', () => {
  const WORDS = `Reminders cannot be posted to <#${OTHERS}> (\`not_in_channel\`)`;

  test('to those who may migrate, each once', async () => {
    const { slack, post } = await start({ users: [ADMIN, MEMBER], groups: ['S0MIGRATOR'] });
    await post.notifyChannelError(OTHERS, 'not_in_channel');
    for (const userId of [ADMIN, MEMBER]) {
      expect(told(slack, userId)).toEqual([expect.stringContaining(WORDS)]);
    }
    expect(slack.refused).toEqual([]);
    expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(2);
  });

  test('to a group’s members alone, where no person is named', async () => {
    const { slack, post } = await start({ users: [], groups: ['S0MIGRATOR'] });
    await post.notifyChannelError(OTHERS, 'not_in_channel');
    expect(told(slack, ADMIN)).toHaveLength(1);
    expect(slack.calls.map(({ method }) => method)).toEqual(['usergroups.users.list', 'chat.postMessage']);
  });

  const ADMINS = { isAdmin: true };
  const CROWD = Array.from({ length: 450 }, (_, i) => person(i));

  test('to the workspace’s admins and owners, where nobody is named, on whatever page Slack has them', async () => {
    const { slack, post } = await start(NO_MIGRATORS, [
      ...CROWD,
      person(1_001, ADMINS),
      person(1_002, { isOwner: true }),
      person(1_003, { ...ADMINS, deleted: true }),
      person(1_004, { ...ADMINS, isBot: true }),
    ]);
    await post.notifyChannelError(OTHERS, 'not_in_channel');
    const posted = slack.calls.filter(({ method }) => method === 'chat.postMessage');
    expect(posted.map(({ args }) => args['channel'])).toEqual(['U0CROWD1001', 'U0CROWD1002']);
    expect(slack.calls.filter(({ method }) => method === 'users.list')).toHaveLength(3);
  });

  test('to twenty people at most', async () => {
    const { slack, post } = await start(
      NO_MIGRATORS,
      CROWD.map((each) => ({ ...each, ...ADMINS })),
    );
    await post.notifyChannelError(OTHERS, 'not_in_channel');
    expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(20);
    expect(slack.calls.filter(({ method }) => method === 'users.list')).toHaveLength(1);
  });

  test('to the others, where one takes no message', async () => {
    const { slack, post } = await start({ users: [ADMIN, MEMBER], groups: [] });
    slack.fail('chat.postMessage', { error: 'user_disabled' });
    await post.notifyChannelError(OTHERS, 'not_in_channel');
    expect(told(slack, ADMIN)).toEqual([]);
    expect(told(slack, MEMBER)).toHaveLength(1);
  });

  test.each(['usergroups.users.list', 'chat.postMessage'])(
    'as far as Slack lets it: %s fails',
    async (method) => {
      const { slack, post } = await start({ users: [ADMIN], groups: ['S0MIGRATOR'] });
      slack.fail(method, { httpStatus: 500 });
      await expect(post.notifyChannelError(OTHERS, 'not_in_channel')).resolves.toBeUndefined();
      expect(told(slack, ADMIN)).toEqual([]);
    },
  );
});
