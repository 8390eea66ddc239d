import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { button, buttons, line, textMessage, toMessage } from '../../src/slack/messages/blocks.ts';
import { alert } from '../../src/slack/messages/new-blocks.ts';
import { messengerAt, responseUrl, serve } from './setup.ts';

const SECRET = 'commands/T1/secret';
const hello = textMessage('Hello');

/** Replies through an app whose Slack is on this machine, unless `apiUrl` says otherwise. */
const respond = (url: string, message = hello, options = {}, apiUrl = 'http://127.0.0.1:1/api/') =>
  messengerAt(apiUrl).messenger.respond(url, message, options);

/** The error with which a reply to this URL fails. */
async function failure(url: string): Promise<Error> {
  return respond(url, hello).then(
    () => expect.unreachable('Slack accepted it'),
    (error) => error,
  );
}

test('a reply is visible to one person only, whether it is separate or replaces the message', async () => {
  const { url, replies } = await responseUrl();
  await respond(url, hello);
  await respond(url, hello, { replace: true });
  expect(replies).toEqual([
    { ...hello, response_type: 'ephemeral', replace_original: false },
    { ...hello, response_type: 'ephemeral', replace_original: true },
  ]);
});

test.each([400, 404, 429, 500])('HTTP %i is an error without the response URL', async (status) => {
  const url = await serve((_, res) => res.writeHead(status).end(`used_url ${SECRET}`));
  const error = await failure(`${url}${SECRET}`);
  expect(error).toEqual(new Error(`Slack did not accept a reply: HTTP ${status}`));
});

test.each([
  [400, 2],
  [504, 1],
])('a reply with newer blocks that is answered with HTTP %i is sent %i times', async (status, times) => {
  const sent: unknown[] = [];
  const url = await serve((req, res) => {
    sent.push(req.url);
    res.writeHead(status).end();
  });
  await expect(respond(`${url}${SECRET}`, toMessage([alert('Careful')]))).rejects.toThrow(`HTTP ${status}`);
  expect(sent).toHaveLength(times);
});

test.each([
  ['{"ok":false,"error":"used_url"}', 'used_url'],
  ['{"ok":false,"error":"<b>words</b>"}', 'rejected'],
  ['{"ok":false}', 'rejected'],
])('a reply that Slack answers with 200 and %s is an error', async (body, code) => {
  const url = await serve((_, res) => res.end(body));
  expect(await failure(`${url}${SECRET}`)).toEqual(new Error(`Slack did not accept a reply: ${code}`));
});

test.each(['msg_blocks_too_long', 'msg_too_long', 'invalid_blocks'])(
  'a reply rejected with %s is shortened and sent, its buttons included',
  async (code) => {
    const sent: { text: string; blocks: { type: string }[]; replace_original: boolean }[] = [];
    const url = await serve(async (req, res) => {
      sent.push((await json(req)) as (typeof sent)[number]);
      res.end(sent.length === 1 ? JSON.stringify({ ok: false, error: code }) : 'ok');
    });
    const long = toMessage([...Array.from({ length: 9 }, () => line('x'.repeat(2_000))), buttons(button('On', 'on'))]);
    await respond(url, long, { replace: true });
    expect(sent[1]?.blocks.map(({ type }) => type)).toEqual(['section', 'actions']);
    expect(sent[1]).toMatchObject({ response_type: 'ephemeral', replace_original: true });
  },
);

test.each(['ok', '', '{"ok":true}', 'null', '<html>'])(
  'a reply that Slack answers with 200 and %j is accepted',
  async (body) => {
    const url = await serve((_, res) => res.end(body));
    await respond(url);
  },
);

test('a reply goes only to Slack: the host is Slack’s own, or that of SLACK_API_URL', async () => {
  const { url: stranger, replies } = await responseUrl();
  const local = new URL(stranger);
  for (const [apiUrl, url] of [
    ['https://slack.com/api/', stranger],
    ['https://slack.com/api/', 'http://hooks.slack.com/'],
    ['https://slack.com/api/', 'https://hooks.slack.com.example.com/'],
    ['https://slack.com/api/', 'https://example.com/hooks.slack.com'],
    ['https://slack.com/api/', 'https://user@example.com:443/'],
    ['https://slack-gov.com/api/', 'https://hooks.slack-gov.com.evil/'],
    [`https://${local.host}/api/`, stranger],
  ] as const) {
    const reply = respond(`${url}${SECRET}`, hello, {}, apiUrl);
    await expect(reply, url).rejects.toEqual(new Error('Slack did not accept a reply: not an address of Slack'));
  }
  expect(replies).toEqual([]);
});

test('a reply to Slack’s own hosts is sent even where the Web API is reached elsewhere', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('ok'));
  onTestFinished(() => fetched.mockRestore());
  await respond('https://hooks.slack.com/commands/1', hello, {}, 'https://slack.com/api/');
  await respond('https://hooks.slack.com/commands/2', hello, {}, 'http://127.0.0.1:1/api/');
  await respond('https://hooks.slack-gov.com/commands/3', hello, {}, 'https://slack-gov.com/api/');
  expect(fetched).toHaveBeenCalledTimes(3);
});

test('a redirect of a reply is not followed', async () => {
  const { url: elsewhere, replies } = await responseUrl();
  const url = await serve((_, res) => res.writeHead(307, { location: elsewhere }).end());
  expect((await failure(`${url}${SECRET}`)).message).toBe('Slack did not accept a reply: TypeError');
  expect(replies).toEqual([]);
});

test.each([
  ['no one listens there', 'http://127.0.0.1:1/', /: \w*ECONNREFUSED\w*$|: TypeError$/],
  ['it is not a URL', 'not a URL: ', /: not an address of Slack$/],
])('the error of a reply has neither the response URL nor a cause when %s', async (_, url, words) => {
  const error = await failure(`${url}${SECRET}`);
  expect(error.message).toMatch(words);
  expect(`${error.message} ${error.stack}`).not.toContain(SECRET);
  expect(error.cause).toBeUndefined();
});

test('a broken connection is an error with its code', async () => {
  const url = await serve((req) => req.socket.destroy());
  expect((await failure(url)).message).toBe('Slack did not accept a reply: UND_ERR_SOCKET');
});

test('a reply times out after ten seconds', async () => {
  const soon = AbortSignal.timeout(50);
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(soon);
  const url = await serve(() => {});
  const error = await failure(`${url}${SECRET}`);
  expect(timeout).toHaveBeenCalledWith(10_000);
  timeout.mockRestore();
  expect(error).toEqual(new Error('Slack did not accept a reply: TimeoutError'));
});
