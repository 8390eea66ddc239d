import { App } from '@slack/bolt';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { boltLogger } from '../../src/slack/bolt-logger.ts';
import { withRedelivery } from '../../src/slack/redelivery.ts';
import { type SocketLimits, SocketReceiver } from '../../src/slack/socket.ts';
import { type Reception, SocketServer } from './socket-server.ts';

/** Short where no test waits for the event, long where a busy machine might be too slow. */
const LIMITS: SocketLimits = {
  hello: 5_000,
  pong: 5_000,
  goodbye: 30,
  pause: 5,
  longestPause: 20,
  held: 300,
  asked: 100,
};
/** For tests in which the event never happens. */
const SHORT = { hello: 300, pong: 300 };
const OUTAGE = 'Socket Mode could not connect; trying again until it can';

/** An app in Socket Mode with a command and a menu; `done` records what their listeners did. */
async function start(receptions: readonly Reception[] = [], limits: Partial<SocketLimits> = {}) {
  const server = new SocketServer();
  await server.start();
  onTestFinished(() => server.stop());
  server.receptions.push(...receptions);
  const lines: { level: string; msg: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ level: 'info', secrets: [], destination });
  const logger = boltLogger(log);
  const receiver = new SocketReceiver({
    appToken: 'xapp-1',
    logger,
    clientOptions: { slackApiUrl: server.apiUrl, logger, timeout: 10_000 },
    limits: { ...LIMITS, ...limits },
  });
  const authorize = async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' });
  const app = new App({
    receiver: withRedelivery(receiver, log),
    logger,
    authorize,
    deferInitialization: true,
  });
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
  onTestFinished(() => receiver.stop());
  await receiver.start();
  return {
    app,
    server,
    receiver,
    done,
    lines,
    warnings: () => lines.filter(({ level }) => level !== 'info').map(({ msg }) => msg),
    connected: () => vi.waitFor(() => expect(receiver.state()).toEqual({ ok: true }), waiting),
    tried: (times: number) => vi.waitFor(() => expect(server.tries).toBe(times), waiting),
  };
}

const waiting = { timeout: 5_000, interval: 5 };

function envelope(id: string, text: string, command = '/qs-creds'): object {
  const payload = { command, text, user_id: 'U2', team_id: 'T1', channel_id: 'C1' };
  return { type: 'slash_commands', envelope_id: id, payload, accepts_response_payload: true };
}

const menu = {
  type: 'interactive',
  envelope_id: 'm1',
  payload: {
    type: 'block_suggestion',
    action_id: 'pick',
    block_id: 'b',
    value: 'o',
    user: { id: 'U2' },
    team: { id: 'T1' },
  },
  accepts_response_payload: true,
};

/** A command reaches its listener, once. */
async function expectCommandWorks({ server, done }: Awaited<ReturnType<typeof start>>): Promise<void> {
  const text = `command-${done.length}`;
  server.send(envelope(text, text));
  await vi.waitFor(() => expect(done.filter((each) => each === text)).toEqual([text]), waiting);
}

/** Time in which a connection becomes one that has held. */
const hold = () => new Promise((resolve) => setTimeout(resolve, LIMITS.held + 50));

const thrice = (reception: Reception): Reception[] => [reception, reception, reception];

const RECEPTIONS: readonly [string, readonly Reception[], Partial<SocketLimits>?][] = [
  ['an error inside Slack', thrice({ api: 200, body: { ok: false, error: 'internal_error' } })],
  ['a refusal by Slack', thrice({ api: 200, body: { ok: false, error: 'invalid_auth' } })],
  ['HTTP 503', thrice({ api: 503, body: {} })],
  ['HTTP 429', thrice({ api: 429, body: {}, headers: { 'retry-after': '1' } })],
  ['a response without an address', thrice({ api: 200, body: { ok: true } })],
  ['an invalid address', thrice({ api: 200, body: { ok: true, url: 'nonsense' } })],
  ['no response of the API', thrice('no answer'), SHORT],
  ['a refused upgrade', thrice('refused')],
  ['an upgrade that is cut off', thrice('cut')],
  ['an upgrade without a response', thrice('no upgrade'), SHORT],
  ['a connection without a hello', thrice('no hello'), SHORT],
  ['a connection without pongs', thrice('no pongs'), SHORT],
  [
    'connections closed with every close code',
    [1000, 1001, 1002, 1003, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 3000, 4000, 4999].map((close) => ({
      close,
    })),
  ],
];

