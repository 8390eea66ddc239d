import { describe, expect, test } from 'vitest';
import {
  ADMIN,
  ARCHIVED,
  call,
  GENERAL,
  GUEST,
  LEFT,
  MEMBER,
  OTHERS,
  SECRET,
  section,
  startBolt,
  startSlack,
} from './slack-bolt.ts';

const modal = { type: 'modal', title: { type: 'plain_text', text: 'A modal' }, blocks: [section('Hello')] };
const home = { type: 'home', blocks: [section('Hello')] };

/** Trigger ids as an app receives them with a command. */
async function startTriggers() {
  const started = await startSlack();
  const triggers: string[] = [];
  await startBolt(started.slack, started.apiUrl, (app) => {
    app.command('/qs-creds', async ({ ack, command }) => {
      triggers.push(command.trigger_id);
      await ack();
    });
  });
  const trigger = async (): Promise<string> => {
    await started.slack.command(ADMIN, GENERAL, '');
    return triggers.at(-1) ?? '';
  };
  return { ...started, trigger };
}

test('the total text of the blocks of a message is limited when it is posted and, as assumed, when it is edited', async () => {
  const { apiUrl } = await startSlack();
  const blocks = (count: number) => Array.from({ length: count }, () => section('x'.repeat(2_200)));
  const fits = await call(apiUrl, 'chat.postMessage', { channel: GENERAL, text: 'a', blocks: blocks(5) });
  expect(fits).toMatchObject({ ok: true });
  const long = { channel: GENERAL, text: 'a', blocks: blocks(6) };
  expect(await call(apiUrl, 'chat.postMessage', long)).toMatchObject({ error: 'msg_blocks_too_long' });
  const edit = { ...long, ts: fits['ts'] };
  expect(await call(apiUrl, 'chat.update', edit)).toMatchObject({ error: 'msg_blocks_too_long' });
  expect(await call(apiUrl, 'chat.update', { ...edit, blocks: blocks(5) })).toMatchObject({ ok: true });
});

test('a fault that is switched on lasts until it is switched off', async () => {
  const { slack, apiUrl } = await startSlack();
  const post = (channel: string) => call(apiUrl, 'chat.postMessage', { channel, text: 'a' });
  slack.faults.switch('slack-no-posts', true);
  for (let i = 0; i < 2; i++) expect(await post(GENERAL)).toMatchObject({ ok: false });
  const { ts } = await post(ADMIN);
  slack.faults.switch('slack-no-posts', false);
  expect(await post(GENERAL)).toMatchObject({ ok: true });
  slack.faults.switch('slack-no-edits', true);
  const edit = { channel: slack.directOf(ADMIN), ts, text: 'b' };
  expect(await call(apiUrl, 'chat.update', edit)).toMatchObject({ error: 'edit_window_closed' });
  slack.faults.switch('slack-responses-lost', true);
  await expect(post(GENERAL)).rejects.toThrow();
  expect(slack.messagesSeenBy(ADMIN, GENERAL)).toHaveLength(2);
  slack.faults.switch('slack-token-revoked', true);
  for (const method of ['auth.test', 'users.info'])
    expect(await call(apiUrl, method, {})).toMatchObject({ error: 'token_revoked' });
});

