import type { onTestFinished } from 'vitest';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { PEOPLE } from '../../playground/slack/users.ts';
import { credential, seedOf } from '../app/setup.ts';
import { type Bot, CHANNEL, type Settings, startWorld, type World } from '../process/setup.ts';
import { CHECKED, isDigest, isReminder } from './setup.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Enough for a round that takes a few seconds. */
const OWNERS = PEOPLE.slice(0, 4);

/** The calendar date this many days from now, in the reminders' time zone. */
export function inDays(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}

/** Within the 7-day window, even if midnight passes meanwhile. */
export const REMINDING = {
  REMINDER_CHANNEL: CHANNEL,
  REMINDER_CRON: '* * * * * *',
  REMINDER_DAYS: '7',
  DEADLINE: inDays(5),
  LOG_LEVEL: 'debug',
} satisfies Settings;

/** A world in which each of these owners has one credential to be migrated; no process runs yet. */
export function startOwners(atEnd: typeof onTestFinished): Promise<World> {
  const seed = seedOf(...OWNERS.map(({ name, email }) => credential(`etl-of-${name}`, { owner: email })));
  return startWorld({ onTestFinished: atEnd, adobe: { seed } });
}

export function digests(world: World): readonly SeenMessage[] {
  return world.messages.filter(isDigest);
}

/** Every reminder to each owner, in the order of `OWNERS`. */
export function reminded(world: World): readonly number[] {
  return OWNERS.map(({ id }) => world.slack.messagesSeenBy(id, world.slack.directOf(id)).filter(isReminder).length);
}

export const ONCE_EACH = OWNERS.map(() => 1);

/** Waits until a Web API method has been called this many times since the start, successfully or not. */
export async function callsSeen(world: World, method: string, times: number): Promise<void> {
  const calls = () => world.slack.calls.filter((call) => call.method === method).length;
  await world.slack.waitFor(() => calls() >= times, { what: `call ${times} of ${method}` });
}

/** Waits until this many reminders have been sent since the start, to any owner. */
export async function remindersSent(world: World, times: number): Promise<void> {
  const sum = () => reminded(world).reduce((a, b) => a + b, 0);
  await world.slack.waitFor(() => sum() >= times, { what: `${times} reminders` });
}

/** Waits for the `nth` digest since the start. */
export function digestPosted(world: World, nth = 1): Promise<SeenMessage> {
  return world.slack.waitFor(() => digests(world)[nth - 1], { what: `digest ${nth}` });
}

/** Waits until this process has made `times` more complete checks. */
export async function checked(bot: Bot, times = 3): Promise<void> {
  const fields = { msg: CHECKED };
  // A check that may be running does not count.
  await bot.line(fields, bot.linesWith(fields).length + 1 + times);
}
