import type { Services } from '../services.ts';
import { ACTIONS, REMINDER_MORE } from '../slack/ids.ts';
import { remindersStartedMessage, snoozedMessage, snoozeEndedMessage } from '../slack/messages/reminders.ts';
import { openNotMine } from './not-mine.ts';
import type { Action, Press, SlackViews } from './press.ts';
import { showReminder } from './show-reminder.ts';

/** The buttons of reminders, except Review, which is in pages.ts. */

async function snoozeReminders(press: Press, services: Services, views: SlackViews): Promise<void> {
  const until = await services.reminders.snooze(press.person);
  if (until === null) return press.reply(snoozedMessage(null));
  await showReminder(press, services, views, snoozedMessage(until));
}

export const endSnooze: Action = {
  id: ACTIONS.endSnooze,
  wants: 'end a snooze',
  async run(press, services, views) {
    await services.reminders.endSnooze(press.person);
    await showReminder(press, services, views, snoozeEndedMessage());
  },
};

/** The menu behind "…". */
export const reminderMore: Action = {
  id: ACTIONS.reminderMore,
  wants: 'answer a reminder',
  async run(press, services, views) {
    if (press.value === REMINDER_MORE.snooze) await snoozeReminders(press, services, views);
    if (press.value === REMINDER_MORE.notMine) await openNotMine(press, services, views);
  },
};

export const remindNow: Action = {
  id: ACTIONS.remindNow,
  wants: 'remind now',
  migratorsOnly: true,
  async run({ person, value, replace }, { reminders }) {
    await reminders.startManualRound(person, value);
    await replace(remindersStartedMessage());
  },
};