describe('Socket Mode reconnects', () => {
  test.each(RECEPTIONS)('after %s, and logs one line', async (_, receptions, limits) => {
    // No connection holds long enough to end the outage.
    const world = await start([], { held: 60_000, ...limits });
    await expectCommandWorks(world);
    world.server.receptions.push(...receptions);
    world.server.close(1001);
    await world.tried(receptions.length + 2);
    await world.connected();
    await expectCommandWorks(world);
    expect(world.server.connections).toBe(1);
    expect(world.warnings()).toEqual([OUTAGE]);
  });

  test.each(RECEPTIONS.filter(([name]) => name !== 'a refusal by Slack'))(
    'after %s at the start, and logs one line',
    async (_, receptions, limits) => {
      const world = await start(receptions, { held: 60_000, ...limits });
      await world.tried(receptions.length + 1);
      await world.connected();
      await expectCommandWorks(world);
      expect(world.warnings()).toEqual([OUTAGE]);
    },
  );

  test('without waiting for the end of a closing handshake that Slack never completes', async () => {
    const world = await start();
    await expectCommandWorks(world);
    world.server.send({ type: 'disconnect', reason: 'refresh_requested' });
    world.server.freeze();
    // Well before a missing pong would be noticed.
    await vi.waitFor(() => expect(world.server.tries).toBe(2), { timeout: 2_000, interval: 5 });
    await world.connected();
    await expectCommandWorks(world);
  });

  test('with a new address when one arrives after the time limit', async () => {
    const world = await start([], { hello: SHORT.hello });
    world.server.receptions.push('late address');
    world.server.close(1001);
    await world.tried(3);
    await world.connected();
    await vi.waitFor(() => expect(world.server.lateAddresses).toBe(1), waiting);
    // A connection to it would be there by now.
    await expectCommandWorks(world);
    expect(world.server.connections).toBe(1);
    await expectCommandWorks(world);
  });

  test('when Slack asks for it, without a line in the log', async () => {
    const world = await start();
    for (const frame of [
      { type: 'disconnect', reason: 'warning' },
      { type: 'disconnect', reason: 'refresh_requested' },
      { type: 'disconnect', reason: 'link_disabled' },
      { type: 'disconnect' },
    ]) {
      // A connection that ends earlier counts as an outage.
      await hold();
      const { tries } = world.server;
      world.server.send(frame);
      await world.tried(tries + 1);
      await world.connected();
      await expectCommandWorks(world);
    }
    expect(world.warnings()).toEqual([]);
    await vi.waitFor(() => expect(world.server.connections).toBe(1), waiting);
  });
});

test('Socket Mode waits for a late hello', async () => {
  const world = await start(['late hello']);
  await expectCommandWorks(world);
  expect(world.server.tries).toBe(1);
  expect(world.warnings()).toEqual([]);
});

test('the start fails when Slack refuses the token', async () => {
  const refused = { api: 200, body: { ok: false, error: 'invalid_auth' } };
  await expect(start([refused])).rejects.toThrow('SLACK_APP_TOKEN was rejected by Slack (invalid_auth)');
});

test('the state says since when Socket Mode is disconnected, and each outage logs one line', async () => {
  const world = await start([], { hello: SHORT.hello });
  for (const outage of [1, 2]) {
    await world.connected();
    await hold();
    const { tries } = world.server;
    world.server.receptions.push(...Array.from({ length: 10 }, () => 'refused' as const), 'no hello');
    const from = Math.floor(Date.now() / 1000);
    world.server.close(1011);
    await world.tried(tries + 11);
    const { ok, detail = '' } = world.receiver.state();
    expect(ok).toBe(false);
    const [, since = ''] = /^Socket Mode has been disconnected since (.+) UTC$/.exec(detail) ?? [];
    expect(Date.parse(`${since.replace(' ', 'T')}Z`) / 1000 - from).toBeOneOf([0, 1]);
    await world.connected();
    expect(world.warnings()).toEqual(Array.from({ length: outage }, () => OUTAGE));
  }
});

test('Socket Mode respects Retry-After up to its limit', async () => {
  const asked = (seconds: string): Reception => ({ api: 429, body: {}, headers: { 'retry-after': seconds } });
  const world = await start([asked('3600')], { asked: 300 });
  const since = performance.now();
  await world.tried(2);
  // Far longer than the longest pause without Retry-After.
  expect(performance.now() - since).toBeGreaterThan(200);
  await world.connected();
});

test('a frame that is not a valid message of Slack has no effect', async () => {
  const frames: [string, object | string | Buffer][] = [
    ['null', 'null'],
    ['a number', '7'],
    ['a list', '[]'],
    ['a string', '"hello"'],
    ['half of a JSON text', '{"type":"hel'],
    ['an empty text', ''],
    ['bytes', Buffer.from([0, 255, 254])],
    ['a command in a binary frame', Buffer.from(JSON.stringify(envelope('1', 'binary')))],
    ['a client event', { type: 'disconnected' }],
    ['another client event', { type: 'slack_event', payload: { command: '/qs-creds', text: 'smuggled' } }],
    ['type error', { type: 'error' }],
    ['type close', { type: 'close' }],
    ['an object as type', { type: { a: 1 } }],
    ['a payload without an event', { type: 'events_api', envelope_id: '1', payload: {} }],
    ['an event without a payload', { type: 'events_api', envelope_id: '1' }],
    ['a command without a payload', { type: 'slash_commands', envelope_id: '1' }],
    ['a command without an id', { ...envelope('1', 'anonymous'), envelope_id: undefined }],
    ['null as payload', { type: 'interactive', envelope_id: '1', payload: null }],
    ['text as payload', { type: 'interactive', envelope_id: '1', payload: 'x' }],
    ['no action', { type: 'interactive', envelope_id: '1', payload: { type: 'block_actions', actions: [] } }],
    ['a second hello', { type: 'hello' }],
  ];
  const failures: string[] = [];
  for (const [name, frame] of frames) {
    const world = await start();
    world.server.send(frame);
    await expectCommandWorks(world);
    const { tries, connections } = world.server;
    const found = JSON.stringify([world.done, tries, connections, world.receiver.state()]);
    if (found !== '[["command-0"],1,1,{"ok":true}]') failures.push(`${name}: ${found}`);
  }
  expect(failures).toEqual([]);
});

