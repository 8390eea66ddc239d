import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { App } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { boltLogger } from '../../src/slack/bolt-logger.ts';
import { BODY_LIMIT, createHttpReceiver, type Rejection } from '../../src/slack/receiver.ts';
import { ask, raw, start } from './setup.ts';

describe('the server in HTTP mode', () => {
  test('responds with 500 and a reference when the Slack listener throws; the log has the details', async () => {
    const slack = {
      admit: () => ({ bodyLimit: 1000 }),
      handle: () => {
        throw new Error('inner details');
      },
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
    const warnings: string[] = [];
    const destination = { write: (line: string) => void warnings.push(JSON.parse(line).msg) };
    const logger = boltLogger(createLogger({ level: 'warn', secrets: [], destination }));
    const minutes: (() => void)[] = [];
    const timer = {
      every: (_: number, act: () => void) => {
        minutes.push(act);
        return () => void minutes.splice(minutes.indexOf(act), 1);
      },
    };
    const rejections: Rejection[] = [];
    const onRejection = (why: Rejection) => void rejections.push(why);
    const receiver = createHttpReceiver({ signingSecret, logger, timer, onRejection });
    const app = new App({
      receiver,
      logger: quiet,
      authorize: async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' }),
      deferInitialization: true,
    });
    await app.init();
    app.command('/qs-creds', ({ ack, command }) => ack(`got ${command.text}`));
    if (receiver.listener === null) throw new Error('HTTP mode has a listener');
    const aMinutePasses = () => {
      for (const act of [...minutes]) act();
    };
    return { ...(await start({ slack: receiver.listener })), warnings, rejections, minutes, aMinutePasses };
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

  test('rejects an unsigned or outdated request on its headers, without waiting for the body', async () => {
    const { port, rejections } = await startBolt();
    const heads: [Record<string, string>, Rejection][] = [
      [{}, 'unsigned'],
      [
        { 'X-Slack-Request-Timestamp': String(Math.floor(Date.now() / 1000)), 'X-Slack-Signature': 'v0=12' },
        'unsigned',
      ],
      [{ 'X-Slack-Request-Timestamp': '1', 'X-Slack-Signature': `v0=${'0'.repeat(64)}` }, 'timestamp'],
    ];
    for (const [headers, why] of heads) {
      const lines = Object.entries({ Host: 'x', 'Content-Length': '100000', ...headers }).map((each) =>
        each.join(': '),
      );
      const socket = await raw(port, `POST /slack/events HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1.1 401 /);
      expect(rejections.at(-1)).toBe(why);
    }
  });

  test('logs forged requests once a minute, with their number and the setting to check', async () => {
    const { port, warnings, rejections, minutes, aMinutePasses } = await startBolt();
    const forged = () => ask(port, '/slack/events', signed(command, 'other'), command);
    for (let i = 0; i < 5; i += 1) await forged();
    expect(rejections).toEqual(Array(5).fill('signature'));
    expect(warnings).toEqual([expect.stringMatching(/check SLACK_SIGNING_SECRET.*\{"signature":1\}/)]);
    aMinutePasses();
    expect(warnings.slice(1)).toEqual([expect.stringMatching(/\{"signature":4\}/)]);
    aMinutePasses();
    expect([warnings.length, minutes]).toEqual([2, []]);
  });

  test('rejects a body above its limit', async () => {
    const { port } = await startBolt();
    const padded = (length: number) => `${command}&padding=`.padEnd(length, 'x');
    const send = (body: string) => ask(port, '/slack/events', signed(body), body);
    expect((await send(padded(BODY_LIMIT))).status).toBe(200);
    expect((await send(padded(BODY_LIMIT + 1))).status).toBe(413);
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
