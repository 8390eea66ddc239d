import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { connectionCode } from '../../src/lib/connection-fault.ts';
import { isNotTaken } from '../../src/slack/errors.ts';
import { textMessage } from '../../src/slack/messages/blocks.ts';
import { postMessage } from '../../src/slack/posting.ts';
import { serve, webClient } from '../slack/setup.ts';

/** The error of a post to this Slack. */
const failureAt = (apiUrl: string): Promise<unknown> =>
  postMessage(webClient(apiUrl), 'C1', textMessage('Hello')).then(
    () => expect.unreachable('it was posted'),
    (error: unknown) => error,
  );

/** What the system says of a socket. */
const systemError = (syscall: string, code: string) =>
  Object.assign(new Error(`${syscall} ${code}`), { syscall, code });

test.each(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNREFUSED'])(
  'a post may have arrived when its connection fails with %s after it was made',
  async (code) => {
    let socket: Socket | undefined;
    const keep = (message: unknown) => {
      socket = (message as { socket: Socket }).socket;
    };
    subscribe('undici:client:connected', keep);
    onTestFinished(() => void unsubscribe('undici:client:connected', keep));
    const apiUrl = await serve((request) =>
      request.resume().on('end', () => socket?.destroy(systemError('read', code))),
    );
    const error = await failureAt(apiUrl);
    expect(String((error as Error).message)).toContain('request error');
    expect([connectionCode(error), isNotTaken(error)]).toEqual([null, false]);
  },
);

test('a post did not arrive when no connection was made', async () => {
  expect(isNotTaken(await failureAt('http://127.0.0.1:2/'))).toBe(true);
  for (const code of ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNREFUSED'])
    expect(connectionCode(new TypeError('fetch failed', { cause: systemError('connect', code) })), code).toBe(code);
});
