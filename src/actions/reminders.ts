import type { Services } from '../services.ts';
import { ACTIONS } from '../slack/ids.ts';
import { MAX_EDITED_TEXT, type Message } from '../slack/messages/blocks.ts';
import {
  ownerMessage,
  remindersStartedMessage,
  snoozedMessage,
  snoozeEndedMessage,
} from '../slack/messages/reminders.ts';
import type { Action, Press, SlackViews } from './press.ts';

/** The buttons of reminders, but Review, which is in pages.ts. */

export const snooze: Action = {
  id: ACTIONS.snooze,
  wants: 'snooze',
  async run(press, services, views) {
    const until = await services.reminders.snooze(press.person);
    if (until === null) return press.reply(snoozedMessage(null));
    await showReminder(press, services, views, snoozedMessage(until));
  },
};

export const endSnooze: Action = {
  id: ACTIONS.endSnooze,
  wants: 'end a snooze',
  async run(press, services, views) {
    await services.reminders.endSnooze(press.person);
    await showReminder(press, services, views, snoozeEndedMessage());
  },
};

/** The reminder as it is now, in place of what was pressed; where that cannot be edited, the reply says it. */
async function showReminder(
  { person, message, reply }: Press,
  { reminders, clock, settings }: Services,
  views: SlackViews,
  otherwise: Message,
): Promise<void> {
  if (message === null) return reply(otherwise);
  const reminder = await reminders.ownReminder(person);
  const edited = ownerMessage(reminder, clock.now(), settings.access.migrators, MAX_EDITED_TEXT);
  await views.edit(message, edited).catch(() => reply(otherwise));
}

export const remindNow: Action = {
  id: ACTIONS.remindNow,
  wants: 'remind now',
  migratorsOnly: true,
  async run({ person, value, replace }, { reminders }) {
    await reminders.startManualRound(person, value);
    await replace(remindersStartedMessage());
  },
};
