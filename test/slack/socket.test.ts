import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { AnsweringApp } from '../../src/slack/answering-app.ts';
import { boltLogger } from '../../src/slack/bolt-logger.ts';
import { connectSlack } from '../../src/slack/connection.ts';
import type { SocketLimits } from '../../src/slack/socket.ts';
import { type Reception, SocketServer } from './socket-server.ts';

/** Short where nothing waits for it, long where a busy machine could be too slow. */
const LIMITS: SocketLimits = {
  hello: 5_000,
  pong: 5_000,
  goodbye: 30,
  pause: 5,
  longestPause: 20,
  held: 300,
  asked: 100,
};
/** Where it is to be waited for in vain. */
const SHORT = { hello: 150, pong: 90 };
const COULD_NOT = 'Socket Mode could not connect; trying again until it can';

/** An app in Socket Mode with a command and a button, of which each says in `done` that it acted. */
async function start(receptions: readonly Reception[] = [], limits: Partial<SocketLimits> = {}) {
  const server = new SocketServer();
  await server.start();
  onTestFinished(() => server.stop());
  server.receptions.push(...receptions);
  const lines: { level: string; msg: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ level: 'info', secrets: [], destination });
  const logger = boltLogger(log);
  const connection = connectSlack(
    { mode: { kind: 'socket', appToken: 'xapp-1' } },
    {
      logger,
      clientOptions: { slackApiUrl: server.apiUrl, logger, timeout: 10_000 },
      limits: { ...LIMITS, ...limits },
    },
  );
  const { receiver } = connection;
  const authorize = async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' });
  const app = new AnsweringApp({ receiver, logger, authorize, deferInitialization: true }, log);
  await app.init();
  const done: string[] = [];
  app.command('/qs-creds', async ({ ack, command }) => {
    await ack();
    done.push(command.text);
  });
  app.options('pick', async ({ ack }) => {
    done.push('options');
    await ack({ options: [{ text: { type: 'plain_text', text: 'One' }, value: '1' }] });
  });
  app.error(async (error) => void lines.push({ level: 'error', msg: String(error) }));
  await connection.start();
  onTestFinished(() => connection.stop());
  return {
    server,
    connection,
    done,
    lines,
    warnings: () => lines.filter(({ level }) => level !== 'info').map(({ msg }) => msg),
    connected: () => vi.waitFor(() => expect(connection.state()).toEqual({ ok: true }), waiting),
  };
}

const waiting = { timeout: 5_000, interval: 5 };

function envelope(id: string, text: string): object {
  const payload = { command: '/qs-creds', text, user_id: 'U2', team_id: 'T1', channel_id: 'C1' };
  return { type: 'slash_commands', envelope_id: id, payload, accepts_response_payload: true };
}

/** That it hears: a command comes through, once. */
async function expectHearing({ server, done }: Awaited<ReturnType<typeof start>>): Promise<void> {
  const text = `heard-${done.length}`;
  server.send(envelope(text, text));
  await vi.waitFor(() => expect(done.filter((each) => each === text)).toEqual([text]), waiting);
}

const RECEPTIONS: readonly [string, Reception, Partial<SocketLimits>?][] = [
  ['an API fault', { api: 200, body: { ok: false, error: 'internal_error' } }],
  ['an API refusal', { api: 200, body: { ok: false, error: 'invalid_auth' } }],
  ['HTTP 503', { api: 503, body: {} }],
  ['HTTP 429', { api: 429, body: {}, headers: { 'retry-after': '1' } }],
  ['no address', { api: 200, body: { ok: true } }],
  ['an address that is none', { api: 200, body: { ok: true, url: 'nonsense' } }],
  ['no answer of the API', 'no answer', SHORT],
  ['a refused upgrade', 'refused'],
  ['an upgrade that is cut off', 'cut'],
  ['an upgrade that is not answered', 'no upgrade', SHORT],
  ['no hello', 'no hello', SHORT],
  ['no pongs', 'no pongs', SHORT],
  ...[1000, 1001, 1002, 1003, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 3000, 4000, 4999].map(
    (close): [string, Reception] => [`a goodbye with code ${close}`, { close }],
  ),
];

