import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ADMIN, type Bot, CHANNEL, FIRST, SECRETS, startWorld, type World } from './setup.ts';

const COMMANDS = ['list', 'migrate', `migrate ${FIRST}`, 'status', 'history', 'faq', 'help', '', 'nonsense'];

async function get(bot: Bot, path: string): Promise<{ status: number; body: string }> {
  const response = await fetch((await bot.address()) + path);
  return { status: response.status, body: await response.text() };
}

/** Posts a request to Slack's path, signed like Slack's. */
async function postSigned(bot: Bot, contentType: string, body: string): Promise<number> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const hmac = createHmac('sha256', SECRETS.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = {
    'content-type': contentType,
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${hmac}`,
  };
  const response = await fetch(`${await bot.address()}/slack/events`, { method: 'POST', headers, body });
  return response.status;
}

const HANG_MS = 60_000;

describe('every command is acknowledged in time', () => {
  /** Sends all commands at once: none may wait for another. */
  async function expectAcknowledged({ slack }: World): Promise<void> {
    const sent = await Promise.all(COMMANDS.map((command) => slack.command(ADMIN, CHANNEL, command)));
    expect(sent.map(({ status }, i) => [COMMANDS[i], status])).toEqual(COMMANDS.map((command) => [command, 200]));
  }

  test('while Slack does not respond', async () => {
    const world = await startWorld();
    await world.start();
    for (const method of ['users.info', 'chat.postMessage', 'chat.update', 'response_url']) {
      world.slack.fail(method, { hangMs: HANG_MS, times: 1_000 });
    }
    await expectAcknowledged(world);
  });

  test('while Adobe does not respond', async () => {
    const world = await startWorld();
    for (const on of ['token', 'accounts', 'organizations', 'integrations', 'status', 'start'] as const) {
      world.adobe.faults.add({ kind: 'hang', ms: HANG_MS, on, times: 1_000 });
    }
    await world.speakTo(world.spawn());
    await expectAcknowledged(world);
  });
});

describe('the bot rejects', () => {
  test('a request with a wrong signature or an old timestamp, without acting on it', async () => {
    const world = await startWorld();
    const bot = await world.start();
    const tenMinutesAgo = String(Math.floor(Date.now() / 1000) - 600);
    const forgeries = [
      { signature: `v0=${'0'.repeat(64)}` },
      { signature: '' },
      { timestamp: tenMinutesAgo },
      { timestamp: 'yesterday' },
    ];
    for (const forgery of forgeries) {
      const sent = await world.slack.command(ADMIN, CHANNEL, `migrate ${FIRST}`, forgery);
      expect.soft(sent.status, JSON.stringify(forgery)).toBe(401);
    }
    expect(world.messages).toEqual([]);
    expect((await get(bot, '/metrics')).body).toContain('qs_creds_commands_total{subcommand="migrate"} 0');
  });

  test('a body that is too large or malformed, and continues to serve', async () => {
    const world = await startWorld();
    const bot = await world.start();
    expect(await postSigned(bot, 'application/x-www-form-urlencoded', 'x'.repeat(2_000_000))).toBe(413);
    const payload = JSON.stringify({ type: 'block_actions', actions: 'none' });
    const bodies = [
      ['application/json', '{"type":'],
      ['application/json', 'null'],
      ['application/json', '[]'],
      ['application/json', '"text"'],
      ['application/xml', '<a/>'],
      ['text/plain', 'command=%2Fqs-creds'],
      ['multipart/form-data; boundary=x', '--x--'],
      ['application/x-www-form-urlencoded', ''],
      ['application/x-www-form-urlencoded', 'payload=%7B'],
      ['application/x-www-form-urlencoded', 'payload=null'],
      ['application/x-www-form-urlencoded', new URLSearchParams({ payload }).toString()],
      ['application/x-www-form-urlencoded', 'command=%2Fqs-creds'],
      ['', '\u0000'],
    ] as const;
    const statuses = await Promise.all(
      bodies.map(async ([type, body]) => [type, body, await postSigned(bot, type, body)] as const),
    );
    expect(statuses.filter(([, , status]) => status >= 500)).toEqual([]);
    // The bot still serves requests, including a form with a charset.
    const help = new URLSearchParams({ command: '/qs-creds', text: 'help', user_id: ADMIN }).toString();
    expect(await postSigned(bot, 'application/x-www-form-urlencoded; charset=utf-8', help)).toBe(200);
  });
});

describe('for operators', () => {
  test('/readyz is 503 and names the sync until Adobe has been read or has failed', async () => {
    const world = await startWorld();
    world.adobe.faults.add({ kind: 'hang', ms: 1_500, on: 'token', times: 3 });
    const bot = world.spawn();
    expect(await get(bot, '/healthz')).toEqual({ status: 200, body: '{"status":"ok"}\n' });
    const before = await get(bot, '/readyz');
    expect(before.status).toBe(503);
    expect(JSON.parse(before.body)).toMatchObject({
      ready: false,
      checks: {
        database: { ok: true },
        slack: { ok: true },
        sync: { ok: false, detail: 'Adobe has not been read yet' },
      },
    });
    await bot.line({ msg: 'sync failed; the last known state stays' });
    expect(await get(bot, '/readyz')).toMatchObject({ status: 200 });
  });

  test('/metrics counts commands, actions, migrations and denials', async () => {
    const world = await startWorld();
    const bot = await world.start();
    await world.migrate(FIRST);
    await world.posted('*Migrated*', FIRST);
    await world.slack.command('U0GUEST001', CHANNEL, 'list');
    await world.slack.waitFor(() => world.slack.messagesSeenBy('U0GUEST001', CHANNEL).find((m) => m.ephemeral));
    const { status, body } = await get(bot, '/metrics');
    expect(status).toBe(200);
    expect(body.split('\n')).toEqual(
      expect.arrayContaining([
        'qs_creds_commands_total{subcommand="migrate"} 1',
        'qs_creds_commands_total{subcommand="list"} 1',
        'qs_creds_actions_total{action="confirm"} 1',
        'qs_creds_migrations_total{outcome="migrated"} 1',
        'qs_creds_migrations_total{outcome="failed"} 0',
        'qs_creds_refusals_total{reason="guest"} 1',
        'qs_creds_adobe_calls_total{operation="start a migration",outcome="ok"} 1',
        'qs_creds_credentials{status="needs_attention"} 0',
      ]),
    );
  });
});