describe('an envelope', () => {
  test('delivered again acts once and is acknowledged each time, even on another connection', async () => {
    const { server, done, connected, tried } = await start();
    const first = envelope('e1', 'list');
    server.send(first);
    server.send(first);
    await vi.waitFor(() => expect(server.acks).toHaveLength(2), waiting);
    server.close(1001);
    await tried(2);
    await connected();
    server.send({ ...first, retry_attempt: 1, retry_reason: 'timeout' });
    await vi.waitFor(() => expect(server.acks).toHaveLength(3), waiting);
    expect(server.acks).toEqual(Array.from({ length: 3 }, () => ({ envelope_id: 'e1', payload: {} })));
    expect(done).toEqual(['list']);
    server.send(envelope('e2', 'list'));
    await vi.waitFor(() => expect(done).toEqual(['list', 'list']), waiting);
  });

  test('delivered again gets the response of the first delivery', async () => {
    const { server, done } = await start();
    server.send(menu);
    server.send(menu);
    await vi.waitFor(() => expect(server.acks).toHaveLength(2), waiting);
    expect(server.acks[1]).toEqual(server.acks[0]);
    expect(server.acks[1]).toMatchObject({ payload: { options: [{ value: '1' }] } });
    expect(done).toEqual(['options']);
  });

  test('that accepts no response is acknowledged without one', async () => {
    const { server } = await start();
    server.send({ ...menu, accepts_response_payload: false });
    await vi.waitFor(() => expect(server.acks).toEqual([{ envelope_id: 'm1' }]), waiting);
  });

  test('that no listener matches is acknowledged, with one line in the log', async () => {
    const { server, done, lines } = await start();
    server.send({ ...menu, payload: { ...menu.payload, action_id: 'unknown' } });
    await vi.waitFor(() => expect(server.acks).toEqual([{ envelope_id: 'm1', payload: {} }]), waiting);
    expect(done).toEqual([]);
    expect(lines).toMatchObject([
      { level: 'warn', msg: 'acknowledged a Slack request that no listener matches' },
    ]);
  });

  test('whose listener fails before its ack is not acknowledged, and runs again when redelivered', async () => {
    const { app, server, lines } = await start();
    app.command('/broken', async () => {
      throw new Error('no database');
    });
    const broken = envelope('e1', '', '/broken');
    for (const delivery of [1, 2]) {
      server.send(broken);
      await vi.waitFor(() => expect(lines).toHaveLength(delivery), waiting);
    }
    server.send(envelope('e2', 'list'));
    await vi.waitFor(() => expect(server.acks).toEqual([{ envelope_id: 'e2', payload: {} }]), waiting);
  });

  test('whose connection closes before its ack runs when Slack delivers it again', async () => {
    const { app, server, connected, tried } = await start();
    const started = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    const acked: string[] = [];
    app.command('/slow', async ({ ack }) => {
      started.resolve();
      await closed.promise;
      await ack().then(
        () => acked.push('yes'),
        () => acked.push('no'),
      );
      if (acked.at(-1) === 'no') throw new Error('not acknowledged');
    });
    const slow = envelope('e1', '', '/slow');
    server.send(slow);
    await started.promise;
    server.close(1001);
    await tried(2);
    await connected();
    closed.resolve();
    await vi.waitFor(() => expect(acked).toEqual(['no']), waiting);
    server.send(slow);
    await vi.waitFor(() => expect(acked).toEqual(['no', 'yes']), waiting);
    await vi.waitFor(() => expect(server.acks).toHaveLength(1), waiting);
  });
});

test('Socket Mode stops at once in every state', async () => {
  for (const reception of ['open', 'no answer', 'no upgrade', 'no hello', 'refused'] as const) {
    const { server, receiver } = await start(['refused', reception, reception], SHORT);
    await vi.waitFor(() => expect(server.tries).toBeGreaterThan(1), waiting);
    const since = performance.now();
    await receiver.stop();
    expect(performance.now() - since, reception).toBeLessThan(500);
    const { tries } = server;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.tries, reception).toBe(tries);
    expect(server.connections, reception).toBe(0);
  }
});
