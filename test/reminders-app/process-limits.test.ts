import { expect, test } from 'vitest';
import { ADMIN, CHANNEL, startWorld, type World } from '../process/setup.ts';
import {
  digestPosted,
  digests,
  looked,
  ONCE_EACH,
  REMINDING,
  reminded,
  remindersSent,
  startOwners,
} from './processes.ts';

const timeout = 60_000;
const PAUSE_S = 4;
const JITTER_MS = 500;

function callsOf(world: World, method: string) {
  return world.slack.calls.filter((call) => call.method === method);
}

/** Types `list` and waits for the answer; meanwhile Slack's pause is on. */
async function listIsAnswered(world: World): Promise<void> {
  const before = world.messages.length;
  const { ms, status } = await world.slack.command(ADMIN, CHANNEL, 'list');
  expect(status).toBe(200);
  expect(ms).toBeLessThan(1_000);
  const answer = () => world.messages.slice(before).find(({ ephemeral, text }) => ephemeral && text !== '');
  expect((await world.slack.waitFor(answer, { what: 'the list' })).text).toContain('4 of 4 credentials left');
}

/** Milliseconds from the call that Slack refused to the next one of this method. */
function pauseKept(world: World, method: string): number {
  const calls = callsOf(world, method);
  const refused = calls.findIndex(({ error }) => error === 'ratelimited');
  return Number(calls[refused + 1]?.at) - Number(calls[refused]?.at);
}

test.concurrent.for(['users.lookupByEmail', 'chat.postMessage'])(
  '429 on %s: later, but nobody is lost; commands are answered meanwhile',
  { timeout },
  async (method, { onTestFinished }) => {
    const world = await startOwners(onTestFinished);
    const bot = await world.start(REMINDING);
    await remindersSent(world, 1);
    world.slack.fail(method, { retryAfter: PAUSE_S });
    const refused = () => callsOf(world, method).some(({ error }) => error === 'ratelimited');
    await world.slack.waitFor(refused, { timeoutMs: 10_000, what: '429' });
    const before = callsOf(world, method).length;
    await listIsAnswered(world);
    expect(callsOf(world, method)).toHaveLength(before);

    const { text } = await digestPosted(world);
    expect(text).not.toContain('Nobody hears of these');
    await looked(bot);
    expect(reminded(world)).toEqual(ONCE_EACH);
    expect(digests(world)).toHaveLength(1);
    expect(pauseKept(world, method)).toBeGreaterThanOrEqual(PAUSE_S * 1000);
  },
);

/** Milliseconds from the first call to the last. */
function spread(calls: readonly { readonly at: Date }[]): number {
  return Number(calls.at(-1)?.at) - Number(calls[0]?.at);
}

test.concurrent('look-ups go out at fifty a minute and are kept a day, messages one a second', {
  timeout,
}, async ({ onTestFinished }) => {
  const world = await startOwners(onTestFinished);
  await world.start(REMINDING);
  await digestPosted(world);
  const lookups = callsOf(world, 'users.lookupByEmail');
  expect(lookups).toHaveLength(4);
  // A call counts when it arrives, which a busy machine delays.
  expect(spread(lookups)).toBeGreaterThan(3 * 1_200 - JITTER_MS);

  await world.slack.command(ADMIN, CHANNEL, 'remind now');
  const asks = () => world.messages.find(({ text }) => text.includes('Send reminders now?'));
  const posted = callsOf(world, 'chat.postMessage').length;
  await world.slack.press(ADMIN, await world.slack.waitFor(asks), 'remind_now');
  const again = () => digests(world).length === 2;
  await world.slack.waitFor(again, { timeoutMs: 20_000, what: 'the second digest' });
  const round = callsOf(world, 'chat.postMessage').slice(posted);
  expect(round).toHaveLength(5);
  expect(spread(round)).toBeGreaterThan(4 * 1_000 - JITTER_MS);
  expect(callsOf(world, 'users.lookupByEmail')).toHaveLength(4);
  expect(world.slack.stats.overRate).toEqual([]);
});

const BAD = [
  ['REMINDER_DAYS', 'seven'],
  ['REMINDER_TIMEZONE', 'Mars/Olympus'],
  ['REMINDER_CRON', 'whenever'],
  ['DEADLINE', '2025-02-30'],
] as const;

test.concurrent.for(BAD)('%s=%s stops the start', async ([name, value], { onTestFinished }) => {
  const world = await startWorld({ onTestFinished });
  const bot = world.spawn({ ...REMINDING, [name]: value });
  expect(await bot.ended).toBe(78);
  expect(bot.stderr).toMatch(new RegExp(`^${name} must be a .+\\.\\n$`));
  expect(bot.stderr + bot.stdout).not.toContain(value);
});

test.concurrent('all that is wrong is said at once', async ({ onTestFinished }) => {
  const world = await startWorld({ onTestFinished });
  const bot = world.spawn({ ...REMINDING, ...Object.fromEntries(BAD) });
  expect(await bot.ended).toBe(78);
  const names = bot.stderr
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ', 1)[0]);
  expect(names.toSorted()).toEqual(BAD.map(([name]) => name).toSorted());
  expect(world.slack.calls).toEqual([]);
});
