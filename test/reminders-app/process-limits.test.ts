import { expect, test } from 'vitest';
import { ADMIN, CHANNEL, type World } from '../process/setup.ts';
import { callsSeen, checked, digestPosted, digests, ONCE_EACH, REMINDING, reminded, startOwners } from './processes.ts';

const PAUSE_S = 10;
const JITTER_MS = 500;

function callsOf(world: World, method: string) {
  return world.slack.calls.filter((call) => call.method === method);
}

/** Types `list` and waits for the reply. */
async function listIsShown(world: World): Promise<void> {
  const before = world.messages.length;
  const { status } = await world.slack.command(ADMIN, CHANNEL, 'list');
  expect(status).toBe(200);
  const reply = () => world.messages.slice(before).find(({ ephemeral, text }) => ephemeral && text !== '');
  expect((await world.slack.waitFor(reply, { what: 'the list' })).text).toContain('4 of 4 credentials left');
}

/** Milliseconds from the call that Slack rate-limited to the next one of this method. */
function pauseKept(world: World, method: string): number {
  const calls = callsOf(world, method);
  const refused = calls.findIndex(({ error }) => error === 'ratelimited');
  return Number(calls[refused + 1]?.at) - Number(calls[refused]?.at);
}

test.concurrent.for(['users.lookupByEmail', 'chat.postMessage'])(
  'a 429 of %s delays reminders, loses none, and does not delay commands',
  async (method, { onTestFinished }) => {
    const world = await startOwners(onTestFinished);
    world.slack.fail(method, { times: 1 });
    world.slack.fail(method, { retryAfter: PAUSE_S });
    const bot = await world.start(REMINDING);
    await callsSeen(world, method, 2);
    await listIsShown(world);
    expect(callsOf(world, method).map(({ error }) => error)).toEqual([undefined, 'ratelimited']);

    const { text } = await digestPosted(world);
    expect(text.match(/`etl-of-/g)).toHaveLength(4);
    expect(text).not.toContain('Slack did not say who it is');
    await checked(bot);
    expect(reminded(world)).toEqual(ONCE_EACH);
    expect(digests(world)).toHaveLength(1);
    expect(pauseKept(world, method)).toBeGreaterThanOrEqual(PAUSE_S * 1000);
  },
);

/** Milliseconds from the first call to the last. */
function spread(calls: readonly { readonly at: Date }[]): number {
  return Number(calls.at(-1)?.at) - Number(calls[0]?.at);
}

test.concurrent('lookups are limited to fifty per minute and remembered for a day, and messages to one per second', async ({
  onTestFinished,
}) => {
  const world = await startOwners(onTestFinished);
  await world.start(REMINDING);
  await digestPosted(world);
  const lookups = callsOf(world, 'users.lookupByEmail');
  expect(lookups).toHaveLength(4);
  // A call is timed when it arrives, and a busy machine delays that.
  expect(spread(lookups)).toBeGreaterThan(3 * 1_200 - JITTER_MS);

  await world.slack.command(ADMIN, CHANNEL, 'remind now');
  const asks = () => world.messages.find(({ text }) => text.includes('Send reminders now?'));
  const posted = callsOf(world, 'chat.postMessage').length;
  await world.slack.press(ADMIN, await world.slack.waitFor(asks), 'remind_now');
  await digestPosted(world, 2);
  const round = callsOf(world, 'chat.postMessage').slice(posted);
  expect(round).toHaveLength(5);
  expect(spread(round)).toBeGreaterThan(4 * 1_000 - JITTER_MS);
  expect(callsOf(world, 'users.lookupByEmail')).toHaveLength(4);
  expect(world.slack.stats.overRate).toEqual([]);
});
