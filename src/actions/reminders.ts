import { listReply } from '../commands/list-reply.ts';
import { nameCode } from '../slack/escaping.ts';
import { ACTIONS } from '../slack/ids.ts';
import { goneMessage } from '../slack/messages/answers.ts';
import { message } from '../slack/messages/blocks.ts';
import { ListViewValue } from './pages.ts';
import type { Action } from './press.ts';

/** The buttons of reminders. */

export const review: Action = {
  id: ACTIONS.review,
  async run({ caller, value, reply }, services) {
    const view = ListViewValue.parse(JSON.parse(value));
    const person = await services.access.admit(caller, { action: 'list' });
    await reply(await listReply(services, person, view));
  },
};

export const snooze: Action = {
  id: ACTIONS.snooze,
  async run({ caller, reply }, { access, reminders }) {
    const person = await access.admit(caller, { action: 'snooze' });
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
  async run({ caller, value, reply }, { access, catalogue, reminders }) {
    const wanted = { action: 'take over', technicalAccountId: value };
    const person = await access.admitMigrator(caller, wanted);
    const credential = await catalogue.get(value);
    if (credential === null) return reply(goneMessage());
    await reminders.takeOver(person, credential.technicalAccountId);
    await reply(message([`From now on you are reminded of ${nameCode(credential.name)}.`]));
  },
};

export const remindNow: Action = {
  id: ACTIONS.remindNow,
  async run({ caller, value, replace }, { access, reminders }) {
    const person = await access.admitMigrator(caller, { action: 'remind now' });
    await reminders.startManualRound(person, value);
    await replace(
      message([
        'Reminders are on their way, one a second. Each goes out once, however often this is pressed.',
      ]),
    );
  },
};