describe('tokens', () => {
  test('a token must be present, valid and have the scope', async () => {
    const { slack, apiUrl } = await startSlack({ scopes: ['users:read'] });
    const bare = await fetch(`${apiUrl}auth.test`, { method: 'POST' });
    expect(await bare.json()).toEqual({ ok: false, error: 'not_authed' });
    expect(await call(apiUrl, 'auth.test', {}, 'xoxb-other')).toMatchObject({ error: 'invalid_auth' });
    expect(await call(apiUrl, 'chat.postMessage', { channel: GENERAL, text: 'a' })).toMatchObject({
      error: 'missing_scope',
      needed: 'chat:write',
      provided: 'users:read',
    });
    expect(await call(apiUrl, 'users.lookupByEmail', { email: 'a' })).toMatchObject({ error: 'missing_scope' });
    expect(await call(apiUrl, 'usergroups.users.list', { usergroup: 'S' })).toMatchObject({ error: 'missing_scope' });
    expect(slack.rejected).toContain('chat.postMessage: missing_scope: needs chat:write');
  });

  test('a token reads an email only with the scope for it', async () => {
    const blind = await startSlack({ scopes: ['users:read'] });
    const seeing = await startSlack();
    expect(JSON.stringify(await call(blind.apiUrl, 'users.info', { user: ADMIN }))).not.toContain('@');
    expect(await call(seeing.apiUrl, 'users.info', { user: ADMIN })).toMatchObject({
      user: { profile: { email: 'admin@example.com' } },
    });
  });

  test('a token can be sent in a form, as the web client does', async () => {
    const { slack, apiUrl } = await startSlack();
    const blocks = JSON.stringify([section('Hello')]);
    const body = new URLSearchParams({ token: 'xoxb-local', channel: GENERAL, text: 'a', blocks });
    expect(await (await fetch(`${apiUrl}chat.postMessage`, { method: 'POST', body })).json()).toMatchObject({
      ok: true,
      message: { blocks: [{ ...section('Hello'), block_id: expect.stringMatching(/./) }] },
    });
    expect(slack.calls).toMatchObject([{ ok: true, args: { channel: GENERAL, blocks: [section('Hello')] } }]);
    expect(slack.calls[0]?.args).not.toHaveProperty('token');
  });
});

describe('people', () => {
  test('users have their roles, and are found by email unless deactivated', async () => {
    const { slack, apiUrl } = await startSlack();
    const info = (user: string) => call(apiUrl, 'users.info', { user });
    const find = (email: string) => call(apiUrl, 'users.lookupByEmail', { email });
    expect(await info(ADMIN)).toMatchObject({ user: { is_admin: true, is_owner: false, deleted: false } });
    expect(await info(GUEST)).toMatchObject({ user: { is_restricted: true, is_ultra_restricted: true } });
    expect(await info(LEFT)).toMatchObject({ user: { deleted: true } });
    expect(await find('Owner@example.com')).toMatchObject({ user: { id: 'U0OWNER001' } });
    expect(await find('left@example.com')).toMatchObject({ error: 'users_not_found' });
    expect(slack.rejected).toEqual([]);
    expect(await info('U0UNKNOWN1')).toMatchObject({ error: 'user_not_found' });
    expect(slack.rejected).toEqual(['users.info: user_not_found']);
  });

  test('the users of a user group are listed', async () => {
    const { apiUrl } = await startSlack();
    const list = (usergroup: string) => call(apiUrl, 'usergroups.users.list', { usergroup });
    expect(await list('S0MIGRATOR')).toMatchObject({ ok: true, users: [ADMIN] });
    expect(await list('S0NOTHING1')).toMatchObject({ error: 'no_such_subteam' });
  });
});

describe('conversations', () => {
  test('a conversation is returned to a token with the scope for its kind', async () => {
    const { apiUrl } = await startSlack({ scopes: ['channels:read', 'im:write'] });
    const info = (channel: string) => call(apiUrl, 'conversations.info', { channel });
    expect(await info(GENERAL)).toMatchObject({ channel: { name: 'general', is_member: true } });
    expect(await info(SECRET)).toMatchObject({ error: 'missing_scope', needed: 'groups:read' });
    expect(await info('C0NOTHING1')).toMatchObject({ error: 'channel_not_found' });
    expect(await call(apiUrl, 'conversations.members', { channel: OTHERS })).toMatchObject({
      members: [ADMIN, MEMBER],
    });
    const open = (users: string) => call(apiUrl, 'conversations.open', { users });
    expect(await open(ADMIN)).toMatchObject({ channel: { id: expect.stringMatching(/^D/) } });
    expect(await open(LEFT)).toMatchObject({ error: 'user_disabled' });
    expect(await open('U0UNKNOWN1')).toMatchObject({ error: 'user_not_found' });
  });
});

