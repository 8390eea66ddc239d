import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { SocketLimits } from '../../src/slack/socket.ts';
import type { Reception } from './socket-server.ts';
import { expectCommandWorks, LIMITS, start, waiting } from './socket-setup.ts';

/** For tests in which the event never happens. */
const SHORT = { helloMs: 300, pongMs: 300 };
const OUTAGE = 'Socket Mode could not connect; trying again until it can';

/** Waits until a connection counts as having held. */
const hold = () => new Promise((resolve) => setTimeout(resolve, LIMITS.stableMs + 50));

const thrice = (reception: Reception): Reception[] => [reception, reception, reception];

const RECEPTIONS: readonly [string, readonly Reception[], Partial<SocketLimits>?][] = [
  ['an error inside Slack', thrice({ api: 200, body: { ok: false, error: 'internal_error' } })],
  ['a rejected token', thrice({ api: 200, body: { ok: false, error: 'invalid_auth' } })],
  ['HTTP 503', thrice({ api: 503, body: {} })],
  ['HTTP 429', thrice({ api: 429, body: {}, headers: { 'retry-after': '1' } })],
  ['a response without an address', thrice({ api: 200, body: { ok: true } })],
  ['an invalid address', thrice({ api: 200, body: { ok: true, url: 'nonsense' } })],
  ['no response from the API', thrice('no response'), SHORT],
  ['a rejected upgrade', thrice('rejected')],
  ['an upgrade that is cut off', thrice('cut')],
  ['an upgrade without a response', thrice('no upgrade'), SHORT],
  ['a connection without a hello', thrice('no hello'), SHORT],
  ['a connection without pongs', thrice('no pongs'), SHORT],
  [
    'connections closed with every close code',
    [1000, 1001, 1002, 1003, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 3000, 4000, 4999].map((close) => ({ close })),
  ],
];

describe('Socket Mode reconnects', () => {
  test.each(RECEPTIONS)('after %s, and logs one line', async (_, receptions, limits) => {
    // No connection holds long enough to end the outage.
    const world = await start([], { stableMs: 60_000, ...limits });
    await expectCommandWorks(world);
    world.server.receptions.push(...receptions);
    world.server.close(1001);
    await world.tried(receptions.length + 2);
    await world.connected();
    await expectCommandWorks(world);
    expect(world.server.connections).toBe(1);
    // A rejected token is also logged during the outage.
    const isNews = (line: string) => line.startsWith(`${OUTAGE}: SLACK_APP_TOKEN was rejected`);
    expect(world.warnings().filter((line) => !isNews(line))).toEqual([OUTAGE]);
  });

  test.each(RECEPTIONS.filter(([name]) => name !== 'a rejected token'))(
    'after %s at the start, and logs one line',
    async (_, receptions, limits) => {
      const world = await start(receptions, { stableMs: 60_000, ...limits });
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
    await vi.waitFor(() => expect(world.server.tries).toBe(2), { timeout: 60_000, interval: 5 });
    await world.connected();
    await expectCommandWorks(world);
  });

  test('with a new address when one arrives after the time limit', async () => {
    const world = await start([], { helloMs: SHORT.helloMs });
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

  test('when Slack asks for it, without logging a line', async () => {
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

test('the start fails when Slack rejects the token', async () => {
  const rejected = { api: 200, body: { ok: false, error: 'invalid_auth' } };
  await expect(start([rejected])).rejects.toThrow('SLACK_APP_TOKEN was rejected by Slack (invalid_auth)');
});

test('the state says since when Socket Mode has been disconnected, and each outage logs one line', async () => {
  const world = await start([], { helloMs: SHORT.helloMs });
  for (const outage of [1, 2]) {
    await world.connected();
    await hold();
    const { tries } = world.server;
    world.server.receptions.push(...Array.from({ length: 10 }, () => 'rejected' as const), 'no hello');
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

test('a token that is revoked later is reported in the state, and once in the log', async () => {
  const rejected: Reception = { api: 200, body: { ok: false, error: 'invalid_auth' } };
  const { server, receiver, lines, connected, tried } = await start([
    'open',
    { api: 503, body: {} },
    ...Array<Reception>(5).fill(rejected),
  ]);
  await connected();
  server.close(1000);
  await tried(4);
  const words = expect.stringMatching(/SLACK_APP_TOKEN was rejected by Slack \(invalid_auth\): set it to an App-Level/);
  expect(receiver.state()).toEqual({ ok: false, detail: words });
  expect(lines.filter(({ msg }) => msg.includes('invalid_auth'))).toEqual([expect.objectContaining({ msg: words })]);
  await connected();
});

test('connections of other deployments are noticed, and reported once', async () => {
  const { server, connected, warnings, tried } = await start([{ connections: 3 }, { connections: 4 }]);
  await connected();
  server.close(1000);
  await tried(2);
  await connected();
  const others = warnings().filter((line) => line.includes('connections of this app'));
  expect(others).toEqual([expect.stringMatching(/^Slack has 3 connections of this app open.* an app of its own$/)]);
});

test('the connection before a reconnect is not mistaken for another deployment', async () => {
  const { server, connected, warnings, tried } = await start([{ connections: 1 }, { connections: 2 }]);
  await connected();
  server.close(1000);
  await tried(2);
  await connected();
  expect(warnings().filter((line) => line.includes('connections of this app'))).toEqual([]);
});

test('Socket Mode respects Retry-After up to its limit', async () => {
  const asked = (seconds: string): Reception => ({ api: 429, body: {}, headers: { 'retry-after': seconds } });
  const world = await start([asked('3600')], { longestRetryAfterMs: 300 });
  const since = performance.now();
  await world.tried(2);
  // Far longer than the longest pause without Retry-After.
  expect(performance.now() - since).toBeGreaterThan(200);
  await world.connected();
});

test('Socket Mode stops at once in every state', async () => {
  for (const reception of ['open', 'no response', 'no upgrade', 'no hello', 'rejected'] as const) {
    const { server, receiver } = await start(['rejected', reception]);
    await vi.waitFor(() => expect(server.tries).toBeGreaterThan(1), waiting);
    // Far sooner than the half minute that a connection may wait for its hello.
    expect(await Promise.race([receiver.stop(), delay(10_000, 'waits')]), reception).toBeUndefined();
    const { tries } = server;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.tries, reception).toBe(tries);
    expect(server.connections, reception).toBe(0);
  }
});
