import { describe, expect, test } from 'vitest';
import { ADMIN, GENERAL, MEMBER, OTHERS, section, startBolt, startSlack } from './slack-bolt.ts';

const MINUTE = 60_000;

/** A response_url as an app receives it with a command. */
async function startResponseUrl(channel = GENERAL) {
  const started = await startSlack();
  const urls: string[] = [];
  await startBolt(started.slack, started.apiUrl, (app) => {
    app.command('/qs-creds', async ({ ack, command }) => {
      urls.push(command.response_url);
      await ack();
    });
  });
  await started.slack.command(ADMIN, channel, 'list');
  const respond = async (body: object) => {
    const res = await fetch(urls[0] ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: res.status, text: await res.text() };
  };
  return { ...started, respond };
}

describe('response URLs', () => {
  test('a response_url accepts five posts', async () => {
    const { slack, respond } = await startResponseUrl();
    for (let i = 1; i <= 5; i += 1) expect(await respond({ text: `${i}` })).toMatchObject({ status: 200 });
    expect(await respond({ text: '6' })).toEqual({ status: 404, text: 'used_url' });
    expect(slack.messagesSeenBy(ADMIN, GENERAL).map((m) => m.text)).toEqual(['1', '2', '3', '4', '5']);
    expect(slack.messagesSeenBy(MEMBER, GENERAL)).toEqual([]);
    expect(slack.rejected).toEqual(['response_url: used_url']);
    // Shown with the Web API calls, without the address, which is a secret.
    expect(slack.replies.map(({ method, args, ok, error }) => [method, args, ok, error])).toEqual([
      ...['1', '2', '3', '4', '5'].map((text) => ['response_url', { text }, true, undefined]),
      ['response_url', { text: '6' }, false, 'used_url'],
    ]);
  });

  test('a response_url expires after thirty minutes', async () => {
    const { respond, clock } = await startResponseUrl();
    clock.advanceMs(30 * MINUTE);
    expect(await respond({ text: 'in time' })).toMatchObject({ status: 200 });
    clock.advanceMs(1);
    expect(await respond({ text: 'late' })).toEqual({ status: 404, text: 'expired_url' });
  });

  test('a response_url enforces the limits, and rejected posts do not count', async () => {
    const { slack, respond } = await startResponseUrl();
    expect(await respond({ blocks: [section('x'.repeat(3001))] })).toEqual({ status: 404, text: 'invalid_blocks' });
    expect(await respond({})).toEqual({ status: 404, text: 'no_text' });
    expect(slack.rejected).toEqual([
      'response_url: invalid_blocks: blocks[0].text.text: longer than 3000 characters (3001)',
      'response_url: no_text: needs text or blocks',
    ]);
    for (let i = 1; i <= 5; i += 1) expect(await respond({ text: `${i}` })).toMatchObject({ status: 200 });
  });

  test('a response_url posts to the channel on request, even where the app is not a member', async () => {
    const { slack, respond } = await startResponseUrl(OTHERS);
    await respond({ text: 'for all', response_type: 'in_channel' });
    expect(slack.messagesSeenBy(MEMBER, OTHERS)).toMatchObject([{ text: 'for all', ephemeral: false }]);
  });

  test('the response_url of a command has no original to delete', async () => {
    const { slack, respond } = await startResponseUrl();
    expect(await respond({ delete_original: true })).toEqual({ status: 404, text: 'message_not_found' });
    await respond({ replace_original: true, text: 'new' });
    expect(slack.messagesSeenBy(ADMIN, GENERAL)).toMatchObject([{ text: 'new', edited: false }]);
  });

  test('a response_url fails on request', async () => {
    const { slack, respond } = await startResponseUrl();
    slack.fail('response_url', { httpStatus: 500 });
    slack.fail('response_url', { error: 'expired_url' });
    expect(await respond({ text: 'a' })).toMatchObject({ status: 500 });
    expect(await respond({ text: 'a' })).toEqual({ status: 404, text: 'expired_url' });
    expect(slack.messagesSeenBy(ADMIN, GENERAL)).toEqual([]);
  });
});
