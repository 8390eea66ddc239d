import { expect, test } from 'vitest';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import type { Reason } from '../../src/migrations/migration.ts';
import { THREAD } from '../../src/notices/notice.ts';
import { MIGRATION_CLIENT } from '../../src/slack/messenger.ts';
import { SlackNotices } from '../../src/slack/notices.ts';
import { ADMIN, call, GENERAL, MEMBER, OTHERS, startSlack } from '../playground/slack-bolt.ts';
import { sandbox, schedule, watched } from './every-watch.ts';
import { confirmed, NOW, ORDINARY } from './samples.ts';
import { serveSlack, webClient } from './setup.ts';

/** A failure after a migration that the member confirmed and whose message is at `message`. */
async function start(message: { readonly channel: string; readonly ts: string } | null) {
  const failing = { since: new Date(0), mayBeEarlier: false, error: 'no access' };
  const { migration, watch } = watched(ORDINARY, [sandbox([schedule(ORDINARY, { failing })])]);
  const content = { kind: 'watch', migration: { ...migration, decidedBy: MEMBER, message }, watch } as const;
  return (apiUrl: string, isShared: () => Promise<boolean> = async () => false) =>
    new SlackNotices(webClient(apiUrl, MIGRATION_CLIENT), { isShared }).notify(THREAD, content);
}

/** Where the notice is: the channel, and the message to which it is a reply. */
async function placeOf(message: { readonly channel: string; readonly ts: string } | null, isShared = false) {
  const { slack, apiUrl } = await startSlack();
  const notify = await start(message);
  const outcome = await notify(apiUrl, async () => isShared);
  const places = [GENERAL, OTHERS].map((id) => [id, ADMIN, id] as const);
  const direct = ['direct', MEMBER, slack.directOf(MEMBER)] as const;
  const found = [...places, direct].flatMap(([name, reader, channel]) =>
    slack
      .messagesSeenBy(reader, channel)
      .filter(({ text }) => text.includes('Jobs failing after the migration'))
      .map(({ threadTs }) => `${name} ${threadTs === null ? 'alone' : 'below'}`),
  );
  return [typeof outcome === 'object' ? 'sent' : outcome, ...found];
}

test('a notice of a migration is a reply below its message', async () => {
  const { slack, apiUrl } = await startSlack();
  const { ts } = await call(apiUrl, 'chat.postMessage', { channel: GENERAL, text: 'Migrated' });
  const notify = await start({ channel: GENERAL, ts: String(ts) });
  expect(await notify(apiUrl)).toMatchObject({ ts: expect.any(String) });
  const [reply] = slack.repliesSeenBy(ADMIN, { channel: GENERAL, ts: String(ts) });
  expect(reply?.text).toContain(`⚠️ *Jobs failing after the migration*: \`bi-nightly\` · <@${MEMBER}>`);
});

test('a notice goes to the person who confirmed where Slack accepts no reply, the channel is shared with another company, or there is no message', async () => {
  expect(await placeOf({ channel: OTHERS, ts: '1.1' })).toEqual(['sent', 'direct alone']);
  expect(await placeOf({ channel: GENERAL, ts: '1.1' }, true)).toEqual(['sent', 'direct alone']);
  expect(await placeOf(null)).toEqual(['sent', 'direct alone']);
});

test('a bad end is also shown in the channel, unless the channel cannot show replies or a person chose the end', async () => {
  const { slack, apiUrl } = await startSlack();
  const { ts } = await call(apiUrl, 'chat.postMessage', { channel: GENERAL, text: 'Not migrated' });
  const notices = new SlackNotices(webClient(apiUrl, MIGRATION_CLIENT), { isShared: async () => false });
  const message = { channel: GENERAL, ts: String(ts) };
  const end = (state: 'failed' | 'needs_attention' | 'migrated', reason: Reason | null = null) =>
    notices.notify(THREAD, { kind: 'end', migration: confirmed(ORDINARY, { state, reason, endedAt: NOW, message }) });
  await end('failed', { code: 'late' });
  await end('needs_attention');
  await end('migrated');
  await end('failed', { code: 'withdrawn', by: MEMBER });
  slack.state.changeChannel(GENERAL, { isThreadOnly: true });
  await end('failed', { code: 'late' });
  const replies = slack.repliesSeenBy(ADMIN, message).map(({ isBroadcast }) => isBroadcast);
  expect(replies).toEqual([true, true, false, false, false]);
});

test('a notice is not sent while Slack does not say whether the channel is shared with another company, and a pause is respected', async () => {
  const notify = await start({ channel: GENERAL, ts: '1.1' });
  const apiUrl = await serveSlack({ ok: false, error: 'must_not_be_called' });
  expect(await notify(apiUrl, () => Promise.reject(new Error('no response')))).toBe('not_sent');
  const pause = new RateLimitedError(30_000);
  await expect(notify(apiUrl, () => Promise.reject(pause))).rejects.toBe(pause);
});
