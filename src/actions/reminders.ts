import { nameCode } from '../slack/escaping.ts';
import { ACTIONS } from '../slack/ids.ts';
import { goneMessage } from '../slack/messages/answers.ts';
import { message } from '../slack/messages/blocks.ts';
import type { Action } from './press.ts';

/** The buttons of reminders, but Review, which is in pages.ts. */

export const snooze: Action = {
  id: ACTIONS.snooze,
  wants: 'snooze',
  async run({ person, reply }, { reminders }) {
    const until = await reminders.snooze(person);
    await reply(
      message([
        until === null
          ? 'There is no time left to snooze: the deadline is too close, or past.'
          : `😴 Snoozed: you hear of yours again from ${until} on.`,
      ]),
    );
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
    await reply(message([`From now on you are reminded of ${nameCode(credential.name)}.`]));
  },
};

export const remindNow: Action = {
  id: ACTIONS.remindNow,
  wants: 'remind now',
  migratorsOnly: true,
  async run({ person, value, replace }, { reminders }) {
    await reminders.startManualRound(person, value);
    await replace(
      message([
        'Reminders are on their way, one a second. Each goes out once, however often this is pressed.',
      ]),
    );
  },
};
