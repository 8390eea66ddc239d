import { ACTIONS } from '../slack/ids.ts';
import { goneMessage } from '../slack/messages/ask-replies.ts';
import { remindersStartedMessage, snoozedMessage, tookOverMessage } from '../slack/messages/reminders.ts';
import type { Action } from './press.ts';

/** The buttons of reminders, but Review, which is in pages.ts. */

export const snooze: Action = {
  id: ACTIONS.snooze,
  wants: 'snooze',
  async run({ person, reply }, { reminders }) {
    await reply(snoozedMessage(await reminders.snooze(person)));
  },
};

export const takeOver: Action = {
  id: ACTIONS.takeOver,
  wants: 'take over',
  about: 'credential',
  migratorsOnly: true,
  async run({ person, value, reply }, { catalogue, reminders }) {
    const credential = await catalogue.get(value);
    if (credential === null) return reply(goneMessage());
    await reminders.takeOver(person, credential.technicalAccountId);
    await reply(tookOverMessage(credential.name));
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
