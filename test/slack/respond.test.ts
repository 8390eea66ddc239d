import { expect, test, vi } from 'vitest';
import { textMessage } from '../../src/slack/messages/blocks.ts';
import { respond } from '../../src/slack/messenger.ts';
import { responseUrl, serve } from './setup.ts';

const SECRET = 'commands/T1/secret';
const hello = textMessage('Hello');

/** The error of a reply to this URL. */
async function failure(url: string): Promise<Error> {
  return respond(url, hello).then(
    () => expect.unreachable('Slack accepted it'),
    (error) => error,
  );
}

test('a reply is seen by one person only, beside the message or instead of it', async () => {
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

test('a redirect of a reply is not followed', async () => {
  const { url: elsewhere, replies } = await responseUrl();
  const url = await serve((_, res) => res.writeHead(307, { location: elsewhere }).end());
  expect((await failure(`${url}${SECRET}`)).message).toBe('Slack did not accept a reply: TypeError');
  expect(replies).toEqual([]);
});

test.each([
  ['no one listens there', 'http://127.0.0.1:1/', /: \w*ECONNREFUSED\w*$|: TypeError$/],
  ['it is not a URL', 'not a URL: ', /: ERR_INVALID_URL$/],
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