describe('messages', () => {
  test('a message is posted to a channel or directly to a person', async () => {
    const { slack, apiUrl } = await startSlack();
    const post = (channel: string) => call(apiUrl, 'chat.postMessage', { channel, text: 'Hello' });
    const direct = slack.directOf(MEMBER);
    expect(await post(MEMBER)).toMatchObject({ ok: true, channel: direct });
    expect(await post(direct)).toMatchObject({ ok: true, channel: direct });
    expect(slack.messagesSeenBy(MEMBER, direct)).toHaveLength(2);
    expect(slack.messagesSeenBy(ADMIN, direct)).toEqual([]);
    expect(await post(LEFT)).toMatchObject({ ok: true });
    expect(await post(OTHERS)).toMatchObject({ error: 'not_in_channel' });
    expect(await post(ARCHIVED)).toMatchObject({ error: 'is_archived' });
    expect(await post(SECRET)).toMatchObject({ error: 'channel_not_found' });
    expect(await post('C0NOTHING1')).toMatchObject({ error: 'channel_not_found' });
  });

  test('the app edits and deletes its messages, except ephemeral ones', async () => {
    const { slack, apiUrl } = await startSlack();
    const blocks = [section('Before')];
    const { ts } = await call(apiUrl, 'chat.postMessage', { channel: GENERAL, text: 'Before', blocks });
    const { message_ts } = await call(apiUrl, 'chat.postEphemeral', { channel: GENERAL, user: ADMIN, text: 'psst' });
    const update = (args: object) => call(apiUrl, 'chat.update', { channel: GENERAL, text: 'After', ...args });

    expect(await update({ ts })).toMatchObject({ ok: true, text: 'After' });
    expect(slack.messagesSeenBy(ADMIN, GENERAL)[0]).toMatchObject({ text: 'After', blocks, edited: true });
    await update({ ts, blocks: [] });
    expect(slack.messagesSeenBy(ADMIN, GENERAL)[0]?.blocks).toEqual([]);
    expect(await update({ ts, text: 'x'.repeat(4001) })).toMatchObject({ error: 'msg_too_long' });
    expect(await update({ ts: message_ts })).toMatchObject({ error: 'message_not_found' });
    expect(await call(apiUrl, 'chat.delete', { channel: GENERAL, ts })).toMatchObject({ ok: true });
    expect(await call(apiUrl, 'chat.delete', { channel: GENERAL, ts })).toMatchObject({ error: 'message_not_found' });
    expect(slack.messagesSeenBy(MEMBER, GENERAL)).toEqual([]);
  });

  test('an ephemeral message needs its recipient in the channel', async () => {
    const { apiUrl } = await startSlack();
    const post = (user: string) => call(apiUrl, 'chat.postEphemeral', { channel: GENERAL, user, text: 'psst' });
    expect(await post(ADMIN)).toMatchObject({ ok: true });
    expect(await post(GUEST)).toMatchObject({ error: 'user_not_in_channel' });
  });

  test('a message beyond the limits is rejected with a reason and recorded', async () => {
    const { slack, apiUrl } = await startSlack();
    const blocks = [section('x'.repeat(3001))];
    expect(await call(apiUrl, 'chat.postMessage', { channel: GENERAL, text: 'a', blocks })).toMatchObject({
      error: 'invalid_blocks',
      response_metadata: { messages: ['[ERROR] blocks[0].text.text: longer than 3000 characters (3001)'] },
    });
    expect(await call(apiUrl, 'chat.postMessage', { channel: GENERAL })).toMatchObject({ error: 'no_text' });
    expect(slack.rejected).toEqual([
      'chat.postMessage: invalid_blocks: blocks[0].text.text: longer than 3000 characters (3001)',
      'chat.postMessage: no_text: needs text or blocks',
    ]);
    expect(slack.messagesSeenBy(ADMIN, GENERAL)).toEqual([]);
  });

  test('messages posted too fast are recorded, not rejected', async () => {
    const { slack, apiUrl, clock } = await startSlack();
    const post = () => call(apiUrl, 'chat.postMessage', { channel: GENERAL, text: 'a' });
    for (let i = 0; i < 10; i += 1) {
      clock.advanceMs(1000);
      await post();
    }
    expect(slack.stats.overRate).toEqual([]);
    clock.advanceMs(5000);
    for (let i = 0; i < 6; i += 1) await post();
    expect(slack.stats.overRate).toEqual([`${GENERAL}: 6 messages within 5 s`]);
    expect(slack.rejected).toEqual([]);
  });
});