describe('it hears again after', () => {
  test.each(RECEPTIONS)('%s, many times over', async (_, reception, limits) => {
    const world = await start([], limits);
    await expectHearing(world);
    world.server.receptions.push(...Array.from({ length: 3 }, () => reception));
    world.server.close(1001);
    await vi.waitFor(() => expect(world.server.receptions).toEqual([]), waiting);
    await vi.waitFor(() => expect(world.server.tries).toBe(5), waiting);
    await world.connected();
    await expectHearing(world);
    expect(world.server.connections).toBe(1);
    expect(world.warnings()).toEqual([COULD_NOT]);
  });

  test.each(RECEPTIONS.filter(([name]) => name !== 'an API refusal'))(
    '%s at the start',
    async (_, reception, limits) => {
      const world = await start([reception, reception], limits);
      await vi.waitFor(() => expect(world.server.tries).toBe(3), waiting);
      await world.connected();
      await expectHearing(world);
      expect(world.warnings()).toEqual([COULD_NOT]);
    },
  );

  test('a goodbye whose end never comes', async () => {
    const world = await start();
    await expectHearing(world);
    world.server.send({ type: 'disconnect', reason: 'refresh_requested' });
    world.server.freeze();
    // Neither the client's own limit for a goodbye nor the missing pongs are waited for.
    await vi.waitFor(() => expect(world.server.tries).toBe(2), { timeout: 2_000, interval: 5 });
    await world.connected();
    await expectHearing(world);
  });

  test('an address that came when nobody waited for it any more, which is not used', async () => {
    const world = await start([], { hello: SHORT.hello });
    world.server.receptions.push('late address');
    world.server.close(1001);
    await vi.waitFor(() => expect(world.server.tries).toBe(3), waiting);
    await world.connected();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(world.server.connections).toBe(1);
    await expectHearing(world);
  });

  test('Slack’s word to connect anew, without a line', async () => {
    const world = await start();
    for (const reason of ['warning', 'refresh_requested', 'link_disabled']) {
      // Until it has held: what ends at once is an outage.
      await new Promise((resolve) => setTimeout(resolve, LIMITS.held));
      const { tries } = world.server;
      world.server.send({ type: 'disconnect', reason });
      await vi.waitFor(() => expect(world.server.tries).toBe(tries + 1), waiting);
      await world.connected();
      await expectHearing(world);
    }
    expect(world.warnings()).toEqual([]);
    await vi.waitFor(() => expect(world.server.connections).toBe(1), waiting);
  });
});

test('a hello that comes late is waited for', async () => {
  const world = await start(['late hello']);
  await expectHearing(world);
  expect(world.server.tries).toBe(1);
  expect(world.warnings()).toEqual([]);
});

test('a token that Slack refuses ends the start', async () => {
  const refused = { api: 200, body: { ok: false, error: 'invalid_auth' } };
  await expect(start([refused])).rejects.toThrow('SLACK_APP_TOKEN was rejected by Slack (invalid_auth)');
});

test('while it is deaf, it says since when; each outage has one line', async () => {
  const world = await start([], { hello: SHORT.hello });
  for (const outage of [1, 2]) {
    await vi.waitFor(() => expect(world.connection.state()).toEqual({ ok: true }), waiting);
    await new Promise((resolve) => setTimeout(resolve, 2 * LIMITS.held));
    const { tries } = world.server;
    world.server.receptions.push(...Array.from({ length: 10 }, () => 'refused' as const), 'no hello');
    const from = Math.floor(Date.now() / 1000);
    world.server.close(1011);
    await vi.waitFor(() => expect(world.server.tries).toBe(tries + 11), waiting);
    const { ok, detail = '' } = world.connection.state();
    expect(ok).toBe(false);
    const [, since = ''] = /^Socket Mode is not connected since (.+) UTC$/.exec(detail) ?? [];
    expect(Date.parse(`${since.replace(' ', 'T')}Z`) / 1000 - from).toBeOneOf([0, 1]);
    await world.connected();
    expect(world.warnings()).toEqual(Array.from({ length: outage }, () => COULD_NOT));
  }
});

