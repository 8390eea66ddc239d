import { expect, test } from 'vitest';
import { ADMIN, call, GENERAL, MEMBER, SECRET, startSlack } from './slack-bolt.ts';

test('the permalink of a message leads to this page, and needs no scope', async () => {
  const { slack, apiUrl } = await startSlack({ scopes: ['chat:write'] });
  const { ts } = await call(apiUrl, 'chat.postMessage', { channel: GENERAL, text: 'a' });
  const link = (channel: string, message_ts: string) => call(apiUrl, 'chat.getPermalink', { channel, message_ts });
  const { origin } = new URL(apiUrl);
  const permalink = `${origin}/archives/${GENERAL}/p${String(ts).replace('.', '')}`;
  expect(await link(GENERAL, String(ts))).toMatchObject({ ok: true, channel: GENERAL, permalink });
  const reply = await call(apiUrl, 'chat.postMessage', { channel: GENERAL, text: 'b', thread_ts: ts });
  expect(await link(GENERAL, String(reply['ts']))).toMatchObject({
    permalink: expect.stringContaining(`?thread_ts=${ts}&cid=${GENERAL}`),
  });
  const { message_ts } = await call(apiUrl, 'chat.postEphemeral', { channel: GENERAL, user: ADMIN, text: 'psst' });
  for (const missing of ['1.1', String(message_ts)])
    expect(await link(GENERAL, missing)).toMatchObject({ ok: false, error: 'message_not_found' });
  for (const hidden of [SECRET, 'C0NOTHING1'])
    expect(await link(hidden, '1.1')).toMatchObject({ ok: false, error: 'channel_not_found' });
  expect(slack.rejected).toHaveLength(4);
});

test('a broadcast reply is in the channel and unread there, and any other reply is only in its thread', async () => {
  const { slack, apiUrl } = await startSlack();
  const { ts } = await call(apiUrl, 'chat.postMessage', { channel: GENERAL, text: 'a' });
  const reply = (text: string, more = {}) =>
    call(apiUrl, 'chat.postMessage', { channel: GENERAL, text, thread_ts: ts, ...more });
  await reply('quiet');
  const told = await reply('told', { reply_broadcast: true });
  expect(told).toMatchObject({ ok: true, message: { subtype: 'thread_broadcast', thread_ts: ts } });
  const texts = (messages: readonly { text: string }[]) => messages.map(({ text }) => text);
  expect(texts(slack.messagesSeenBy(MEMBER, GENERAL))).toEqual(['a', 'told']);
  expect(texts(slack.repliesSeenBy(MEMBER, { channel: GENERAL, ts: String(ts) }))).toEqual(['quiet', 'told']);
  expect(texts(slack.unreadBy(MEMBER, GENERAL))).toEqual(['a', 'told']);
});

test('a thread-only channel accepts replies, and shows none of them', async () => {
  const { slack, apiUrl } = await startSlack();
  const post = (more = {}) => call(apiUrl, 'chat.postMessage', { channel: GENERAL, text: 'a', ...more });
  const { ts } = await post();
  slack.state.changeChannel(GENERAL, { isThreadOnly: true });
  const refusal = { ok: false, error: 'restricted_action_thread_only_channel' };
  expect(await post()).toMatchObject(refusal);
  expect(await post({ thread_ts: ts, reply_broadcast: true })).toMatchObject(refusal);
  expect(await post({ thread_ts: ts })).toMatchObject({ ok: true });
});