describe('views', () => {
  test('a trigger id opens one view within three seconds', async () => {
    const { slack, apiUrl, clock, trigger } = await startTriggers();
    const open = (trigger_id: string, view: object = modal) => call(apiUrl, 'views.open', { trigger_id, view });
    const first = await trigger();
    expect(await open(first, { ...modal, title: undefined })).toMatchObject({ error: 'invalid_arguments' });
    clock.advanceMs(3_000);
    expect(await open(first)).toMatchObject({ ok: true, view: { type: 'modal', state: { values: {} } } });
    expect(await open(first)).toMatchObject({ error: 'exchanged_trigger_id' });
    const late = await trigger();
    clock.advanceMs(3_001);
    expect(await open(late)).toMatchObject({ error: 'expired_trigger_id' });
    expect(await open('made up')).toMatchObject({ error: 'invalid_trigger_id' });
    expect(slack.modalOf(ADMIN)?.view.title.text).toBe('A modal');
  });

  test('at most three views are stacked, and an update needs the current hash', async () => {
    const { slack, apiUrl, trigger } = await startTriggers();
    const push = async () => call(apiUrl, 'views.push', { trigger_id: await trigger(), view: modal });
    expect(await push()).toMatchObject({ error: 'not_found' });
    await call(apiUrl, 'views.open', { trigger_id: await trigger(), view: modal });
    await push();
    await push();
    expect(await push()).toMatchObject({ error: 'push_limit_reached' });
    const top = slack.modalOf(ADMIN);
    const update = (view_id: string | undefined, hash?: string) =>
      call(apiUrl, 'views.update', { view_id, hash, view: { ...modal, private_metadata: 'new' } });
    expect(await update(top?.viewId, top?.view.hash)).toMatchObject({ view: { private_metadata: 'new' } });
    expect(await update(top?.viewId, top?.view.hash)).toMatchObject({ error: 'hash_conflict' });
    expect(await update('V0NOTHING1')).toMatchObject({ error: 'not_found' });
    expect(slack.modalOf(ADMIN)?.view.private_metadata).toBe('new');
  });

  test('a Home is published to any user of the workspace', async () => {
    const { slack, apiUrl } = await startSlack();
    const publish = (user_id: string, view: object = home) => call(apiUrl, 'views.publish', { user_id, view });
    expect(await publish(ADMIN)).toMatchObject({ ok: true, view: { type: 'home' } });
    expect(await publish(ADMIN, modal)).toMatchObject({ error: 'invalid_arguments' });
    expect(await publish('U0UNKNOWN1')).toMatchObject({ error: 'user_not_found' });
    expect(slack.homeOf(ADMIN)?.type).toBe('home');
    expect(slack.homeOf(MEMBER)).toBeNull();
  });
});

describe('methods', () => {
  test('an unknown method is rejected', async () => {
    const { apiUrl } = await startSlack();
    expect(await call(apiUrl, 'chat.shout')).toMatchObject({ error: 'unknown_method' });
    expect(await call(apiUrl, 'constructor')).toMatchObject({ error: 'unknown_method' });
  });

  test('a method fails as many times as requested', async () => {
    const { slack, apiUrl } = await startSlack();
    slack.fail('chat.postMessage', { error: 'fatal_error', times: 2 });
    slack.fail('chat.postMessage', { retryAfter: 7 });
    slack.fail('chat.postMessage', { httpStatus: 503 });
    const post = () => call(apiUrl, 'chat.postMessage', { channel: GENERAL, text: 'a' });
    expect([await post(), await post()]).toMatchObject([{ error: 'fatal_error' }, { error: 'fatal_error' }]);
    const limited = await fetch(`${apiUrl}chat.postMessage`, { method: 'POST' });
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    expect((await fetch(`${apiUrl}chat.postMessage`, { method: 'POST' })).status).toBe(503);
    expect(slack.messagesSeenBy(ADMIN, GENERAL)).toEqual([]);
    expect(await post()).toMatchObject({ ok: true });
    expect(slack.rejected).toEqual([]);
  });

  test('a method that hangs takes effect although its response is late', async () => {
    const { slack, apiUrl } = await startSlack();
    slack.fail('chat.postMessage', { hangMs: 60_000 });
    const lost = new AbortController();
    const response = fetch(`${apiUrl}chat.postMessage`, {
      method: 'POST',
      body: new URLSearchParams({ token: 'xoxb-local', channel: GENERAL, text: 'a' }),
      signal: lost.signal,
    });
    await slack.waitFor(() => slack.messagesSeenBy(ADMIN, GENERAL)[0]);
    lost.abort();
    await expect(response).rejects.toThrow();
  });
});
