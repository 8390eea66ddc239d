import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { webApi } from '@slack/bolt';
import { onTestFinished } from 'vitest';
import { boltLogger, createLogger } from '../../src/lib/log.ts';
import { BOT_TOKEN } from '../playground/slack-bolt.ts';

/** A server on this machine, closed when the test ends. @returns its address, with a slash at the end */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A `response_url` that takes everything, and what was sent to it. */
export async function responseUrl() {
  const taken: unknown[] = [];
  const url = await serve(async (req, res) => {
    taken.push(await json(req));
    res.end('ok');
  });
  return { url, taken };
}

/** The real web client, told to another Slack; nothing is tried again. */
export function webClient(apiUrl: string): webApi.WebClient {
  return new webApi.WebClient(BOT_TOKEN, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    logger: boltLogger(createLogger({ level: 'silent', secrets: [] })),
  });
}
