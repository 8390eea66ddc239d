import type { onTestFinished } from 'vitest';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { PEOPLE } from '../../playground/slack/users.ts';
import { credential, seedOf } from '../app/setup.ts';
import { type Bot, CHANNEL, type Settings, startWorld, type World } from '../process/setup.ts';
import { isDigest, isReminder, LOOKED } from './setup.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Enough for a batch that takes a few seconds. */
export const OWNERS = PEOPLE.slice(0, 4);

/** The calendar date so many days from now, in the reminders' zone. */
export function inDays(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}

/** In the window of a week, whatever midnight passes meanwhile. */
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
  return OWNERS.map(
    ({ id }) => world.slack.messagesSeenBy(id, world.slack.directOf(id)).filter(isReminder).length,
  );
}

export const ONCE_EACH = OWNERS.map(() => 1);

/** Waits for this many reminders, to whomever. */
export function remindersSent(world: World, number: number): Promise<true> {
  const sum = () => reminded(world).reduce((a, b) => a + b, 0);
  return world.slack.waitFor(() => sum() >= number || null, {
    timeoutMs: 40_000,
    what: `${number} reminders`,
  });
}

export function digestPosted(world: World): Promise<SeenMessage> {
  return world.slack.waitFor(() => digests(world)[0], { timeoutMs: 50_000, what: 'the digest' });
}

/** Waits until this process has looked `times` more, each from its beginning to its end. */
export async function looked(bot: Bot, times = 3): Promise<void> {
  const fields = { msg: LOOKED };
  await bot.line(fields, bot.linesWith(fields).length + 1 + times);
}
