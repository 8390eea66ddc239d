import { describe, expect, test } from 'vitest';
import { SlackChannels } from '../../src/slack/channels.ts';
import { buttonIds } from '../app/sent.ts';
import { ADMIN, GENERAL, GUEST, MEMBER, startSlack } from '../playground/slack-bolt.ts';
import { TestClock } from '../support/clock.ts';
import { confirmed, credential, migration, ORDINARY, overview } from './samples.ts';
import { messengerAt, peopleAt, serve, webClient } from './setup.ts';

const ENDED = { kind: 'ended' } as const;
const RUNNING = { kind: 'running', elapsedSeconds: 8, expectedSeconds: 40 } as const;
const ALWAYS = { times: Number.POSITIVE_INFINITY };

async function start() {
  const { slack, apiUrl } = await startSlack();
  const rejectEverywhere = (error: string, ...channels: string[]) => {
    for (const channel of channels) slack.fail('chat.postMessage', { error, channel, ...ALWAYS });
  };
  const seen = (channel: string) => slack.messagesSeenBy(ADMIN, channel);
  return { slack, apiUrl, seen, rejectEverywhere, ...messengerAt(apiUrl) };
}

const asked = migration(ORDINARY, { questionMessage: { channel: GENERAL, ts: '1.1' } });
/** Asked by the member, confirmed by the admin. */
const ENDED_MIGRATION = confirmed(ORDINARY, { channel: GENERAL, askedBy: MEMBER, decidedBy: ADMIN, state: 'migrated' });

describe('a channel that accepts no message', () => {
  test.each(['restricted_action_thread_only_channel', 'team_access_not_granted', 'whatever_new', 'not_in_channel'])(
    'the end goes to the person who confirmed when the channel answers %s, and that is logged once',
    async (error) => {
      const { slack, messenger, seen, rejectEverywhere, warnings } = await start();
      rejectEverywhere(error, GENERAL);
      for (let i = 0; i < 3; i++) await messenger.show(ENDED_MIGRATION, ENDED);
      expect(seen(slack.directOf(ADMIN)).map(({ text }) => text)[0]).toMatch(/^✅ \*Migrated\*/);
      expect(warnings).toEqual([{ recipient: GENERAL, code: error }]);
    },
  );

  test('the end goes to the person who asked when the one who confirmed cannot be reached either', async () => {
    const { slack, messenger, rejectEverywhere } = await start();
    rejectEverywhere('cannot_dm_bot', GENERAL, ADMIN);
    expect((await messenger.show(ENDED_MIGRATION, ENDED))?.channel).toBe(slack.directOf(MEMBER));
  });

  test('the end goes to another migrator when nobody with a part in the migration can be reached', async () => {
    const { slack, messenger, rejectEverywhere } = await start();
    rejectEverywhere('user_disabled', GENERAL, MEMBER, GUEST);
    const ended = { ...ENDED_MIGRATION, decidedBy: GUEST };
    expect((await messenger.show(ended, ENDED))?.channel).toBe(slack.directOf(ADMIN));
  });

  test('progress does not go to people who have no part in the migration', async () => {
    const { slack, messenger, rejectEverywhere } = await start();
    rejectEverywhere('user_disabled', GENERAL, ADMIN);
    expect(await messenger.show({ ...ENDED_MIGRATION, state: 'running' }, RUNNING)).toBeNull();
    expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(2);
  });

  test('an end that Slack rejects everywhere is returned as rejected, even when the migrators cannot be read', async () => {
    const { slack, messenger } = await start();
    slack.fail('chat.postMessage', { error: 'invalid_auth', ...ALWAYS });
    slack.fail('users.list', { error: 'invalid_auth', ...ALWAYS });
    expect(await messenger.show(ENDED_MIGRATION, ENDED)).toBeNull();
  });

  test('a question is not posted there, whatever the code', async () => {
    const { messenger, rejectEverywhere } = await start();
    rejectEverywhere('whatever_new', GENERAL);
    expect(await messenger.post(migration(ORDINARY, { channel: GENERAL }), credential(ORDINARY), [])).toBeNull();
  });

  test('an HTML page in place of a response does not count as a rejection', async () => {
    const { messenger } = messengerAt(await serve((_, res) => res.end('<html>maintenance</html>')));
    await expect(messenger.show(ENDED_MIGRATION, ENDED)).rejects.toThrow();
    const silent = messengerAt(await serve((_, res) => res.end('{}')));
    await expect(silent.messenger.postAllDone(GENERAL, overview(null))).rejects.toThrow();
  });
});