test('it waits as long as Slack asks for, and no longer than it may be deaf', async () => {
  const asked = (seconds: string): Reception => ({ api: 429, body: {}, headers: { 'retry-after': seconds } });
  const world = await start([asked('3600')], { asked: 300 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(world.server.tries).toBe(1);
  await world.connected();
  expect(world.server.tries).toBe(2);
});

test.each([
  ['null', 'null'],
  ['a number', '7'],
  ['a list', '[]'],
  ['text', '"hello"'],
  ['half of JSON', '{"type":"hel'],
  ['nothing', ''],
  ['bytes', Buffer.from([0, 255, 254])],
  ['an event of the client’s own', { type: 'disconnected' }],
  ['another', { type: 'slack_event', payload: { command: '/qs-creds', text: 'smuggled' } }],
  ['an error', { type: 'error' }],
  ['an end', { type: 'close' }],
  ['a type of no kind', { type: { a: 1 } }],
  ['an event without an event', { type: 'events_api', envelope_id: '1', payload: {} }],
  ['an event without a payload', { type: 'events_api', envelope_id: '1' }],
  ['a command without a payload', { type: 'slash_commands', envelope_id: '1' }],
  ['a payload of null', { type: 'interactive', envelope_id: '1', payload: null }],
  ['a payload of text', { type: 'interactive', envelope_id: '1', payload: 'x' }],
  [
    'a press of nothing',
    { type: 'interactive', envelope_id: '1', payload: { type: 'block_actions', actions: [] } },
  ],
  ['a second hello', { type: 'hello' }],
])('a frame of %s does nothing', async (_, frame) => {
  const world = await start();
  world.server.send(frame);
  await expectHearing(world);
  expect(world.done).toEqual(['heard-0']);
  expect(world.server).toMatchObject({ tries: 1, connections: 1 });
  expect(world.connection.state()).toEqual({ ok: true });
});

describe('an envelope that comes again', () => {
  test('acts once and is acknowledged each time, also over another connection', async () => {
    const { server, done, connected } = await start();
    const first = envelope('e1', 'list');
    server.send(first);
    server.send(first);
    await vi.waitFor(() => expect(server.acks).toHaveLength(2), waiting);
    server.close(1001);
    await vi.waitFor(() => expect(server.tries).toBe(2), waiting);
    await connected();
    server.send({ ...first, retry_attempt: 1, retry_reason: 'timeout' });
    await vi.waitFor(() => expect(server.acks).toHaveLength(3), waiting);
    expect(server.acks).toEqual(Array.from({ length: 3 }, () => ({ envelope_id: 'e1', payload: {} })));
    expect(done).toEqual(['list']);
    server.send(envelope('e2', 'list'));
    await vi.waitFor(() => expect(done).toEqual(['list', 'list']), waiting);
  });

  test('is answered with what it was answered with', async () => {
    const { server, done } = await start();
    const payload = {
      type: 'block_suggestion',
      action_id: 'pick',
      block_id: 'b',
      value: 'o',
      user: { id: 'U2' },
      team: { id: 'T1' },
    };
    const asked = { type: 'interactive', envelope_id: 'e1', payload, accepts_response_payload: true };
    server.send(asked);
    server.send(asked);
    await vi.waitFor(() => expect(server.acks).toHaveLength(2), waiting);
    expect(server.acks[1]).toEqual(server.acks[0]);
    expect(server.acks[1]).toMatchObject({ payload: { options: [{ value: '1' }] } });
    expect(done).toEqual(['options']);
  });
});

test('what nothing listens to is acknowledged, and said once', async () => {
  const { server, done, lines } = await start();
  const payload = {
    type: 'block_actions',
    actions: [{ action_id: 'unheard', block_id: 'b', type: 'button', value: 'x' }],
    user: { id: 'U2' },
    team: { id: 'T1' },
  };
  server.send({ type: 'interactive', envelope_id: 'e1', payload, accepts_response_payload: true });
  await vi.waitFor(() => expect(server.acks).toEqual([{ envelope_id: 'e1', payload: {} }]), waiting);
  expect(done).toEqual([]);
  expect(lines).toMatchObject([
    { level: 'warn', msg: 'a Slack request that nothing here listens to was acknowledged' },
  ]);
});

test('it stops at once, whatever it is at', async () => {
  for (const reception of ['open', 'no answer', 'no upgrade', 'no hello', 'refused'] as const) {
    const { server, connection } = await start(['refused', reception, reception], SHORT);
    await vi.waitFor(() => expect(server.tries).toBeGreaterThan(1), waiting);
    const since = performance.now();
    await connection.stop();
    expect(performance.now() - since).toBeLessThan(500);
    const { tries } = server;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.tries).toBe(tries);
    expect(server.connections).toBe(0);
  }
});
