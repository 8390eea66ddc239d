import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { AxiosError, AxiosHeaders } from 'axios';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { QueryServiceAccounts } from '../../src/adobe/accounts.ts';
import { kindOf } from '../../src/adobe/errors.ts';
import { type AdobeCall, createClient, retryDelay } from '../../src/adobe/http.ts';
import { AccountsPage } from '../../src/adobe/schema.ts';
import { AT_ONCE, failureOf, startAdobe } from './setup.ts';

const HTML = '<!doctype html><title>502 Bad Gateway</title>';

async function startReader() {
  const seen: AdobeCall[] = [];
  const started = await startAdobe({}, (call) => seen.push(call));
  const path = '/data/foundation/queryauth/accounts';
  const requests = () => started.adobe.calls.filter((each) => each.path.startsWith(path));
  // A single page, since a list takes several requests.
  const page = { operation: 'list the accounts of sandbox dev', path, sandbox: 'dev', schema: AccountsPage };
  return { ...started, seen, requests, read: async () => (await started.platform.get(page)).items };
}

describe('an error response of Adobe', () => {
  test.each([
    [400, 'refused'],
    [401, 'not_allowed'],
    [403, 'not_allowed'],
    [404, 'no_such_path'],
    [405, 'no_such_path'],
    [418, 'refused'],
    [429, 'throttled'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [301, 'no_such_path'],
  ] as const)('with status %i is of kind %s', async (status, kind) => {
    const { adobe, read } = await startReader();
    adobe.faults.add({ on: 'accounts', kind: 'status', status, times: 3 });
    expect((await failureOf(read())).problem).toMatchObject({ kind, status });
  });

  test.each([
    [{ error_code: '403025', message: 'Profile is not valid' }, '403025', 'Profile is not valid'],
    [{ error_code: 403010, message: 'No' }, '403010', 'No'],
    [{ type: 'x', status: 403, title: 'Forbidden', detail: 'Ask an admin' }, undefined, 'Ask an admin'],
    [{ type: 'x', status: 403, title: 'Forbidden' }, undefined, 'Forbidden'],
    [{ type: 'https://ns.adobe.com/aep/errors/XDM-1010-404', title: 'No' }, 'XDM-1010-404', 'No'],
    [{ type: 'http://ns.adobe.com/aep/errors/<b>', title: 'No' }, undefined, 'No'],
    [HTML, undefined, undefined],
    ['', undefined, undefined],
    [['Forbidden'], undefined, undefined],
    [{ message: { nested: true } }, undefined, undefined],
    [undefined, undefined, undefined],
  ])('keeps Adobe’s code and message: %j', async (body, code, detail) => {
    const { adobe, read } = await startReader();
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 403, body });
    const { problem } = await failureOf(read());
    expect([problem.code, problem.detail]).toEqual([code, detail]);
  });

  test.each<[Readonly<Record<string, string>>, unknown, string | undefined]>([
    [{ 'x-request-id': 'from-header' }, { request_id: 'from-body' }, 'from-header'],
    [{}, { request_id: 'from-body', report: { request_id: 'from-report' } }, 'from-body'],
    [{}, { report: { registryRequestId: 'from-report' } }, 'from-report'],
    [{ 'x-request-id': 'x'.repeat(200) }, undefined, `${'x'.repeat(79)}…`],
    [{}, { report: 'none', request_id: { nested: true } }, undefined],
  ])('keeps Adobe’s id of the request, from the header before the body: %j %j', async (headers, body, id) => {
    const { adobe, read } = await startReader();
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 403, headers, body });
    expect((await failureOf(read())).problem.requestId).toBe(id);
  });

  test('keeps Adobe’s id of a request that is answered with a pause', async () => {
    const { adobe, read } = await startReader();
    const headers = { 'retry-after': '3600', 'x-request-id': '4f0c' };
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 429, headers, body: { error_code: '429050' } });
    expect((await failureOf(read())).problem).toMatchObject({ code: '429050', requestId: '4f0c' });
  });

  test('is truncated to 500 characters', async () => {
    const { adobe, read } = await startReader();
    const body = { error_code: '9'.repeat(2000), message: 'x'.repeat(2000) };
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 400, body });
    const { problem } = await failureOf(read());
    expect(problem.detail).toHaveLength(500);
    expect(problem.code).toHaveLength(500);
  });
});

