import { describe, expect, test } from 'vitest';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import type { Migration } from '../../src/migrations/migration.ts';
import { textMessage } from '../../src/slack/messages/blocks.ts';
import { ADMIN, ARCHIVED, GENERAL, MEMBER, OTHERS, SECRET, startSlack } from '../playground/slack-bolt.ts';
import { confirmed, credential, migration, NOW, ORDINARY } from './samples.ts';
import { messengerAt, responseUrl, serve, serveSlack, webClient } from './setup.ts';

/** A messenger on a local Slack. */
async function start() {
  const { slack, apiUrl } = await startSlack();
  const seen = (channel: string) => slack.messagesSeenBy(ADMIN, channel);
  return { slack, apiUrl, seen, ...messengerAt(apiUrl) };
}

const UNAVAILABLE = [
  ['the app has not joined', OTHERS],
  ['is archived', ARCHIVED],
  ['is private and not joined', SECRET],
  ['does not exist', 'C0NOTHING1'],
] as const;

describe('progress', () => {
  const running = { kind: 'running', elapsedSeconds: 8, expectedSeconds: 40 } as const;
  const inGeneral = confirmed(ORDINARY, { channel: GENERAL });

  test('progress is posted where the migration was requested, then edited there', async () => {
    const { slack, messenger, seen } = await start();
    const posted = await messenger.show(inGeneral, { kind: 'starting' });
    expect(posted).toEqual({ channel: GENERAL, ts: seen(GENERAL)[0]?.ts });
    expect(await messenger.show({ ...inGeneral, message: posted }, running)).toBe(posted);
    expect(seen(GENERAL)).toMatchObject([{ edited: true, text: expect.stringContaining('8 s of about 40 s') }]);
    expect(slack.rejected).toEqual([]);
    expect(slack.calls[0]?.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
  });

  test.each(UNAVAILABLE)('progress for a channel that %s goes to the person who confirmed', async (_, channel) => {
    const { slack, messenger, seen } = await start();
    const elsewhere = confirmed(ORDINARY, { channel, askedBy: MEMBER, decidedBy: ADMIN });
    const direct = slack.directOf(ADMIN);
    const posted = await messenger.show(elsewhere, { kind: 'starting' });
    expect(posted).toEqual({ channel: direct, ts: seen(direct)[0]?.ts });
    // Slack's response names the channel in which the message can be edited later.
    expect(await messenger.show({ ...elsewhere, message: posted }, running)).toBe(posted);
    expect(seen(direct)).toHaveLength(1);
  });

  test('progress of a migration that no one confirmed goes to the person who asked', async () => {
    const { slack, messenger } = await start();
    const unconfirmed = confirmed(ORDINARY, { channel: OTHERS, askedBy: MEMBER, decidedBy: null });
    expect((await messenger.show(unconfirmed, running))?.channel).toBe(slack.directOf(MEMBER));
  });

  test('progress is posted again after someone deleted its message', async () => {
    const { messenger, seen, apiUrl } = await start();
    const first = await messenger.show(inGeneral, running);
    await webClient(apiUrl).chat.delete({ channel: GENERAL, ts: first?.ts ?? '' });
    const second = await messenger.show({ ...inGeneral, message: first }, { kind: 'starting' });
    expect(second?.ts).not.toBe(first?.ts);
    expect(seen(GENERAL)).toMatchObject([{ ts: second?.ts }]);
  });

  test.each(['cant_update_message', 'edit_window_closed', 'is_archived'])(
    'progress is posted again when Slack rejects an edit with %s',
    async (error) => {
      const { slack, messenger, seen } = await start();
      const first = await messenger.show(inGeneral, running);
      slack.fail('chat.update', { error });
      expect((await messenger.show({ ...inGeneral, message: first }, running))?.ts).not.toBe(first?.ts);
      expect(seen(GENERAL)).toHaveLength(2);
    },
  );

  test('progress is posted again when Slack omitted the timestamp to edit by', async () => {
    const { messenger } = messengerAt(await serveSlack({}));
    const first = await messenger.show(inGeneral, running);
    expect(first).toEqual({ channel: GENERAL, ts: '' });
    // An edit would be returned as this very object.
    expect(await messenger.show({ ...inGeneral, message: first }, running)).not.toBe(first);
  });

  test('an edit of progress that takes too long is given up so as not to delay the end, but a post or an end is not', async () => {
    const { slack, apiUrl } = await startSlack();
    const seen = () => slack.messagesSeenBy(ADMIN, GENERAL);
    const { messenger } = messengerAt(apiUrl, {}, { timeout: 200 });
    slack.fail('chat.postMessage', { hangMs: 400 });
    const posted = await messenger.show(inGeneral, { kind: 'starting' });
    slack.fail('chat.update', { hangMs: 400, times: 2 });
    await expect(messenger.show({ ...inGeneral, message: posted }, running)).rejects.toThrow('timeout');
    const ended = { ...inGeneral, state: 'migrated', endedAt: NOW, message: posted } as const;
    expect(await messenger.show(ended, { kind: 'ended' })).toBe(posted);
    expect(seen()).toMatchObject([{ ts: posted?.ts, text: expect.stringContaining('*Migrated*') }]);
  });

  test.each([{ error: 'fatal_error' }, { error: 'ratelimited' }, { httpStatus: 503 }])(
    'a transient error of Slack is thrown, and progress is posted nowhere else: %j',
    async (fault) => {
      const { slack, messenger, seen } = await start();
      const first = await messenger.show(inGeneral, running);
      slack.fail('chat.update', fault);
      await expect(messenger.show({ ...inGeneral, message: first }, running)).rejects.toThrow();
      slack.fail('chat.postMessage', fault);
      await expect(messenger.show(inGeneral, running)).rejects.toThrow();
      expect(seen(GENERAL)).toHaveLength(1);
      expect(seen(slack.directOf(ADMIN))).toEqual([]);
    },
  );
});

describe('questions', () => {
  const request = migration(ORDINARY, { channel: GENERAL });

  test('a question is posted in its channel and closed there, without its buttons', async () => {
    const { messenger, seen } = await start();
    const posted = await messenger.post(request, credential(ORDINARY), []);
    expect(seen(GENERAL)[0]?.text).toContain('A second person has to confirm');
    expect(JSON.stringify(seen(GENERAL)[0]?.blocks)).toContain('confirm_production');
    await messenger.close({ ...request, questionMessage: posted, state: 'expired' }, null);
    expect(seen(GENERAL)).toMatchObject([
      { ts: posted?.ts, text: expect.stringContaining('expired after 10 minutes') },
    ]);
    expect(JSON.stringify(seen(GENERAL)[0]?.blocks)).not.toContain('confirm_production');
  });

  test.each(UNAVAILABLE)('a question for a channel that %s is not posted', async (_, channel) => {
    const { messenger, slack } = await start();
    expect(await messenger.post({ ...request, channel }, credential(ORDINARY), [])).toBeNull();
    expect(slack.calls).toHaveLength(1);
  });

  test('nothing read later is added to a question whose channel has been shared with another company meanwhile', async () => {
    const { slack, apiUrl } = await startSlack();
    const { messenger } = messengerAt(apiUrl, { isShared: async () => true });
    const asked = { ...request, questionMessage: { channel: GENERAL, ts: '1.1' } };
    await expect(messenger.revise(asked, credential(ORDINARY), [])).rejects.toThrow('shared with another company');
    expect(slack.calls).toEqual([]);
  });

  test('any other error of Slack when a question is posted is thrown', async () => {
    const { messenger, slack } = await start();
    slack.fail('chat.postMessage', { error: 'fatal_error' });
    await expect(messenger.post(request, credential(ORDINARY), [])).rejects.toThrow('fatal_error');
  });

  test('a question that only the asker sees is replaced where a button was pressed, and otherwise left unchanged', async () => {
    const { messenger, slack } = await start();
    const pressed = await responseUrl();
    const asked = await responseUrl();
    const closed: Migration = { ...request, state: 'cancelled', responseUrl: asked.url };
    await messenger.close(closed, pressed.url);
    expect(pressed.replies).toMatchObject([{ replace_original: true, text: expect.stringContaining('cancelled') }]);
    expect(asked.replies).toEqual([]);
    for (const state of ['cancelled', 'expired', 'void'] as const) await messenger.close({ ...closed, state }, null);
    expect(asked.replies).toEqual([]);
    expect(pressed.replies).toHaveLength(1);
    expect(slack.calls).toEqual([]);
  });

  test('a question that cannot be closed in Slack logs a warning without the response URL', async () => {
    const { messenger, slack, warnings } = await start();
    const gone = await serve((_, res) => res.writeHead(404).end());
    slack.fail('chat.update', { error: 'message_not_found' });
    await messenger.close({ ...request, questionMessage: { channel: GENERAL, ts: '1.1' } }, null);
    await messenger.close(request, gone);
    expect(warnings).toMatchObject([
      { migration: request.id },
      { migration: request.id, err: new Error('Slack did not accept a reply: HTTP 404') },
    ]);
  });
});

test('a direct message is posted without unfurled links', async () => {
  const { slack, messenger, seen } = await start();
  await messenger.send(ADMIN, textMessage('See https://example.com'));
  expect(seen(slack.directOf(ADMIN))).toMatchObject([{ text: 'See https://example.com' }]);
  expect(slack.calls[0]?.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
});

test('a direct message whose response is lost is not sent again', async () => {
  const { slack, apiUrl } = await startSlack();
  const { messenger } = messengerAt(apiUrl, {}, { retryConfig: { retries: 2, minTimeout: 1, maxTimeout: 1 } });
  slack.fail('chat.postMessage', { isLost: true });
  await expect(messenger.send(ADMIN, textMessage('A reply'))).rejects.toThrow();
  expect(slack.messagesSeenBy(ADMIN, slack.directOf(ADMIN))).toHaveLength(1);
});

test('an end is a direct message while Slack does not say whether the channel is shared with another company', async () => {
  const { slack, apiUrl } = await startSlack();
  const isShared = () => Promise.reject(new Error('no response'));
  const { messenger } = messengerAt(apiUrl, { isShared });
  const ended = confirmed(ORDINARY, { channel: GENERAL, state: 'migrated', endedAt: new Date() });
  await expect(messenger.show(ended, { kind: 'confirmed' })).rejects.toThrow('no response');
  expect((await messenger.show(ended, { kind: 'ended' }))?.channel).toBe(slack.directOf(ended.decidedBy ?? ''));
  expect(slack.messagesSeenBy(ADMIN, GENERAL)).toEqual([]);
});

test('a rate limit on progress is passed on with its pause, and does not delay direct messages', async () => {
  const { slack, messenger, seen } = await start();
  slack.fail('chat.postMessage', { retryAfter: 3600 });
  const shown = messenger.show(confirmed(ORDINARY, { channel: GENERAL }), { kind: 'starting' });
  await expect(shown).rejects.toEqual(new RateLimitedError(3_600_000));
  await messenger.send(ADMIN, textMessage('A reply'));
  expect(seen(slack.directOf(ADMIN))).toMatchObject([{ text: 'A reply' }]);
});
