import { expect, onTestFinished, test } from 'vitest';
import { boltLogger } from '../../src/slack/bolt-logger.ts';
import { SCOPES, SlackHealth } from '../../src/slack/health.ts';
import { NO_RESPONSE } from '../../src/slack/people.ts';
import { SocketReceiver } from '../../src/slack/socket.ts';
import { recording } from '../lib/recording.ts';
import { TestClock } from '../support/clock.ts';
import { tlsFront } from '../support/proxy.ts';
import { useRefusingProxy } from '../support/refusing-proxy.ts';
import { SILENT } from '../support/services.ts';
import { serve, serveSlack, webClient } from './setup.ts';

test('a scope that a call lacked is reported as missing until Slack says that the token has it', async () => {
  const client = webClient(
    await serveSlack({ ok: false, error: 'missing_scope', needed: 'users:read,users:read.email' }),
  );
  const health = new SlackHealth({ clock: new TestClock(), logger: SILENT });
  health.noteCall('users.lookupByEmail', await client.users.list({}).catch((error: unknown) => error));
  health.noteScopes(undefined);
  expect(health.state().detail).toContain('lacks users:read, users:read.email:');
  health.noteScopes(SCOPES.filter((scope) => scope !== 'users:read.email'));
  expect(health.state().detail).toContain('lacks users:read.email:');
  health.noteScopes(SCOPES);
  expect(health.state()).toEqual({ ok: true });
});

test('a rejected token is reported as rejected until Slack accepts it, even where the next check gets no answer', async () => {
  let answer: string | null = '{"ok":false,"error":"token_revoked"}';
  const client = webClient(
    await serve((req, res) => {
      if (answer === null) return void req.socket.destroy();
      res.setHeader('content-type', 'application/json');
      res.end(answer);
    }),
  );
  const { logger, lines } = recording([], 'info');
  const health = new SlackHealth({ clock: new TestClock(), logger });
  await health.check(client);
  answer = null;
  await health.check(client);
  expect(health.state()).toMatchObject({ ok: false, detail: expect.stringContaining('token_revoked') });
  expect(lines).toHaveLength(1);
  answer = '{"ok":true}';
  await health.check(client);
  expect(health.state()).toEqual({ ok: true });
});

test('a user group whose lookup got no response twice in a row is named until one gets a response, and what Slack said of the group before is kept', () => {
  const { logger, lines } = recording([], 'info');
  const health = new SlackHealth({ clock: new TestClock(), logger });
  health.noteGroup('S1', NO_RESPONSE);
  health.noteGroup('S1', null);
  health.noteGroup('S1', NO_RESPONSE);
  expect(health.state()).toEqual({ ok: true });
  health.noteGroup('S1', NO_RESPONSE);
  const detail =
    'Slack does not say who is in user group S1 of MIGRATORS (no proper response): wait, and if that lasts set MIGRATORS to user ids';
  expect(health.state()).toEqual({ ok: true, detail });
  health.noteGroup('S1', NO_RESPONSE);
  expect(lines).toHaveLength(1);
  health.noteGroup('S1', 'no_such_subteam');
  for (let i = 0; i < 3; i++) health.noteGroup('S1', NO_RESPONSE);
  expect(health.state().detail).toContain('(no_such_subteam): enable that user group');
  health.noteGroup('S1', null);
  expect(health.state()).toEqual({ ok: true });
});

const UNREACHABLE: readonly [string, () => Promise<string>, RegExp][] = [
  [
    'a certificate of an unknown authority',
    async () => {
      const front = await tlsFront(await serve((_, response) => response.end()));
      onTestFinished(front.stop);
      return `${front.url}/`;
    },
    /: SELF_SIGNED_CERT_IN_CHAIN, its certificate is signed .* set NODE_EXTRA_CA_CERTS /,
  ],
  [
    'a host that does not resolve',
    async () => 'https://slack.invalid/api/',
    /: (ENOTFOUND|EAI_AGAIN), its name could not be resolved: check SLACK_API_URL, DNS/,
  ],
  [
    'a port that refuses connections',
    async () => 'http://127.0.0.1:2/',
    /: ECONNREFUSED, no connection was possible: check SLACK_API_URL/,
  ],
  [
    'a proxy that requires a password',
    async () => {
      await useRefusingProxy();
      return 'https://slack.example/api/';
    },
    /: ERR_PROXY_TUNNEL, the proxy did not let it through: check HTTPS_PROXY/,
  ],
];

test.each(UNREACHABLE)(
  'after a minute /readyz and the log name why Slack cannot be reached: %s',
  async (_, address, words) => {
    const clock = new TestClock();
    const { logger, lines } = recording([], 'info');
    const health = new SlackHealth({ clock, logger });
    const client = webClient(await address());
    await health.check(client);
    expect(health.state()).toEqual({ ok: true });
    clock.advance(61);
    await health.check(client);
    expect(health.state()).toEqual({ ok: true, detail: expect.stringMatching(words) });
    expect(lines).toHaveLength(1);
  },
);

test.each(UNREACHABLE)(
  'in Socket Mode /readyz names at once why Slack cannot be reached: %s',
  async (_, address, words) => {
    const { logger, lines } = recording([], 'info');
    const receiver = new SocketReceiver({
      appToken: 'xapp-1',
      logger: boltLogger(logger),
      clientOptions: { slackApiUrl: await address(), logger: boltLogger(logger) },
    });
    onTestFinished(() => receiver.stop());
    await receiver.start();
    await expect.poll(() => receiver.state().detail).toMatch(words);
    expect(receiver.state().ok).toBe(false);
    expect(lines).toHaveLength(1);
  },
);
