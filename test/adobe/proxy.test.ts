import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { QueryServiceMigration } from '../../src/adobe/query-service.ts';
import { type ProxySettings, useProxy } from '../../src/lib/network.ts';
import { TestProxy, type Treatment, tlsFront } from '../support/proxy.ts';
import { clientsAt, failureOf, IN_TIME, PATH, startAdobe, TARGET, tokensAt, trustTestCertificates } from './setup.ts';

const never = new AbortController().signal;

/** A simulated Adobe behind TLS and a proxy; its certificate is trusted by default. */
async function startBehindProxy(variable: keyof ProxySettings = 'HTTPS_PROXY', { trusted = true } = {}) {
  const { adobe, clock, url } = await startAdobe();
  const front = await tlsFront(url);
  onTestFinished(front.stop);
  const proxy = new TestProxy();
  const restore = useProxy({ [variable]: await proxy.start() });
  onTestFinished(async () => {
    restore();
    await proxy.stop();
  });
  if (trusted) trustTestCertificates();
  const tokens = tokensAt(front.url, clock);
  const { platform } = clientsAt(front.url, tokens);
  const method = new QueryServiceMigration({ platform, tokens, path: PATH, timeoutMs: 1_000 });
  const host = new URL(front.url).host;
  return { adobe, clock, plainUrl: url, front, proxy, restore, tokens, platform, method, host };
}

describe('behind a proxy', () => {
  test.each(['HTTPS_PROXY', 'HTTP_PROXY'] as const)(
    'with %s, the token, reads and the one start go through tunnels, in which the proxy sees no token',
    async (variable) => {
      const { adobe, proxy, platform, tokens, method, host } = await startBehindProxy(variable);
      const token = await tokens.token();
      await failureOf(platform.get({ operation: 'read', path: '/elsewhere', schema: z.unknown() }));
      expect(await method.start(TARGET, never, IN_TIME)).toEqual({ kind: 'accepted' });

      expect(adobe.starts).toHaveLength(1);
      expect(proxy.tunnels).toEqual([host, host, host]);
      expect(proxy.requests).toEqual([]);
      expect(proxy.seen).not.toContain(token);
      expect(proxy.seen).not.toMatch(/authorization|client_secret/i);
    },
  );

  test('a host of NO_PROXY is connected to directly', async () => {
    const { adobe, proxy, restore, method } = await startBehindProxy();
    restore();
    onTestFinished(useProxy({ HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' }));
    expect(await method.start(TARGET, never, IN_TIME)).toEqual({ kind: 'accepted' });
    expect([adobe.starts.length, proxy.tunnels]).toEqual([1, []]);
  });

  test.each<[string, Treatment, string]>([
    ['refuses the tunnel', { status: 407 }, 'ERR_PROXY_TUNNEL'],
    ['hangs up', 'cut', 'ERR_PROXY_TUNNEL'],
  ])('nothing is sent when the proxy %s', async (_, treatment, code) => {
    const { adobe, proxy, tokens, method } = await startBehindProxy();
    await tokens.token();
    proxy.treatment = treatment;
    const outcome = await method.start(TARGET, never, IN_TIME);
    expect(outcome).toMatchObject({ kind: 'unsent', error: { problem: { kind: 'unreachable', detail: code } } });
    expect(adobe.starts).toEqual([]);
  });

  test('a start ends if the proxy does not respond', async () => {
    const { adobe, proxy, tokens, method } = await startBehindProxy();
    await tokens.token();
    proxy.treatment = 'silent';
    expect((await method.start(TARGET, never, IN_TIME)).kind).not.toBe('accepted');
    expect(adobe.starts).toEqual([]);
  }, 8_000);

  test.each(['lose-response', 'half-response'] as const)(
    'a start in the tunnel whose response is lost may have arrived: %s',
    async (kind) => {
      const { adobe, method } = await startBehindProxy();
      adobe.faults.add({ on: 'start', kind });
      expect(await method.start(TARGET, never, IN_TIME)).toMatchObject({
        kind: 'unclear',
        error: { problem: { kind: 'lost' } },
      });
      expect(adobe.starts).toHaveLength(1);
    },
  );

  test('nothing is sent when the certificate is not trusted', async () => {
    const { adobe, clock, plainUrl, front } = await startBehindProxy('HTTPS_PROXY', { trusted: false });
    const tokens = tokensAt(plainUrl, clock);
    const { platform } = clientsAt(front.url, tokens);
    const method = new QueryServiceMigration({ platform, tokens, path: PATH, timeoutMs: 1_000 });
    const outcome = await method.start(TARGET, never, IN_TIME);
    expect(outcome).toMatchObject({
      kind: 'unsent',
      error: { problem: { kind: 'unreachable', detail: 'SELF_SIGNED_CERT_IN_CHAIN' } },
    });
    expect(adobe.starts).toEqual([]);
  });
});
