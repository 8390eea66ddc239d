import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { connectionCode, connectionFix } from '../../src/lib/connection-fault.ts';
import { isNotProcessed } from '../../src/slack/errors.ts';
import { textMessage } from '../../src/slack/messages/blocks.ts';
import { postMessage } from '../../src/slack/posting.ts';
import { serve, webClient } from '../slack/setup.ts';

/** The error with which a post to this Slack fails. */
const failureAt = (apiUrl: string): Promise<unknown> =>
  postMessage(webClient(apiUrl), 'C1', textMessage('Hello')).then(
    () => expect.unreachable('it was posted'),
    (error: unknown) => error,
  );

/** An error of the system about a socket. */
const systemError = (syscall: string, code: string) =>
  Object.assign(new Error(`${syscall} ${code}`), { syscall, code });

test.each(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNREFUSED'])(
  'a post may have arrived if its connection fails with %s after it was established',
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
    expect([connectionCode(error), isNotProcessed(error)]).toEqual([null, false]);
  },
);

test('a post did not arrive if no connection was established', async () => {
  expect(isNotProcessed(await failureAt('http://127.0.0.1:2/'))).toBe(true);
  for (const code of ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNREFUSED'])
    expect(connectionCode(new TypeError('fetch failed', { cause: systemError('connect', code) })), code).toBe(code);
});

test.each([
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
])('a TLS handshake that fails with %s established no connection, and the advice says what to check', (code) => {
  const error = new TypeError('fetch failed', { cause: Object.assign(new Error('write EPROTO'), { code }) });
  expect(connectionCode(error)).toBe(code);
  expect(connectionFix(code, 'SLACK_API_URL')).toContain('TLS could not be agreed on: check SLACK_API_URL');
});

test('a TLS error that Node’s agents call EPROTO may concern an established connection', () => {
  expect(connectionCode(systemError('write', 'EPROTO'))).toBeNull();
});

test.each(['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC', 'ECONNRESET'])(
  'a post that fails with %s may have arrived',
  (code) => {
    expect(connectionCode(new TypeError('fetch failed', { cause: systemError('read', code) }))).toBeNull();
    expect(connectionCode(Object.assign(new Error(code), { code }))).toBeNull();
  },
);
