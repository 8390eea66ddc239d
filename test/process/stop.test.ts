import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ADMIN, type Bot, CHANNEL, FIRST, startWorld } from './setup.ts';

/** Milliseconds after which platforms kill. */
const PATIENCE = 10_000;

async function stop(bot: Bot): Promise<{ code: number | null; ms: number }> {
  const since = performance.now();
  const code = await bot.end('SIGTERM');
  return { code, ms: performance.now() - since };
}

describe('SIGTERM', () => {
  test('ends an idle bot at once, connections kept open or not', async () => {
    const world = await startWorld();
    const bot = await world.start();
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const [response] = (await once(get(`${await bot.address()}/healthz`, { agent }), 'response')) as [
      IncomingMessage,
    ];
    response.resume();
    await once(response, 'end');
    const unused = connect(Number(new URL(await bot.address()).port), '127.0.0.1');
    onTestFinished(() => void unused.destroy());
    await once(unused, 'connect');

    const { code, ms } = await stop(bot);

    expect(code).toBe(0);
    expect(ms).toBeLessThan(1_500);
    expect(bot.stderr).toBe('');
  });

  test('ends a bot that has not started yet', async () => {
    const world = await startWorld();
    world.slack.fail('auth.test', { hangMs: 60_000 });
    const bot = world.spawn();
    await world.slack.waitFor(() => world.slack.calls.some(({ method }) => method === 'auth.test'));
    const { code, ms } = await stop(bot);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(1_500);
  });

  test('in the middle of a migration ends in time, and the next process finishes it', async () => {
    const world = await startWorld({ adobe: { migrationSeconds: 2 } });
    world.adobe.faults.add({ kind: 'slow', ms: 60_000, on: 'start' });
    const bot = await world.start();
    await world.migrate(FIRST);
    await world.posted('Migrating', FIRST, ' s of about ');

    const { code, ms } = await stop(bot);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(PATIENCE);

    const since = performance.now();
    await world.start();
    await world.posted('*Migrated*', FIRST);
    // The right to work was given back: nobody waits for it to lapse.
    expect(performance.now() - since).toBeLessThan(8_000);
    expect(world.startsSent).toBe(1);
  });

  test('finishes what was acknowledged, and starts nothing any more', async () => {
    const world = await startWorld();
    const bot = await world.start();
    const question = await world.ask(FIRST);
    world.slack.fail('users.info', { hangMs: 1_000, times: 2 });
    await world.slack.press(ADMIN, question, 'confirm');
    const answered = world.slack.command(ADMIN, CHANNEL, 'faq');
    await world.slack.waitFor(
      () => world.slack.calls.filter(({ method }) => method === 'users.info').length === 3,
    );

    const { code, ms } = await stop(bot);

    expect(await answered).toMatchObject({ status: 200 });
    expect(code).toBe(0);
    expect(ms).toBeLessThan(PATIENCE);
    expect(world.messages.some(({ text }) => text.includes('Why migrate?'))).toBe(true);
    expect(world.startsSent).toBe(0);
    const since = performance.now();
    await world.start();
    await world.posted('*Migrated*', FIRST);
    expect(performance.now() - since).toBeLessThan(8_000);
    expect(world.startsSent).toBe(1);
  });

  test('ends in time while neither Slack nor Adobe answers', async () => {
    const world = await startWorld();
    const bot = await world.start();
    const question = await world.ask(FIRST);
    await world.slack.command(ADMIN, CHANNEL, 'list');
    const list = await world.slack.waitFor(() =>
      world.messages.find(({ text }) => text.includes('credentials')),
    );
    for (const on of ['accounts', 'status', 'start'] as const) {
      world.adobe.faults.add({ kind: 'hang', ms: 60_000, on, times: 1_000 });
    }
    await world.slack.press(ADMIN, question, 'confirm');
    await world.slack.press(ADMIN, list, 'list_refresh');
    for (const method of ['users.info', 'chat.postMessage', 'response_url']) {
      world.slack.fail(method, { hangMs: 60_000, times: 1_000 });
    }
    await world.slack.command(ADMIN, CHANNEL, 'list');
    const { code, ms } = await stop(bot);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(PATIENCE);
  });
});
