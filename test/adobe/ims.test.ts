import { describe, expect, test } from 'vitest';
import { failureOf, startAdobe, tokensAt } from './setup.ts';

const tokenRequests = (adobe: { calls: readonly { path: string }[] }) =>
  adobe.calls.filter(({ path }) => path === '/ims/token/v3').length;

describe('the access token', () => {
  test('is requested once for concurrent and later calls', async () => {
    const { adobe, tokens } = await startAdobe();
    const all = await Promise.all(Array.from({ length: 20 }, () => tokens.token()));
    all.push(await tokens.token());
    expect(new Set(all).size).toBe(1);
    expect(tokenRequests(adobe)).toBe(1);
  });

  test.each([
    { life: 86_399, renewedAfter: 86_399 - 600 },
    { life: 1200, renewedAfter: 600 },
    { life: 300, renewedAfter: 150 },
  ])(
    'with a lifetime of $life s is renewed after $renewedAfter s, while still valid',
    async ({ life, renewedAfter }) => {
      const { clock, tokens } = await startAdobe({ tokenSeconds: life });
      const first = await tokens.token();
      clock.advance(renewedAfter - 1);
      expect(await tokens.token()).toBe(first);
      clock.advance(1);
      expect(await tokens.token()).not.toBe(first);
    },
  );

  test('is used until it expires if it cannot be renewed, and IMS is called again only a minute later', async () => {
    const { adobe, clock, tokens } = await startAdobe({ tokenSeconds: 1200 });
    const first = await tokens.token();
    adobe.faults.add({ on: 'token', kind: 'status', status: 503, times: Number.POSITIVE_INFINITY });
    clock.advance(700);
    expect(await tokens.token()).toBe(first);
    expect(await tokens.token()).toBe(first);
    expect(tokenRequests(adobe)).toBe(2);
    clock.advance(60);
    expect(await tokens.token()).toBe(first);
    expect(tokenRequests(adobe)).toBe(3);
    clock.advance(440);
    expect((await failureOf(tokens.token())).kind).toBe('unavailable');
  });

  test('is replaced once when refused, and not again for callers with the old token', async () => {
    const { adobe, tokens } = await startAdobe();
    const old = await tokens.token();
    tokens.invalidate(old);
    const fresh = await tokens.token();
    tokens.invalidate(old);
    expect(await tokens.token()).toBe(fresh);
    expect(fresh).not.toBe(old);
    expect(tokenRequests(adobe)).toBe(2);
  });

  test('is requested again after an error', async () => {
    const { adobe, tokens } = await startAdobe();
    adobe.faults.add({ on: 'token', kind: 'status', status: 500 });
    expect((await failureOf(tokens.token())).kind).toBe('unavailable');
    await expect(tokens.token()).resolves.toMatch(/^eyJ/);
  });

  test('is refused with the message of IMS if the secret is wrong', async () => {
    const { url, clock } = await startAdobe();
    const error = await failureOf(tokensAt(url, clock, { clientSecret: 'wrong' }).token());
    expect(error.problem).toEqual({
      kind: 'token_refused',
      operation: 'get an access token',
      status: 400,
      code: 'invalid_client',
      detail: 'invalid client_secret parameter',
    });
  });

  test('may come with its lifetime as text, and with additional fields', async () => {
    const { adobe, clock, tokens } = await startAdobe();
    const body = { access_token: 'eyJ.text', expires_in: '1200', token_type: null, more: {} };
    adobe.faults.add({ on: 'token', kind: 'status', status: 200, body });
    expect(await tokens.token()).toBe('eyJ.text');
    clock.advance(599);
    expect(await tokens.token()).toBe('eyJ.text');
    clock.advance(1);
    expect(await tokens.token()).not.toBe('eyJ.text');
  });

  test.each([
    [401, {}, 'token_refused'],
    [429, { error_code: '429050', message: 'Too many requests' }, 'throttled'],
    [200, { access_token: 'eyJ', expires_in: '1 day' }, 'bad_answer'],
    [200, '<html>', 'lost'],
  ] as const)('fails after one request with response %i %j, as %s', async (status, body, kind) => {
    const { adobe, tokens } = await startAdobe();
    adobe.faults.add({ on: 'token', kind: 'status', status, body });
    expect((await failureOf(tokens.token())).kind).toBe(kind);
    expect(tokenRequests(adobe)).toBe(1);
  });

  test.each([
    ['3244', 3_244],
    ['259200', 3 * 24 * 60 * 60],
    ['2000000000', 2_000_000_000],
  ])('is not requested during a pause of %s s that IMS asks for', async (retryAfter, seconds) => {
    const { adobe, tokens, clock } = await startAdobe();
    const headers = { 'retry-after': retryAfter };
    adobe.faults.add({ on: 'token', kind: 'status', status: 429, headers });
    const until = new Date(clock.now().getTime() + seconds * 1000).toISOString();
    for (const later of [0, seconds - 1]) {
      clock.advance(later);
      expect((await failureOf(tokens.token())).problem).toMatchObject({ kind: 'throttled', until });
    }
    expect(tokenRequests(adobe)).toBe(1);
    clock.advance(1);
    await expect(tokens.token()).resolves.toMatch(/^eyJ/);
  });
});
