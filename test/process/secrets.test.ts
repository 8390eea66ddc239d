import { expect, test } from 'vitest';
import { ADMIN, type Bot, CHANNEL, FIRST, SECOND, SECRETS, startWorld, type World } from './setup.ts';

const PRODUCTION = 'crm-sync';

/** Matches the simulated Adobe's tokens and the URLs that the simulated Slack issues. */
const CAPABILITIES = /simulated-token|\/response\/[0-9a-f]{6}|ticket=[0-9a-f]{6}/;

/** Runs through a day on which much goes wrong. Returns the reference that was shown to a person. */
async function liveThrough(world: World, bot: Bot): Promise<string> {
  const { adobe, slack } = world;
  await slack.command(ADMIN, CHANNEL, 'list');
  await slack.openHome(ADMIN);
  await slack.waitFor(() => slack.homeOf(ADMIN));

  // Slack fails in the middle of a reply.
  const production = await world.ask(PRODUCTION);
  slack.fail('views.open', { error: 'internal_error' });
  await slack.press(ADMIN, production, 'confirm_production');
  const errorMessage = await slack.waitFor(() => world.messages.find(({ text }) => text.includes('reference')));

  // Users cannot be looked up, and the reply is not accepted either.
  slack.fail('users.info', { httpStatus: 500, times: 3 });
  slack.fail('response_url', { httpStatus: 500 });
  await slack.command(ADMIN, CHANNEL, `migrate ${FIRST}`);
  await bot.line({ msg: 'the reply to a failed request could not be sent' });

  // Adobe refuses a start, then loses a response, and every token is revoked in between.
  adobe.faults.add({ kind: 'status', status: 403, on: 'start', body: { error_code: '403010', message: 'No.' } });
  await world.migrate(FIRST);
  await world.posted('*Not migrated*', FIRST);
  adobe.revokeTokens();
  adobe.faults.add({ kind: 'half-response', on: 'start' });
  // The notice of the first migration's end may be sent at this moment, too.
  slack.fail('chat.postMessage', { error: 'service_unavailable', times: 4 });
  await world.migrate(SECOND);
  await bot.line({ msg: 'a message could not be shown in Slack; it will be retried' });
  await world.posted('*Migrated*', SECOND);

  // The bot's own credential is refused.
  adobe.revokeTokens();
  adobe.faults.add({ kind: 'status', status: 400, on: 'token', body: { error: 'invalid_client' }, times: 9 });
  const list = world.messages.find(({ ephemeral, text }) => ephemeral && text.includes('credentials'));
  if (list === undefined) throw new Error('there is no list');
  await slack.press(ADMIN, list, 'list_refresh');
  await bot.line({ msg: 'sync failed; the last known state stays' });

  return /reference `([A-Z0-9]{8})`/.exec(errorMessage.text)?.[1] ?? 'none';
}

// All other levels log less: trace adds everything that Bolt logs.
test.concurrent.for(['http', 'socket'] as const)(
  'during a day in %s mode no secret is logged at LOG_LEVEL=trace, and a reference leads to its cause',
  async (mode, { onTestFinished }) => {
    const world = await startWorld({ mode, onTestFinished });
    const bot = await world.start({ LOG_LEVEL: 'trace' });
    const reference = await liveThrough(world, bot);
    if (mode === 'http') {
      await world.slack.command(ADMIN, CHANNEL, 'list', { signature: 'v0=forged' });
    } else {
      world.slack.disconnectSockets();
      await world.slack.waitFor(() => world.slack.socketConnections === 1);
    }
    expect(await bot.end('SIGTERM')).toBe(0);

    const output = bot.stdout + bot.stderr;
    expect(Object.entries(SECRETS).filter(([, secret]) => output.includes(secret))).toEqual([]);
    expect(output.split('\n').filter((line) => CAPABILITIES.test(line))).toEqual([]);
    expect(bot.lines.filter((line) => line['reference'] === reference)).toEqual([
      expect.objectContaining({ level: 'error', what: 'confirm_production', err: expect.anything() }),
    ]);
  },
);
