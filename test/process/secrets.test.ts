import { describe, expect, test } from 'vitest';
import { ADMIN, type Bot, CHANNEL, FIRST, SECOND, SECRETS, startWorld, type World } from './setup.ts';

const PRODUCTION = 'crm-sync';

/** What the simulated Adobe's tokens, and the addresses that Slack's stand-in hands out, look like. */
const CAPABILITIES = /simulated-token|\/response\/[0-9a-f]{6}|ticket=[0-9a-f]{6}/;

/** A day on which much goes wrong. Gives the reference that somebody was told. */
async function liveThrough(world: World, bot: Bot): Promise<string> {
  const { adobe, slack } = world;
  await slack.command(ADMIN, CHANNEL, 'list');
  await slack.openHome(ADMIN);
  await slack.waitFor(() => slack.homeOf(ADMIN));

  // Slack fails in the middle of an answer.
  const production = await world.ask(PRODUCTION);
  slack.fail('views.open', { error: 'internal_error' });
  await slack.press(ADMIN, production, 'confirm_production');
  const told = await slack.waitFor(() => world.messages.find(({ text }) => text.includes('reference')));

  // Nobody can be looked up, and the answer is not taken either.
  slack.fail('users.info', { httpStatus: 500, times: 3 });
  slack.fail('response_url', { httpStatus: 500 });
  await slack.command(ADMIN, CHANNEL, 'history');
  await bot.line({ msg: 'the reply to a failed request could not be sent' });

  // Adobe refuses a start, then loses an answer, and every token is revoked in between.
  adobe.faults.add({
    kind: 'status',
    status: 403,
    on: 'start',
    body: { error_code: '403010', message: 'No.' },
  });
  await world.migrate(FIRST);
  await world.posted('*Not migrated*', FIRST);
  adobe.revokeTokens();
  adobe.faults.add({ kind: 'half-response', on: 'start' });
  slack.fail('chat.postMessage', { error: 'internal_error' });
  await world.migrate(SECOND);
  await bot.line({ msg: 'progress could not be shown; trying again' });
  await world.posted('*Migrated*', SECOND);

  // The credential of the bot itself is refused.
  adobe.revokeTokens();
  adobe.faults.add({ kind: 'status', status: 400, on: 'token', body: { error: 'invalid_client' }, times: 9 });
  const list = world.messages.find(({ ephemeral, text }) => ephemeral && text.includes('credentials'));
  if (list === undefined) throw new Error('there is no list');
  await slack.press(ADMIN, list, 'list_refresh');
  await bot.line({ msg: 'sync failed; the last known state stays' });

  return /reference `([A-Z0-9]{8})`/.exec(told.text)?.[1] ?? 'none';
}

// debug is what an operator may set; trace adds every word that Bolt says.
describe.each(['http', 'socket'] as const)('over a day in %s mode', (mode) => {
  test.concurrent.for(['debug', 'trace'])(
    'no secret is said at LOG_LEVEL=%s, and a reference leads to its cause',
    { timeout: 60_000 },
    async (level, { onTestFinished }) => {
      const world = await startWorld({ mode, onTestFinished });
      const bot = await world.start({ LOG_LEVEL: level });
      const reference = await liveThrough(world, bot);
      if (mode === 'http') {
        await world.slack.command(ADMIN, CHANNEL, 'list', { signature: 'v0=forged' });
      } else {
        world.slack.disconnectSockets();
        await world.slack.waitFor(() => world.slack.socketConnections === 1);
      }
      expect(await bot.end('SIGTERM')).toBe(0);

      const said = bot.stdout + bot.stderr;
      expect(Object.entries(SECRETS).filter(([, secret]) => said.includes(secret))).toEqual([]);
      expect(said.split('\n').filter((line) => CAPABILITIES.test(line))).toEqual([]);
      expect(bot.lines.filter((line) => line['reference'] === reference)).toEqual([
        expect.objectContaining({ level: 'error', what: 'confirm_production', err: expect.anything() }),
      ]);
    },
  );
});
