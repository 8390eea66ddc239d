import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ADMIN, type Bot, CHANNEL, FIRST, startWorld, type World } from './setup.ts';

const CUT_SHORT = { msg: 'could not stop in time; what is left continues from the database at the next start' };
/** How long an HTTP server waits for its open connections. Milliseconds. */
const CONNECTIONS_CUT_MS = 4_000;

/** Platforms kill a process ten seconds after SIGTERM; before that, a slow bot cuts its stop short and logs it. */
async function expectStop(bot: Bot): Promise<void> {
  expect(await bot.end('SIGTERM')).toBe(0);
  expect(bot.linesWith(CUT_SHORT)).toEqual([]);
}

/** The lease of the migration loop. While it is held, another process would wait until it expires. */
function migrationLease({ settings }: World): unknown {
  using database = new DatabaseSync(settings['DATABASE_URL']?.replace(/^file:/, '') ?? '', { readOnly: true });
  return database.prepare('select * from leases where name = ?').get('migrations');
}

describe('SIGTERM', () => {
  test('stops an idle bot despite kept-alive and unused connections', async () => {
    const world = await startWorld();
    const bot = await world.start();
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const [response] = (await once(get(`${await bot.address()}/healthz`, { agent }), 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    const unused = connect(Number(new URL(await bot.address()).port), '127.0.0.1');
    onTestFinished(() => void unused.destroy());
    await once(unused, 'connect');

    const since = performance.now();
    await expectStop(bot);
    expect(performance.now() - since).toBeLessThan(CONNECTIONS_CUT_MS);
    expect(bot.stderr).toBe('');
  });

  test('stops a bot that is still starting', async () => {
    const world = await startWorld();
    world.slack.fail('auth.test', { hangMs: 60_000 });
    const bot = world.spawn();
    await world.slack.waitFor(() => world.slack.calls.some(({ method }) => method === 'auth.test'));
    await expectStop(bot);
  });

  test('stops in time during a migration, and the next process finishes it', async () => {
    const world = await startWorld({ adobe: { migrationSeconds: 2 } });
    world.adobe.faults.add({ kind: 'slow', ms: 60_000, on: 'start' });
    const bot = await world.start();
    await world.migrate(FIRST);
    await world.posted('Migrating', FIRST, ' s of about ');

    await expectStop(bot);

    expect(migrationLease(world)).toBeUndefined();

    await world.start();
    await world.posted('*Migrated*', FIRST);
    expect(world.startsSent).toBe(1);
  });

  test('finishes acknowledged requests, and starts no migration', async () => {
    const world = await startWorld();
    const bot = await world.start();
    const question = await world.ask(FIRST);
    const lookUps = () => world.slack.calls.filter(({ method }) => method === 'users.info').length;
    const before = lookUps();
    // Long enough for the signal to arrive meanwhile.
    world.slack.fail('users.info', { hangMs: 3_000, times: 2 });
    await world.slack.press(ADMIN, question, 'confirm');
    const acked = world.slack.command(ADMIN, CHANNEL, 'faq');
    await world.slack.waitFor(() => lookUps() === before + 2);

    await expectStop(bot);
    expect(await acked).toMatchObject({ status: 200 });
    expect(world.messages.some(({ text }) => text.includes('Why migrate?'))).toBe(true);
    expect(world.startsSent).toBe(0);
    expect(migrationLease(world)).toBeUndefined();

    await world.start();
    await world.posted('*Migrated*', FIRST);
    expect(world.startsSent).toBe(1);
  });

  test('stops in time while neither Slack nor Adobe responds', async () => {
    const world = await startWorld();
    const bot = await world.start();
    const question = await world.ask(FIRST);
    await world.slack.command(ADMIN, CHANNEL, 'list');
    const list = await world.slack.waitFor(() => world.messages.find(({ text }) => / credentials? left /.test(text)));
    for (const on of ['accounts', 'status', 'start'] as const) {
      world.adobe.faults.add({ kind: 'hang', ms: 60_000, on, times: 1_000 });
    }
    await world.slack.press(ADMIN, question, 'confirm');
    await world.slack.press(ADMIN, list, 'list_refresh');
    for (const method of ['users.info', 'chat.postMessage', 'response_url']) {
      world.slack.fail(method, { hangMs: 60_000, times: 1_000 });
    }
    await world.slack.command(ADMIN, CHANNEL, 'list');
    await expectStop(bot);
  });
});
