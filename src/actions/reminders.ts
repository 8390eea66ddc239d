import { listReply } from '../commands/list-reply.ts';
import { ACTIONS } from '../slack/ids.ts';
import { goneMessage } from '../slack/messages/ask-replies.ts';
import { remindersStartedMessage, snoozedMessage, tookOverMessage } from '../slack/messages/reminders.ts';
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
    const until = await reminders.snooze(person.id);
    await reply(snoozedMessage(until));
  },
};

export const takeOver: Action = {
  id: ACTIONS.takeOver,
  async run({ caller, value, reply }, { access, catalogue, reminders }) {
    const wanted = { action: 'take over', technicalAccountId: value };
    const person = await access.admitMigrator(caller, wanted);
    const credential = await catalogue.get(value);
    if (credential === null) return reply(goneMessage());
    await reminders.takeOver(person.id, credential.technicalAccountId);
    await reply(tookOverMessage(credential.name));
  },
};

export const remindNow: Action = {
  id: ACTIONS.remindNow,
  async run({ caller, value, replace }, { access, reminders }) {
    const person = await access.admitMigrator(caller, { action: 'remind now' });
    await reminders.startManualRound(person.id, value);
    await replace(remindersStartedMessage());
  },
};
