import { describe, expect, test } from 'vitest';
import { ADMIN, type Bot, CHANNEL, FIRST, startSlack, startWorld } from './setup.ts';

interface Readiness {
  readonly ready: boolean;
  readonly checks: { readonly slack: { readonly ok: boolean; readonly detail?: string } };
}

async function readiness(bot: Bot): Promise<Readiness & { status: number }> {
  const response = await fetch(`${await bot.address()}/readyz`);
  const body: Readiness = JSON.parse(await response.text());
  return { status: response.status, ...body };
}

const NOT_CONNECTED = {
  ok: false,
  detail: expect.stringMatching(/^Socket Mode has been disconnected since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/),
};
/** How Slack rejects a new connection: an internal error, an unavailable service, an unknown token. */
const FAILURES = [{ error: 'internal_error' }, { httpStatus: 503 }, { error: 'invalid_auth' }] as const;
const CUT_SHORT = { msg: 'could not stop in time; what is left continues from the database at the next start' };
const TRYING_AGAIN = { msg: 'Socket Mode could not connect; trying again until it can' };

describe('Socket Mode', () => {
  test('lists, migrates, and acts once on an envelope that is delivered again', async () => {
    const world = await startWorld({ mode: 'socket' });
    const bot = await world.start();
    expect(await readiness(bot)).toMatchObject({ status: 200, ready: true });
    expect(await world.slack.command(ADMIN, CHANNEL, 'list')).toMatchObject({ status: 200 });
    const listed = () => world.messages.filter(({ text }) => text.includes(FIRST));
    await world.slack.waitFor(() => listed()[0]);
    await world.slack.replay();
    expect(await world.slack.command(ADMIN, CHANNEL, 'help')).toMatchObject({ status: 200 });
    await world.slack.waitFor(() => world.messages.find(({ text }) => text.includes('/qs-creds help')));
    expect(listed()).toHaveLength(1);

    const question = await world.ask(FIRST);
    await Promise.all([1, 2, 3, 4, 5].map(() => world.slack.press(ADMIN, question, 'confirm')));
    await world.slack.replay();
    await world.posted('*Migrated*', FIRST);
    expect(world.startsSent).toBe(1);
    expect(await bot.end('SIGTERM')).toBe(0);
    expect(world.slack.socketConnections).toBe(0);
  });

  test('reconnects after several failures, logs them in one line, and is not ready until then', async () => {
    const world = await startWorld({ mode: 'socket' });
    const bot = await world.start();
    for (const failure of FAILURES) world.slack.fail('apps.connections.open', failure);
    world.slack.disconnectSockets();
    await bot.line(TRYING_AGAIN);
    expect(await readiness(bot)).toMatchObject({ status: 503, checks: { slack: NOT_CONNECTED } });
    await world.slack.waitFor(() => world.slack.socketConnections === 1);
    await expect.poll(() => readiness(bot)).toMatchObject({ status: 200 });
    expect(await world.slack.command(ADMIN, CHANNEL, 'help')).toMatchObject({ status: 200 });
    expect(bot.linesWith(TRYING_AGAIN)).toHaveLength(1);
    expect(bot.lines).not.toContainEqual(
      expect.objectContaining({ msg: expect.stringContaining('unhandled rejection') }),
    );
    expect(bot.stderr).toBe('');
  });

  test('reconnects after Slack was unreachable', async () => {
    const world = await startWorld({ mode: 'socket' });
    const bot = await world.start();
    await world.slack.stop();
    await bot.line(TRYING_AGAIN);
    const { slack } = await startSlack(Number(new URL(world.settings['SLACK_API_URL'] ?? '').port));
    await slack.waitFor(() => slack.socketConnections === 1);
    expect(await slack.command(ADMIN, CHANNEL, 'help')).toMatchObject({ status: 200 });
    expect(bot.stderr).toBe('');
  });

  test('starts while Slack gives it no connection, and connects later', async () => {
    const world = await startWorld({ mode: 'socket' });
    world.slack.fail('apps.connections.open', { error: 'internal_error', times: 1_000 });
    const bot = world.spawn();
    await bot.line({ msg: 'qs-creds is running' });
    expect(await readiness(bot)).toMatchObject({ status: 503, checks: { slack: NOT_CONNECTED } });
    world.slack.heal();
    await world.slack.waitFor(() => world.slack.socketConnections === 1);
    expect(await world.slack.command(ADMIN, CHANNEL, 'help')).toMatchObject({ status: 200 });
    expect(bot.stderr).toBe('');
  });

  test('stops in time while it is disconnected', async () => {
    const world = await startWorld({ mode: 'socket' });
    const bot = await world.start();
    world.slack.fail('apps.connections.open', { error: 'internal_error', times: 1_000 });
    world.slack.disconnectSockets();
    await bot.line(TRYING_AGAIN);
    expect(await bot.end('SIGTERM')).toBe(0);
    expect(bot.linesWith(CUT_SHORT)).toEqual([]);
  });
});
