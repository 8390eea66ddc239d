import { createHmac } from 'node:crypto';
import { App } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { boltLogger } from '../../src/slack/bolt-logger.ts';
import { createHttpReceiver } from '../../src/slack/receiver.ts';
import { ask, start } from './setup.ts';

describe('the server in HTTP mode', () => {
  test('responds with 500 and a reference when the Slack listener throws; the log has the details', async () => {
    const slack = () => {
      throw new Error('inner details');
    };
    const { port, lines } = await start({ slack });
    const response = await ask(port, '/slack/events', { method: 'POST' }, 'x');
    const { reference } = JSON.parse(response.body);
    expect(response.status).toBe(500);
    expect(JSON.parse(response.body)).toEqual({ error: 'internal error', reference });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      level: 'error',
      reference,
      err: { message: 'inner details' },
    });
  });

  const signingSecret = 'shh-signing';
  async function startBolt() {
    const quiet = boltLogger(createLogger({ level: 'silent', secrets: [] }));
    const receiver = createHttpReceiver({ signingSecret, logger: quiet });
    const app = new App({
      receiver,
      logger: quiet,
      authorize: async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' }),
      deferInitialization: true,
    });
    await app.init();
    app.command('/qs-creds', ({ ack, command }) => ack(`got ${command.text}`));
    return start({ slack: receiver.listener ?? (() => 'not found') });
  }

  function signed(body: string, secret = signingSecret) {
    const timestamp = Math.floor(Date.now() / 1000);
    const mac = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
    return {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'X-Slack-Request-Timestamp': String(timestamp),
        'X-Slack-Signature': `v0=${mac}`,
      },
    };
  }
  const command = 'command=%2Fqs-creds&text=help+%E2%9C%93&user_id=U2&team_id=T1&response_url=http%3A%2F%2Flocalhost';

  test('responds to signed commands', async () => {
    const { port } = await startBolt();
    const response = await ask(port, '/slack/events', signed(command), command);
    expect(response).toMatchObject({
      status: 200,
      body: 'got help ✓',
      headers: { 'x-content-type-options': 'nosniff' },
    });
  });

  test('rejects a request signed with another secret', async () => {
    const { port } = await startBolt();
    expect(await ask(port, '/slack/events', signed(command, 'other'), command)).toMatchObject({ status: 401 });
  });

  test.each([
    ['GET', '/slack/events'],
    ['POST', '/elsewhere'],
  ])('responds to %s %s with 404 and logs nothing', async (method, path) => {
    const { port, lines } = await startBolt();
    expect(await ask(port, path, { method })).toMatchObject({ status: 404, body: '{"error":"not found"}\n' });
    expect(lines).toEqual([]);
  });
});
