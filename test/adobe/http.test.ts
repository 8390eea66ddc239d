import { inspect } from 'node:util';
import { AxiosError, AxiosHeaders } from 'axios';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { QueryServiceAccounts } from '../../src/adobe/accounts.ts';
import { type AdobeCall, createClient, retryDelay } from '../../src/adobe/client.ts';
import { kindOf } from '../../src/adobe/failures.ts';
import { failureOf, startAdobe } from './setup.ts';

const HTML = '<!doctype html><title>502 Bad Gateway</title>';

async function startReader() {
  const seen: AdobeCall[] = [];
  const started = await startAdobe({}, (call) => seen.push(call));
  const accounts = new QueryServiceAccounts(started.platform);
  const requests = () =>
    started.adobe.calls.filter(({ path }) => path.startsWith('/data/foundation/queryauth/accounts'));
  return { ...started, seen, requests, read: () => accounts.readAccounts('dev') };
}

describe('what Adobe refuses', () => {
  it.each([
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
  ] as const)('%i is %s', async (status, kind) => {
    const { adobe, read } = await startReader();
    adobe.faults.add({ on: 'accounts', kind: 'status', status, times: 3 });
    expect((await failureOf(read())).problem).toMatchObject({ kind, status });
  });

  it.each([
    [{ error_code: '403025', message: 'Profile is not valid' }, '403025', 'Profile is not valid'],
    [{ error_code: 403010, message: 'No' }, '403010', 'No'],
    [{ type: 'x', status: 403, title: 'Forbidden', detail: 'Ask an admin' }, undefined, 'Ask an admin'],
    [{ type: 'x', status: 403, title: 'Forbidden' }, undefined, 'Forbidden'],
    [HTML, undefined, undefined],
    ['', undefined, undefined],
    [['Forbidden'], undefined, undefined],
    [{ message: { nested: true } }, undefined, undefined],
    [undefined, undefined, undefined],
  ])('is told in its own words: %j', async (body, code, detail) => {
    const { adobe, read } = await startReader();
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 403, body });
    const { problem } = await failureOf(read());
    expect([problem.code, problem.detail]).toEqual([code, detail]);
  });

  it('is cut to 500 characters', async () => {
    const { adobe, read } = await startReader();
    const body = { error_code: '9'.repeat(2000), message: 'x'.repeat(2000) };
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 400, body });
    const { problem } = await failureOf(read());
    expect(problem.detail).toHaveLength(500);
    expect(problem.code).toHaveLength(500);
  });
});

describe('what goes wrong on the way', () => {
  it('is unreachable when nobody takes the connection', async () => {
    const { adobe, tokens, platform } = await startAdobe();
    await tokens.token();
    await adobe.stop();
    const { problem } = await failureOf(new QueryServiceAccounts(platform).readAccounts('dev'));
    expect(problem).toMatchObject({ kind: 'unreachable', detail: 'ECONNREFUSED' });
  });

  it.each(['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    '%s is unreachable: nothing was sent',
    (code) => expect(kindOf(new AxiosError('', code))).toBe('unreachable'),
  );

  it.each(['ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ERR_CANCELED', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'])(
    '%s is lost: it may have been sent',
    (code) => expect(kindOf(new AxiosError('', code))).toBe('lost'),
  );

  it('is lost, not unreachable, when an open connection dies of it', () => {
    const error = new AxiosError('', 'EHOSTUNREACH');
    error.cause = Object.assign(new Error(), { syscall: 'read' });
    expect(kindOf(error)).toBe('lost');
  });

  it.each(['lose-response', 'half-response'] as const)('%s is lost', async (kind) => {
    const { adobe, read } = await startReader();
    adobe.faults.add({ on: 'accounts', kind, times: 3 });
    expect((await failureOf(read())).kind).toBe('lost');
  });

  it.each([
    [HTML, 'expected object, received string'],
    ['', 'expected object, received string'],
    [[], 'expected object, received array'],
    ['x'.repeat(21 * 1024 * 1024), 'too large'],
  ])('is a bad answer: %#', async (body, words) => {
    const { adobe, read } = await startReader();
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body });
    const { problem } = await failureOf(read());
    expect(problem).toMatchObject({ kind: 'bad_answer', detail: `the answer: ${words}` });
  });
});

