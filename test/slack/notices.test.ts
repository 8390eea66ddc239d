import { expect, test } from 'vitest';
import type { ListedCredential } from '../../src/credentials/credential.ts';
import type { AnsweredAsk } from '../../src/notices/ports.ts';
import { noticeMessage } from '../../src/slack/messages/notices.ts';
import { SlackNotices } from '../../src/slack/notices.ts';
import { ADMIN, GENERAL, startSlack } from '../playground/slack-bolt.ts';
import { confirmed, credential, NOW, ORDINARY, usages } from './samples.ts';
import { webClient } from './setup.ts';

const TURN = {
  kind: 'press',
  why: 'turn',
  url: 'https://adobe.example/',
  migration: confirmed(ORDINARY, { channel: GENERAL, method: 'hand-off', state: 'submitted', startedAt: new Date() }),
} as const;
const ASKED = { kind: 'owner_ask', technicalAccountId: 'T', name: 'etl', askedBy: 'U1', note: '' } as const;
const POSTED = { ...ASKED, credential: null, at: NOW };

function channels(where: { isShared: boolean }) {
  return { isShared: async (id: string) => where.isShared && !id.startsWith('U') };
}

async function start({ isShared = false } = {}) {
  const { slack, apiUrl } = await startSlack();
  const where = { isShared };
  const notices = new SlackNotices(webClient(apiUrl), channels(where));
  const seen = (channel: string) => slack.messagesSeenBy(ADMIN, channel);
  return { slack, notices, where, seen };
}

test('a notice of something to press is a direct message, or else goes to the channel of the request with a mention of the person', async () => {
  const { slack, notices, seen } = await start();
  expect(await notices.notify(ADMIN, TURN)).toMatchObject({ ts: expect.any(String) });
  expect(seen(slack.directOf(ADMIN))).toHaveLength(1);
  slack.fail('chat.postMessage', { error: 'channel_not_found' });
  expect(await notices.notify(ADMIN, TURN)).toMatchObject({ ts: expect.any(String) });
  expect(seen(GENERAL)).toMatchObject([{ text: expect.stringContaining(`<@${ADMIN}>`) }]);
});

test('no other notice goes to a channel, and no notice goes to a channel shared with another company', async () => {
  const { slack, notices, seen } = await start({ isShared: true });
  slack.fail('chat.postMessage', { error: 'channel_not_found' });
  expect(await notices.notify(ADMIN, TURN)).toBe('rejected');
  const own = await start();
  own.slack.fail('chat.postMessage', { error: 'channel_not_found' });
  expect(await own.notices.notify(ADMIN, POSTED)).toBe('rejected');
  expect([...seen(GENERAL), ...own.seen(GENERAL)]).toEqual([]);
});

test('a notice is to be sent again where Slack or a gateway reports a failure, or where there is no connection', async () => {
  const { slack, notices } = await start();
  slack.fail('chat.postMessage', { error: 'internal_error' });
  expect(await notices.notify(ADMIN, TURN)).toBe('not_sent');
  slack.fail('chat.postMessage', { httpStatus: 504 });
  expect(await notices.notify(ADMIN, TURN)).toBe('not_sent');
  const nowhere = new SlackNotices(webClient('http://127.0.0.1:2/'), channels({ isShared: false }));
  expect(await nowhere.notify(ADMIN, TURN)).toBe('not_sent');
  slack.fail('chat.postMessage', { isLost: true });
  await expect(notices.notify(ADMIN, TURN)).rejects.toThrow();
});

test('an owner’s request is posted in a channel, but not in one that is archived or shared with another company', async () => {
  const { notices, seen } = await start();
  expect(await notices.notify(GENERAL, POSTED)).toMatchObject({ ts: expect.any(String) });
  expect(seen(GENERAL)).toMatchObject([{ text: expect.stringContaining('asks to migrate `etl`') }]);
  for (const isShared of [false, true]) {
    const { slack, ...other } = await start({ isShared });
    if (!isShared) slack.fail('chat.postMessage', { error: 'is_archived' });
    expect(await other.notices.notify(GENERAL, POSTED)).toBe('rejected');
    expect(other.seen(GENERAL)).toEqual([]);
  }
});

test('an owner’s request says where the credential is used and whether it is failing, with production marked', () => {
  const etl = credential(ORDINARY, { sandboxes: ['dev', 'prod'], production: ['prod'], owner: 'jo@example.com' });
  const rowsOf = (listed: ListedCredential | null) => noticeMessage({ ...POSTED, credential: listed }).text.split('\n');
  const where = 'sandboxes 🔒 `prod`, `dev` (🔒 production) · owner `jo@example.com`';
  expect(rowsOf(etl)[1]).toBe(where);
  expect(rowsOf({ ...etl, usage: usages({ ...ORDINARY, sandboxes: ['dev'] })[0] ?? [] })[1]).toBe(
    `${where} · *failing*`,
  );
  // Adobe no longer shows the credential, so the line that says where it is used is left out.
  expect(rowsOf(null)[1]).toMatch(/^You will be asked to confirm/);
});

test('an owner’s request is closed without an edit when its channel has been shared with another company since', async () => {
  const { slack, notices, where, seen } = await start();
  const message = await notices.notify(GENERAL, POSTED);
  const ask = { message, answer: 'migrated', notice: ASKED } as AnsweredAsk;
  where.isShared = true;
  await notices.closeAsk(ask, TURN.migration);
  expect(slack.calls.map(({ method }) => method)).toEqual(['chat.postMessage']);
  where.isShared = false;
  await notices.closeAsk(ask, TURN.migration);
  expect(seen(GENERAL)).toMatchObject([{ text: expect.stringContaining('*Migrated*') }]);
});

test('an owner’s request is left unchanged when Slack rejects its edit permanently, and is edited later when Slack or the app is at fault', async () => {
  const { slack, notices } = await start();
  const message = await notices.notify(GENERAL, POSTED);
  const ask = { message, answer: 'migrated', notice: ASKED } as AnsweredAsk;
  for (const error of [
    'message_not_found',
    'cant_update_message',
    'edit_window_closed',
    'is_archived',
    'of_tomorrow',
  ]) {
    slack.fail('chat.update', { error });
    await notices.closeAsk(ask, TURN.migration);
  }
  for (const error of ['internal_error', 'invalid_auth', 'missing_scope']) {
    slack.fail('chat.update', { error });
    await expect(notices.closeAsk(ask, TURN.migration), error).rejects.toThrow(error);
  }
});
