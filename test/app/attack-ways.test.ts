import { describe, expect, test } from 'vitest';
import { raw } from '../http/setup.ts';
import { MEMBER } from '../support/people.ts';
import {
  COMMAND,
  command,
  everything,
  expectInert,
  FORM,
  NAME,
  now,
  PATH,
  send,
  signed,
  withTarget,
} from './target.ts';

// Provoked by the replayed command, which has no address for a reply.
const target = withTarget(['a request failed', 'the reply to a failed request could not be sent']);

describe('other ways in', () => {
  test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    '%s reaches no endpoint',
    async (method) => {
      await expectInert(signed(COMMAND, { method }), 404);
    },
  );

  test.each([
    '/slack//events',
    '/slack/./events',
    '/slack/%2e/events',
    '/slack/x/../events',
    '/slack/x/%2e%2e/events',
    '/slack/event%73',
    '/slack/events/',
    '/Slack/Events',
    '/slack/events%00',
    '/slack/events;a=b',
    '/slack\\events',
    '/./slack/events',
    '/slack/events/../../healthz',
    '/',
    '/slack',
    '/slack/install',
    '/slack/oauth_redirect',
    'http://127.0.0.1/slack/events',
  ])('POST %s reaches no endpoint', async (path) => {
    await expectInert(signed(COMMAND, { path }), 404);
  });

  test.each(['//', '//slack/events', 'http://'])('POST %s is not a valid address', async (path) => {
    await expectInert(signed(COMMAND, { path }), [400, 404]);
  });

  test.each(['/healthz', '/readyz', '/metrics'])('POST %s is not allowed', async (path) => {
    await expectInert(signed(COMMAND, { path }), 405);
  });

  test('a body of ten megabytes is rejected, with a declared length or in chunks, and is not read without a signature', async () => {
    const tenMB = Buffer.alloc(10 * 1024 * 1024, 'x');
    const announced = { 'content-length': String(tenMB.length) };
    await expectInert({ headers: announced, body: '' }, 401);
    await expectInert({ headers: { 'transfer-encoding': 'chunked' }, body: tenMB }, 401);
    await expectInert(signed(tenMB, { headers: announced }), 413);
    await expectInert(signed(tenMB, { headers: { 'transfer-encoding': 'chunked' } }), 413);
  });

  const HOST = 'Host: x\r\n';
  const forged = `POST ${PATH} HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n`;
  test.each<[string, string, string]>([
    [
      'two Content-Length headers',
      `POST ${PATH} HTTP/1.1\r\n${HOST}Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello`,
      '400',
    ],
    [
      'both a Content-Length and chunks',
      `POST ${PATH} HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      '400',
    ],
    ['a negative Content-Length', `POST ${PATH} HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`, '400'],
    ['a Content-Length that is a word', `POST ${PATH} HTTP/1.1\r\n${HOST}Content-Length: many\r\n\r\n`, '400'],
    [
      'a chunk without a valid length',
      `POST ${PATH} HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      '401',
    ],
    ['an unknown transfer encoding', `POST ${PATH} HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip\r\n\r\n`, '401'],
    ['no Host header', `POST ${PATH} HTTP/1.1\r\nContent-Length: 0\r\n\r\n`, '400'],
    ['no HTTP request line', `hello\r\n\r\n`, '400'],
    ['a line break in a header', `POST ${PATH} HTTP/1.1\r\n${HOST}X: a\n b\r\n\r\n`, '400'],
    ['a header of a megabyte', `POST ${PATH} HTTP/1.1\r\n${HOST}X: ${'a'.repeat(1_000_000)}\r\n\r\n`, '431'],
    [
      'ten thousand headers',
      `POST ${PATH} HTTP/1.1\r\n${HOST}${Array.from({ length: 10_000 }, (_, i) => `X-${i}: 1\r\n`).join('')}\r\n`,
      '431',
    ],
    ['an address of a megabyte', `POST /${'a'.repeat(1_000_000)} HTTP/1.1\r\n${HOST}\r\n`, '431'],
    [
      'an unknown Expect header',
      `POST ${PATH} HTTP/1.1\r\n${HOST}Expect: gifts\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      '417',
    ],
    [
      'an Upgrade header',
      `POST ${PATH} HTTP/1.1\r\n${HOST}Connection: Upgrade, close\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n`,
      '401',
    ],
    [
      'two more behind it',
      forged.repeat(2) + forged.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
      '401 401 401',
    ],
    ['bytes after its end', `${forged}0\r\n\r\n`, '401'],
    ['version 1.0 of HTTP', `POST ${PATH} HTTP/1.0\r\nContent-Length: 0\r\n\r\n`, '401'],
  ])('a request with %s changes nothing', async (_, bytes, statuses) => {
    const before = everything();
    const socket = await raw(Number(new URL(String(target().slack.appUrl)).port), bytes);
    let answers = '';
    socket.on('data', (chunk) => {
      answers += chunk;
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(answers.match(/(?<=^HTTP\/1\.1 )\d+/gm)?.join(' ')).toBe(statuses);
    expect(everything()).toEqual(before);
  });
});

describe('a replayed request', () => {
  test('a replayed request is acknowledged and does nothing, even with other headers, and is rejected with a changed signature', async () => {
    const first = await target().say(MEMBER, 'help');
    expect(first.text).toContain('/qs-creds');
    const before = everything();
    for (let i = 0; i < 3; i++) expect(await target().slack.replay()).toMatchObject({ status: 200 });
    expect(everything()).toEqual(before);

    const timestamp = now();
    const body = command(`migrate ${NAME}`);
    const { headers = {} } = signed(body, { timestamp });
    const signature = String(headers['x-slack-signature']);
    const asked = () => target().slack.calls.length;
    expect(await send({ headers, body })).toBe(200);
    await target().logged('the reply to a failed request could not be sent');
    const after = everything();
    const calls = asked();
    for (const change of [
      {},
      { 'x-slack-request-timestamp': ` ${timestamp} ` },
      { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' },
      { 'content-type': `${FORM}; charset=utf-8` },
      { 'content-type': FORM, 'x-forwarded-for': '10.0.0.1' },
    ]) {
      expect.soft(await send({ headers: { ...headers, ...change }, body }), JSON.stringify(change)).toBe(200);
    }
    for (const change of [
      { 'x-slack-signature': `${signature}=more` },
      { 'x-slack-request-timestamp': `0x${timestamp.toString(16)}` },
      { 'x-slack-request-timestamp': `${timestamp}.0` },
    ]) {
      expect.soft(await send({ headers: { ...headers, ...change }, body }), JSON.stringify(change)).toBe(401);
    }
    expect(asked()).toBe(calls);
    expect(everything()).toEqual(after);
  });

  test('the bot replies as before after all these attacks', async () => {
    expect((await target().say(MEMBER, 'status')).text).toContain('No migration is running.');
    expect(target().adobe.starts).toEqual([]);
  });
});
