import type { onTestFinished } from 'vitest';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { startWorld } from '../app/setup.ts';
import type { World } from '../app/world.ts';
import { ADMIN, DATA } from '../support/people.ts';

export const DAY = 24 * 60 * 60;
/** What the bot logs at level debug after each check. */
export const CHECKED = 'checked for a due reminder round';

export function isDigest({ ephemeral, text }: SeenMessage): boolean {
  return !ephemeral && text.startsWith('Query Service credentials: ');
}

export function isReminder({ ephemeral, text }: SeenMessage): boolean {
  return !ephemeral && / of your credentials (must be|should have been) migrated by /.test(text);
}

type Options = Parameters<typeof startWorld>[0] & {
  /** From the test's own context, since the tests of a file run concurrently. */
  readonly onTestFinished: typeof onTestFinished;
};

/** At the start 56 days are left, in the window of 60 days; a digest goes to the channel, and the bot checks each second. */
export async function startReminding(options: Options): Promise<World> {
  const env = {
    REMINDER_CHANNEL: DATA,
    REMINDER_CRON: '* * * * * *',
    // Empty: the default.
    REMINDER_DAYS: '',
    ...options.env,
  };
  const world = await startWorld({ ...options, env });
  // The rate limits use the bot's clock, which must keep moving.
  const running = setInterval(() => world.clock.advance(0.05), 50);
  options.onTestFinished(() => clearInterval(running));
  return world;
}

/** Every digest so far, as the channel sees it; the newest last. */
export function digests(world: World, channel = DATA): readonly SeenMessage[] {
  return world.slack.messagesSeenBy(ADMIN, channel).filter(isDigest);
}

/** Waits for the `nth` digest, counted from 1. */
export function digest(world: World, nth = 1): Promise<SeenMessage> {
  return world.slack.waitFor(() => digests(world)[nth - 1], { what: `digest ${nth}` });
}

/** Every reminder to this person so far; the newest last. */
export function reminders(world: World, userId: string): readonly SeenMessage[] {
  return world.slack.messagesSeenBy(userId, world.slack.directOf(userId)).filter(isReminder);
}

export function reminder(world: World, userId: string, nth = 1): Promise<SeenMessage> {
  const what = `reminder ${nth} of ${userId}`;
  return world.slack.waitFor(() => reminders(world, userId)[nth - 1], { what });
}

/** Waits until the bot has made `times` more complete checks. */
export async function checked(world: World, times = 2): Promise<void> {
  // A check that may be running does not count.
  const enough = world.timesLogged(CHECKED) + 1 + times;
  await world.slack.waitFor(() => world.timesLogged(CHECKED) >= enough, { what: 'checks' });
}