describe('a network error', () => {
  test('is unreachable if the connection is refused', async () => {
    const { adobe, tokens, platform } = await startAdobe();
    await tokens.token();
    await adobe.stop();
    const { problem } = await failureOf(new QueryServiceAccounts(platform).readAccounts('dev'));
    expect(problem).toMatchObject({ kind: 'unreachable', detail: 'ECONNREFUSED' });
  });

  test('is lost, whatever its code, if it is not known which request failed', () => {
    for (const code of ['ENOTFOUND', 'ETIMEDOUT', 'ECONNREFUSED', 'CERT_HAS_EXPIRED'])
      expect(kindOf(new AxiosError('', code)), code).toBe('lost');
  });

  test.each(['lose-response', 'half-response'] as const)('of a broken response (%s) is lost', async (kind) => {
    const { adobe, read } = await startReader();
    adobe.faults.add({ on: 'accounts', kind, times: 3 });
    expect((await failureOf(read())).kind).toBe('lost');
  });

  test.each([
    ['a list', [], 'expected object, received array'],
    ['null', null, 'expected object, received null'],
    ['21 MB of text', 'x'.repeat(21 * 1024 * 1024), 'too large'],
  ])('of kind bad_answer does not include the invalid response: %s', async (_, body, words) => {
    const { adobe, read } = await startReader();
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body });
    const { problem } = await failureOf(read());
    expect(problem).toMatchObject({ kind: 'bad_answer', detail: `the response: ${words}` });
  });
});

describe('a read', () => {
  test.each([
    ['status 429', { kind: 'status', status: 429, body: { error_code: '429050', message: 'Too many requests' } }],
    ['status 503', { kind: 'status', status: 503 }],
    ['a lost response', { kind: 'lose-response' }],
    ['half a response', { kind: 'half-response' }],
    ['a response that is not JSON', { kind: 'garbage' }],
    ['JSON that is cut off', { kind: 'status', status: 200, body: '{"accounts":[{"accountName":' }],
    ['an empty response', { kind: 'status', status: 200, body: '' }],
  ] as const)('is tried three times in all after %s', async (_, fault) => {
    const { adobe, read, requests } = await startReader();
    adobe.faults.add({ on: 'accounts', ...fault, times: 2 });
    await expect(read()).resolves.not.toHaveLength(0);
    expect(requests()).toHaveLength(3);
    adobe.faults.add({ on: 'accounts', ...fault, times: 3 });
    await failureOf(read());
    expect(requests()).toHaveLength(6);
  });

  test.each([400, 403, 404])('is not retried after status %i', async (status) => {
    const { adobe, read, requests } = await startReader();
    adobe.faults.add({ on: 'accounts', kind: 'status', status });
    await failureOf(read());
    expect(requests()).toHaveLength(1);
  });

  test.each([
    [429, '3244'],
    [429, new Date(Date.now() + 3_600_000).toUTCString()],
    [503, '3600'],
    [429, '259200'],
    [429, '2000000000'],
  ])(
    'is not sent during a pause that Adobe asks for with status %i and Retry-After: %s',
    async (status, retryAfter) => {
      const { adobe, clock, platform, requests, read } = await startReader();
      const headers = { 'retry-after': retryAfter };
      adobe.faults.add({ on: 'accounts', kind: 'status', status, headers });
      const { problem } = await failureOf(read());
      const pauseMs = new Date(problem.until ?? '').getTime() - clock.now().getTime();
      expect(pauseMs).toBeGreaterThan(3_200_000);
      clock.advance(pauseMs / 1000 - 1);
      expect((await failureOf(read())).problem).toMatchObject({ kind: 'throttled', until: problem.until });
      const start = {
        operation: 'start',
        method: 'POST' as const,
        path: '/x',
        sandbox: 'dev',
        token: 't',
        timeoutMs: 1000,
        mayWrite: () => true,
      };
      expect((await failureOf(platform.send({ ...start, signal: new AbortController().signal }))).kind).toBe(
        'throttled',
      );
      expect(requests()).toHaveLength(1);
      clock.advance(2);
      await read();
      expect(requests().length).toBeGreaterThan(1);
    },
  );

  test('is retried with one new token after a 401', async () => {
    const { adobe, read, requests } = await startReader();
    await read();
    adobe.revokeTokens();
    await expect(read()).resolves.not.toHaveLength(0);
    expect(requests().map(({ status }) => status)).toEqual([200, 401, 200]);
  });

  test('does not request a token again if new tokens are refused as well', async () => {
    const { adobe, read } = await startReader();
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 401, times: 10 });
    for (let i = 0; i < 4; i++) expect((await failureOf(read())).kind).toBe('not_allowed');
    expect(adobe.calls.filter(({ path }) => path === '/ims/token/v3')).toHaveLength(2);
  });

  test('uses no proxy from the environment', async () => {
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1');
    vi.stubEnv('NO_PROXY', '');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { read } = await startReader();
    await expect(read()).resolves.not.toHaveLength(0);
  });

  test('times out after 10 s', () => {
    expect(createClient('http://127.0.0.1').defaults.timeout).toBe(10_000);
  });

  test('is recorded once, with its outcome', async () => {
    const { adobe, read, seen } = await startReader();
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 503 });
    await read();
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body: [] });
    await failureOf(read());
    const operation = 'list the accounts';
    expect(seen).toEqual([
      { operation, outcome: 'ok', seconds: expect.any(Number) },
      { operation, outcome: 'bad_answer', seconds: expect.any(Number) },
    ]);
  });
});