describe('a read', () => {
  it.each([
    { kind: 'status', status: 429, body: { error_code: '429050', message: 'Too many requests' } },
    { kind: 'status', status: 503 },
    { kind: 'lose-response' },
    { kind: 'half-response' },
  ] as const)('is tried three times altogether: $kind $status', async (fault) => {
    const { adobe, read, requests } = await startReader();
    adobe.faults.add({ on: 'accounts', ...fault, times: 2 });
    await expect(read()).resolves.not.toHaveLength(0);
    expect(requests()).toHaveLength(3);
    adobe.faults.add({ on: 'accounts', ...fault, times: 3 });
    await failureOf(read());
    expect(requests()).toHaveLength(6);
  });

  it.each([400, 403, 404])('is not repeated after %i', async (status) => {
    const { adobe, read, requests } = await startReader();
    adobe.faults.add({ on: 'accounts', kind: 'status', status });
    await failureOf(read());
    expect(requests()).toHaveLength(1);
  });

  it('waits no longer than it may, whatever Retry-After says', async () => {
    const { adobe, read } = await startReader();
    const headers = { 'retry-after': '3600' };
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 429, headers });
    await expect(read()).resolves.not.toHaveLength(0);
  });

  it('gets one new token after a 401', async () => {
    const { adobe, read, requests } = await startReader();
    await read();
    adobe.revokeTokens();
    await expect(read()).resolves.not.toHaveLength(0);
    expect(requests().map(({ status }) => status)).toEqual([200, 401, 200]);
  });

  it('does not ask IMS again and again when new tokens are refused as well', async () => {
    const { adobe, read } = await startReader();
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 401, times: 10 });
    for (let i = 0; i < 4; i++) expect((await failureOf(read())).kind).toBe('not_allowed');
    expect(adobe.calls.filter(({ path }) => path === '/ims/token/v3')).toHaveLength(2);
  });

  it('follows no redirect', async () => {
    const { adobe, read } = await startReader();
    const elsewhere = await startAdobe();
    const headers = { location: `${elsewhere.url}/data/foundation/queryauth/accounts` };
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 302, headers });
    expect((await failureOf(read())).kind).toBe('no_such_path');
    expect(elsewhere.adobe.calls).toEqual([]);
  });

  it('goes through no proxy of the environment', async () => {
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1');
    vi.stubEnv('NO_PROXY', '');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { read } = await startReader();
    await expect(read()).resolves.not.toHaveLength(0);
  });

  it('gives up after 10 s of silence', () => {
    expect(createClient('http://127.0.0.1').defaults.timeout).toBe(10_000);
  });

  it('is reported once, with how it went', async () => {
    const { adobe, read, seen } = await startReader();
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 503 });
    await read();
    adobe.faults.add({ on: 'accounts', kind: 'garbage' });
    await failureOf(read());
    const operation = 'list the accounts of sandbox dev';
    expect(seen).toEqual([
      { operation, outcome: 'ok', seconds: expect.any(Number) },
      { operation, outcome: 'bad_answer', seconds: expect.any(Number) },
    ]);
  });
});

describe('the wait before a repetition', () => {
  const delays = { first: 500, most: 10_000 };
  const asking = (retryAfter?: string) =>
    new AxiosError('', '', undefined, undefined, {
      status: 429,
      statusText: '',
      data: '',
      headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
      config: { headers: new AxiosHeaders() },
    });

  it.each([
    [1, undefined, 500, 600],
    [2, undefined, 1000, 1200],
    [1, '4', 4000, 4100],
    [1, '3600', 10_000, 10_000],
    [1, 'tomorrow', 500, 600],
  ])('%i, with Retry-After %s, is %i to %i ms', (repetition, retryAfter, least, most) => {
    const ms = retryDelay(repetition, asking(retryAfter), delays);
    expect(ms).toBeGreaterThanOrEqual(least);
    expect(ms).toBeLessThanOrEqual(most);
  });
});

describe('no error', () => {
  it.each([
    { kind: 'status', status: 403, body: { message: 'no rights for Bearer eyJ.simulated-token-1.x' } },
    { kind: 'status', status: 500 },
    { kind: 'lose-response' },
    { kind: 'half-response' },
    { kind: 'garbage' },
  ] as const)('carries the token: $kind $status', async (fault) => {
    const { adobe, read } = await startReader();
    adobe.faults.add({ on: 'accounts', ...fault, times: 3 });
    expect(everythingIn(await failureOf(read()))).not.toMatch(/simulated-token|Bearer eyJ/);
  });

  it('carries the client secret, even when IMS repeats it', async () => {
    const { adobe, tokens } = await startAdobe();
    const secret = SIMULATED_CLIENT.clientSecret;
    const body = { error: 'invalid_client', error_description: `${'x'.repeat(480)} ${secret}` };
    adobe.faults.add({ on: 'token', kind: 'status', status: 400, body });
    expect(everythingIn(await failureOf(tokens.token()))).not.toMatch(/simulated-client-s/);
  });
});

/** All that a log or a careless serializer could print of an error. */
function everythingIn(error: Error): string {
  return [
    error.message,
    error.stack,
    JSON.stringify(error),
    inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
  ].join('\n');
}