describe('a message that cannot be edited', () => {
  test.each(['edit_window_closed', 'cant_update_message', 'message_not_found', 'whatever_new'])(
    'progress is posted once more, then only the end, when edits are rejected with %s',
    async (error) => {
      const { slack, messenger, seen } = await start();
      slack.fail('chat.update', { error, ...ALWAYS });
      let message = await messenger.show({ ...ENDED_MIGRATION, state: 'running' }, { kind: 'confirmed' });
      for (let i = 0; i < 10; i++)
        message = await messenger.show({ ...ENDED_MIGRATION, state: 'running', message }, RUNNING);
      await messenger.show({ ...ENDED_MIGRATION, message }, ENDED);
      expect(seen(GENERAL)).toHaveLength(3);
      expect(seen(GENERAL).at(-1)?.text).toMatch(/^✅/);
    },
  );

  test('progress moves to the person who confirmed when the channel is archived meanwhile', async () => {
    const { slack, messenger, seen, rejectEverywhere } = await start();
    let message = await messenger.show({ ...ENDED_MIGRATION, state: 'running' }, { kind: 'confirmed' });
    rejectEverywhere('is_archived', GENERAL);
    slack.fail('chat.update', { error: 'is_archived', channel: GENERAL, ...ALWAYS });
    for (let i = 0; i < 3; i++)
      message = await messenger.show({ ...ENDED_MIGRATION, state: 'running', message }, RUNNING);
    await messenger.show({ ...ENDED_MIGRATION, message }, ENDED);
    expect(seen(slack.directOf(ADMIN))).toMatchObject([{ text: expect.stringMatching(/^✅/), edited: true }]);
  });
});

test('the end goes to the person who confirmed when the channel has been shared with another company meanwhile', async () => {
  const { slack, apiUrl, seen } = await start();
  let isShared = false;
  const { messenger } = messengerAt(apiUrl, { isShared: async () => isShared });
  const running = { ...ENDED_MIGRATION, state: 'running' } as const;
  const message = await messenger.show(running, { kind: 'confirmed' });
  isShared = true;
  const moved = await messenger.show({ ...running, message }, RUNNING);
  expect(moved?.channel).toBe(slack.directOf(ADMIN));
  isShared = false;
  expect((await messenger.show({ ...ENDED_MIGRATION, message: moved }, ENDED))?.ts).toBe(moved?.ts);
  expect(seen(GENERAL)).toMatchObject([{ text: expect.stringContaining('*Confirmed*'), edited: false }]);
});

describe('a message that Slack finds too long', () => {
  test.each(['msg_blocks_too_long', 'msg_too_long', 'invalid_blocks'])(
    'a message rejected with %s is shortened and sent, its buttons included',
    async (error) => {
      const { slack, messenger, seen } = await start();
      const needsAttention = { ...ENDED_MIGRATION, state: 'needs_attention' } as const;
      slack.fail('chat.postMessage', { error });
      const message = await messenger.show(needsAttention, ENDED);
      expect(seen(GENERAL)[0]?.blocks).toHaveLength(2);
      expect(buttonIds({ blocks: seen(GENERAL)[0]?.blocks ?? [] })).toEqual(['check_again', 'mark_resolved']);
      slack.fail('chat.update', { error });
      expect(await messenger.show({ ...needsAttention, message }, ENDED)).toBe(message);
      expect(seen(GENERAL)).toHaveLength(1);
    },
  );
});

test('ok: false in a response is a failure, whatever the status and code', async () => {
  const url = await serve((_, res) => res.end('{"ok":false,"user":{"id":"U1"},"users":["U1"],"channel":{"id":"C1"}}'));
  const { messenger, recipients } = messengerAt(url);
  const people = peopleAt(url);
  const view = { type: 'home' as const, blocks: [] };
  const modal = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'A form' }, blocks: [] };
  await expect(messenger.openModal('1.1', modal)).rejects.toThrow();
  await expect(people.person('U1')).rejects.toThrow();
  await expect(people.membersOf('S1')).rejects.toThrow();
  await expect(recipients.recipient('a@example.com')).rejects.toThrow();
  await expect(recipients.migratorIds(1)).rejects.toThrow();
  await expect(new SlackChannels(webClient(url), new TestClock()).isShared('C1')).rejects.toThrow();
  await expect(messenger.revise(asked, credential(ORDINARY), [])).rejects.toThrow();
  await expect(messenger.publishHome(ADMIN, view)).rejects.toThrow();
  await expect(messenger.send(ADMIN, { text: 'A reply', blocks: [] })).rejects.toThrow();
  await expect(messenger.show(ENDED_MIGRATION, ENDED)).rejects.toThrow();
});

test('a call whose response is lost is not repeated by the client', async () => {
  const { slack, apiUrl } = await start();
  // As the bot configures its clients.
  const { messenger } = messengerAt(apiUrl, {}, { retryConfig: { retries: 2, minTimeout: 1, maxTimeout: 1 } });
  slack.fail('chat.postMessage', { isLost: true, ...ALWAYS });
  slack.fail('chat.update', { isLost: true, ...ALWAYS });
  await expect(messenger.show({ ...ENDED_MIGRATION, state: 'running' }, RUNNING)).rejects.toThrow();
  await expect(messenger.post(migration(ORDINARY, { channel: GENERAL }), credential(ORDINARY), [])).rejects.toThrow();
  const posted = slack.messagesSeenBy(ADMIN, GENERAL);
  expect(posted).toHaveLength(2);
  const message = { channel: GENERAL, ts: posted[0]?.ts ?? '' };
  await expect(messenger.show({ ...ENDED_MIGRATION, message }, ENDED)).rejects.toThrow();
  expect(slack.calls.filter(({ method }) => method === 'chat.update')).toHaveLength(1);
});
