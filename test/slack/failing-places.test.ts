import { describe, expect, test } from 'vitest';
import { ResponseLostError } from '../../src/migrations/ports.ts';
import { ADMIN, GENERAL, MEMBER, startSlack } from '../playground/slack-bolt.ts';
import { confirmed, NOW, ORDINARY } from './samples.ts';
import { messengerAt } from './setup.ts';

const ENDED = { kind: 'ended' } as const;
const CONFIRMED = { kind: 'confirmed' } as const;
const RUNNING = { kind: 'running', elapsedSeconds: 8, expectedSeconds: 40 } as const;
const ALWAYS = { times: Number.POSITIVE_INFINITY };

async function start() {
  const { slack, apiUrl } = await startSlack();
  const seen = (channel: string) => slack.messagesSeenBy(ADMIN, channel).map(({ text }) => text);
  const posts = () => slack.calls.filter(({ method }) => method === 'chat.postMessage');
  return { slack, seen, posts, ...messengerAt(apiUrl) };
}

/** A migration asked for by the member and confirmed by the admin that ended `seconds` ago. */
function endedFor(seconds: number) {
  const endedAt = new Date(NOW.getTime() - seconds * 1000);
  return confirmed(ORDINARY, { channel: GENERAL, askedBy: MEMBER, decidedBy: ADMIN, state: 'migrated', endedAt });
}

describe('a channel at which Slack fails without a code', () => {
  test.each([{ httpStatus: 503 }, { error: 'fatal_error' }, { retryAfter: 30 }, { isLost: true }])(
    'keeps the end of a migration for two minutes (%j), after which it is sent as a direct message',
    async (fault) => {
      const { slack, messenger, seen } = await start();
      slack.fail('chat.postMessage', { ...fault, channel: GENERAL, ...ALWAYS });
      await expect(messenger.show(endedFor(119), ENDED)).rejects.toThrow();
      expect(seen(slack.directOf(ADMIN))).toEqual([]);
      const shown = await messenger.show(endedFor(120), ENDED);
      expect(shown?.channel).toBe(slack.directOf(ADMIN));
      expect(seen(slack.directOf(ADMIN))).toEqual([expect.stringMatching(/^✅ \*Migrated\*/)]);
    },
  );

  test('does not make progress move elsewhere, and its last message shows the end once it can be edited again', async () => {
    const { slack, messenger, seen } = await start();
    const old = await messenger.show({ ...endedFor(0), state: 'running', endedAt: null }, CONFIRMED);
    await messenger.show({ ...endedFor(0), state: 'running', endedAt: null, message: old }, RUNNING);
    slack.fail('chat.update', { httpStatus: 500, channel: GENERAL, times: 2 });
    await expect(messenger.show({ ...endedFor(9), state: 'running', message: old }, RUNNING)).rejects.toThrow();
    const message = await messenger.show({ ...endedFor(600), message: old }, ENDED);
    expect(message).toMatchObject({ channel: slack.directOf(ADMIN), isRepost: true });
    expect(seen(GENERAL)).toEqual([expect.stringMatching(/^⏳/)]);
    await messenger.show({ ...endedFor(0), id: 'another' }, ENDED);
    expect(seen(GENERAL)).toEqual([expect.stringMatching(/^✅/), expect.stringMatching(/^✅/)]);
  });

  test('is logged once', async () => {
    const { slack, messenger, warnings } = await start();
    slack.fail('chat.postMessage', { httpStatus: 503, channel: GENERAL, ...ALWAYS });
    for (let i = 0; i < 3; i++) await messenger.show(endedFor(600), ENDED);
    expect(warnings).toEqual([{ recipient: GENERAL, code: 'no proper response' }]);
  });
});

test('while Slack fails everywhere, each place is tried once, and the end remains to be shown', async () => {
  const { slack, messenger, posts } = await start();
  slack.fail('chat.postMessage', { httpStatus: 503, ...ALWAYS });
  await expect(messenger.show(endedFor(600), ENDED)).rejects.toThrow();
  const places = posts().map(({ args }) => args['channel']);
  expect(places.slice(0, 3)).toEqual([GENERAL, ADMIN, MEMBER]);
  expect(new Set(places).size).toBe(places.length);
});

test.each([
  { httpStatus: 504 },
  { httpStatus: 502 },
  { httpStatus: 500 },
  { error: 'internal_error' },
  { error: 'fatal_error' },
])(
  'a post that arrived but was answered with an ambiguous failure (%j) counts as lost, and no second progress message is posted',
  async (response) => {
    const { slack, messenger, seen } = await start();
    const first = await messenger.show({ ...endedFor(0), state: 'running' }, CONFIRMED);
    slack.fail('chat.update', { error: 'edit_window_closed', ...ALWAYS });
    slack.fail('chat.postMessage', { ...response, isLost: true });
    const running = { ...endedFor(0), state: 'running', message: first } as const;
    await expect(messenger.show(running, RUNNING)).rejects.toThrow(ResponseLostError);
    expect(await messenger.show(running, RUNNING)).toBe(first);
    expect(seen(GENERAL)).toEqual([expect.stringMatching(/^☑️/), expect.stringMatching(/^⏳/)]);
  },
);

test('an end whose responses are lost everywhere is posted to at most two places, and reported as lost', async () => {
  const { slack, messenger, posts } = await start();
  slack.fail('chat.postMessage', { isLost: true, ...ALWAYS });
  await expect(messenger.show(endedFor(600), ENDED)).rejects.toThrow(ResponseLostError);
  expect(posts().map(({ args }) => args['channel'])).toEqual([GENERAL, ADMIN]);
});

test('progress whose message cannot be edited is not posted again when the response to its second message was lost', async () => {
  const { slack, messenger, seen } = await start();
  const message = await messenger.show({ ...endedFor(0), state: 'running' }, CONFIRMED);
  slack.fail('chat.update', { error: 'edit_window_closed', ...ALWAYS });
  const running = { ...endedFor(0), state: 'running', message } as const;
  slack.fail('chat.postMessage', { httpStatus: 503 });
  await expect(messenger.show(running, RUNNING)).rejects.toThrow();
  slack.fail('chat.postMessage', { isLost: true });
  await expect(messenger.show(running, RUNNING)).rejects.toThrow(ResponseLostError);
  for (let i = 0; i < 3; i++) expect(await messenger.show(running, RUNNING)).toBe(message);
  await messenger.show({ ...endedFor(0), message }, ENDED);
  expect(seen(GENERAL)).toEqual([/^☑️/, /^⏳/, /^✅/].map((start) => expect.stringMatching(start)));
});
