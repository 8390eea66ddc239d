import { historyReply } from '../commands/history.ts';
import { statusReply } from '../commands/status.ts';
import { ACTIONS } from '../slack/ids.ts';
import { goneMessage } from '../slack/messages/ask-replies.ts';
import type { Action } from './press.ts';

/** Buttons beside several credentials that match what was typed: they show what was asked for about the chosen one. */

export const showStatus: Action = {
  id: ACTIONS.showStatus,
  wants: 'status',
  about: 'credential',
  isReadOnly: true,
  async run(press, services) {
    const credential = await services.catalogue.get(press.value);
    await press.reply(credential === null ? goneMessage() : await statusReply(services, press, credential));
  },
};

export const showHistory: Action = {
  id: ACTIONS.showHistory,
  wants: 'history',
  about: 'credential',
  isReadOnly: true,
  async run({ value, reply }, services) {
    await reply(await historyReply(services, { technicalAccountId: value, offset: 0 }));
  },
};
