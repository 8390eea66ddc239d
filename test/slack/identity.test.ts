import { webApi } from '@slack/bolt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { boltLogger } from '../../src/slack/bolt-logger.ts';
import { identify } from '../../src/slack/identity.ts';
import { tlsFront } from '../support/proxy.ts';
import { useRefusingProxy } from '../support/refusing-proxy.ts';
import { serve } from './setup.ts';

/** The result of a start, and the lines it logged. */
async function startAt(slackApiUrl: string, options: webApi.WebClientOptions = {}) {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', secrets: [], destination: { write: (line) => void lines.push(line) } });
  const retryConfig = { retries: 2, minTimeout: 1, maxTimeout: 1 };
  const client = new webApi.WebClient('xoxb-1', { slackApiUrl, logger: boltLogger(log), retryConfig, ...options });
  const words = await identify(client).then(
    () => 'it started',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return { words, lines };
}

describe('a start that cannot reach Slack reports the cause in one line, and the setting that fixes it:', () => {
  test('a certificate of an unknown authority', async () => {
    const front = await tlsFront(await serve((_, response) => response.end()));
    onTestFinished(front.stop);
    const { words, lines } = await startAt(`${front.url}/`);
    expect(words).toMatch(
      /^Slack could not be reached at https:.*: SELF_SIGNED_CERT_IN_CHAIN, its certificate is signed .* set NODE_EXTRA_CA_CERTS .*--use-system-ca\.$/,
    );
    expect(lines).toEqual([]);
  });

  test('a server that does not speak TLS', async () => {
    const { words } = await startAt((await serve((_, response) => response.end())).replace('http:', 'https:'));
    expect(words).toMatch(
      /: ERR_SSL_WRONG_VERSION_NUMBER, no connection was possible: check SLACK_API_URL, .*HTTPS_PROXY/,
    );
  });

  test('a port with no listener', async () => {
    const { words, lines } = await startAt('http://127.0.0.1:2/');
    expect(words).toMatch(/: ECONNREFUSED, no connection was possible: check SLACK_API_URL, .*HTTPS_PROXY/);
    expect(lines).toEqual([]);
  });

  test('a proxy that refuses', async () => {
    await useRefusingProxy();
    const { words } = await startAt('https://slack.example/api/');
    expect(words).toMatch(/: ERR_PROXY_TUNNEL, the proxy did not let it through: check HTTPS_PROXY/);
  });

  test.each([
    ['ENOTFOUND', 'its name could not be resolved: check SLACK_API_URL, DNS'],
    ['EAI_AGAIN', 'its name could not be resolved: check SLACK_API_URL, DNS'],
    ['CERT_HAS_EXPIRED', 'its certificate is out of date: check the clock of this machine, SLACK_API_URL'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate belongs to another host: check SLACK_API_URL'],
  ])('%s', async (code, expected) => {
    const fetch = async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('the cause'), { code }) });
    };
    const { words } = await startAt('https://slack.example/api/', { fetch });
    expect(words).toContain(`${code}, ${expected}`);
  });

  test('a cause that no setting fixes', async () => {
    const fetch = async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('cut'), { code: 'ECONNRESET' }) });
    };
    const { words } = await startAt('https://slack.example/api/', { fetch });
    expect(words).toBe('Slack could not be reached at https://slack.example/api/: try again later.');
  });
});