describe('the delay before retry', () => {
  const delays = { first: 500, max: 10_000 };
  const errorWith = (retryAfter?: string) =>
    new AxiosError('', '', undefined, undefined, {
      status: 429,
      statusText: '',
      data: '',
      headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
      config: { headers: new AxiosHeaders() },
    });

  test.each([
    [1, undefined, 500, 600],
    [2, undefined, 1000, 1200],
    [1, '4', 4000, 4100],
    [1, '3600', 10_000, 10_000],
    [1, 'tomorrow', 500, 600],
  ])('%i, with Retry-After %s, is %i to %i ms', (retry, retryAfter, min, max) => {
    const ms = retryDelay(retry, errorWith(retryAfter), delays);
    expect(ms).toBeGreaterThanOrEqual(min);
    expect(ms).toBeLessThanOrEqual(max);
  });
});

describe('an AdobeError', () => {
  test.each([
    [
      'status 403 that repeats it',
      { kind: 'status', status: 403, body: { message: 'no rights for Bearer eyJ.simulated-token-1.x' } },
    ],
    ['status 500', { kind: 'status', status: 500 }],
    ['a lost response', { kind: 'lose-response' }],
    ['half a response', { kind: 'half-response' }],
    ['a response that is not JSON', { kind: 'garbage' }],
  ] as const)('never contains the token after %s', async (_, fault) => {
    const { adobe, read } = await startReader();
    adobe.faults.add({ on: 'accounts', ...fault, times: 3 });
    expect(everythingIn(await failureOf(read()))).not.toMatch(/simulated-token|Bearer eyJ/);
  });

  test('never contains the client secret, even if IMS repeats it', async () => {
    const { adobe, tokens } = await startAdobe();
    const secret = SIMULATED_CLIENT.clientSecret;
    const body = { error: 'invalid_client', error_description: `${'x'.repeat(480)} ${secret}` };
    adobe.faults.add({ on: 'token', kind: 'status', status: 400, body });
    expect(everythingIn(await failureOf(tokens.token()))).not.toMatch(/simulated-client-s/);
  });
});

/** Everything that a log or a careless serialiser could print about an error. */
function everythingIn(error: Error): string {
  return [
    error.message,
    error.stack,
    JSON.stringify(error),
    inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
  ].join('\n');
}

describe('a response that arrives in small pieces', () => {
  test('is lost once its timeout has passed, although it is never silent', { timeout: 10_000 }, async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const trickling = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(trickling));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const client = createClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, AT_ONCE);
    const error = await client.get('/', { timeout: 100 }).catch((thrown: AxiosError) => thrown);
    expect(kindOf(error as AxiosError)).toBe('lost');
  });
});
