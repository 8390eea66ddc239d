import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { CA_FILE, TestProxy, tlsFront } from '../support/proxy.ts';
import { FIRST, SECRETS, startWorld } from './setup.ts';

test('behind a proxy that inspects nothing, with custom certificates, a migration goes only through tunnels', async () => {
  const world = await startWorld({ mode: 'socket' });
  const { SLACK_API_URL = '', ADOBE_IMS_URL = '' } = world.settings;
  const [slack, adobe] = await Promise.all([tlsFront(SLACK_API_URL), tlsFront(ADOBE_IMS_URL)]);
  onTestFinished(() => [slack, adobe].forEach(({ stop }) => void stop()));
  world.slack.publicUrl = slack.url;
  const proxy = new TestProxy();
  const proxyUrl = new URL(await proxy.start());
  onTestFinished(() => proxy.stop());
  proxyUrl.username = 'user';
  proxyUrl.password = 'proxy-password';

  await world.start({
    SLACK_API_URL: `${slack.url}/api/`,
    ADOBE_IMS_URL: adobe.url,
    ADOBE_PLATFORM_URL: adobe.url,
    ADOBE_CONSOLE_URL: adobe.url,
    https_proxy: proxyUrl.href,
    NODE_EXTRA_CA_CERTS: fileURLToPath(CA_FILE),
  });
  await world.migrate(FIRST);
  await world.posted('*Migrated*', FIRST);

  const hosts = [slack.url, adobe.url].map((url) => new URL(url).host);
  expect(new Set(proxy.tunnels)).toEqual(new Set(hosts));
  const direct = [...slack.from, ...adobe.from].filter((port) => !proxy.ports.includes(port));
  expect(direct).toEqual([]);
  expect(proxy.requests).toEqual([]);
  // The question goes to the response_url.
  for (const path of ['POST /response/', 'POST /api/chat.postMessage', 'GET /link/'])
    expect(slack.seen()).toContain(path);
  for (const secret of Object.values(SECRETS)) expect(proxy.seen).not.toContain(secret);
  // The only password that reaches the proxy is its own, encoded.
  expect(proxy.seen).toContain(Buffer.from('user:proxy-password').toString('base64'));
});
