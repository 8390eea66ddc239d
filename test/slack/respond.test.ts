import { expect, test, vi } from 'vitest';
import { line, toMessage } from '../../src/slack/messages/blocks.ts';
import { respond } from '../../src/slack/respond.ts';
import { responseUrl, serve } from './setup.ts';

const SECRET = 'commands/T1/secret';
const hello = toMessage([line('Hello')]);

/** What an answer to this address fails with. */
async function failure(url: string): Promise<Error> {
  return respond(url, hello).then(
    () => expect.unreachable('it was taken'),
    (error) => error,
  );
}

test('an answer is for the person alone, beside the message or in its place', async () => {
  const { url, taken } = await responseUrl();
  await respond(url, hello);
  await respond(url, hello, { replace: true });
  expect(taken).toEqual([
    { ...hello, response_type: 'ephemeral', replace_original: false },
    { ...hello, response_type: 'ephemeral', replace_original: true },
  ]);
});

test.each([400, 404, 429, 500])('HTTP %i is an error without the address', async (status) => {
  const url = await serve((_, res) => res.writeHead(status).end(`used_url ${SECRET}`));
  const error = await failure(`${url}${SECRET}`);
  expect(error).toEqual(new Error(`Slack did not take an answer: HTTP ${status}`));
});

test('a redirect is not followed', async () => {
  const { url: elsewhere, taken } = await responseUrl();
  const url = await serve((_, res) => res.writeHead(307, { location: elsewhere }).end());
  expect((await failure(`${url}${SECRET}`)).message).toBe('Slack did not take an answer: TypeError');
  expect(taken).toEqual([]);
});

test.each([
  ['nobody listens', 'http://127.0.0.1:1/', /: \w*ECONNREFUSED\w*$|: TypeError$/],
  ['it is none', 'no address: ', /: ERR_INVALID_URL$/],
])('where %s, the error has neither the address nor a cause', async (_, url, words) => {
  const error = await failure(`${url}${SECRET}`);
  expect(error.message).toMatch(words);
  expect(`${error.message} ${error.stack}`).not.toContain(SECRET);
  expect(error.cause).toBeUndefined();
});

test('a connection that breaks is an error in one word', async () => {
  const url = await serve((req) => req.socket.destroy());
  expect((await failure(url)).message).toBe('Slack did not take an answer: UND_ERR_SOCKET');
});

test('nobody waits for ever', async () => {
  const soon = AbortSignal.timeout(50);
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(soon);
  const url = await serve(() => {});
  const error = await failure(`${url}${SECRET}`);
  expect(timeout).toHaveBeenCalledWith(10_000);
  timeout.mockRestore();
  expect(error).toEqual(new Error('Slack did not take an answer: TimeoutError'));
});
