import { z } from 'zod';
import { historyReply } from '../commands/history.ts';
import { listReply, readAdobeAgain } from '../commands/list.ts';
import { CREDENTIAL_STATUSES } from '../credentials/credential.ts';
import { ACTIONS } from '../slack/ids.ts';
import { syncingMessage } from '../slack/messages/list.ts';
import { LIST_TRAITS } from '../slack/messages/list-view.ts';
import type { Action } from './press.ts';

/** Buttons that show another page of the list or of the history, or the list after a sync. */

const Offset = z.number().int().min(0).max(10_000_000);
/** What a list shows, as a button's value carries it. */
export const ListViewValue = z.object({
  statuses: z.array(z.enum(CREDENTIAL_STATUSES)).exactOptional(),
  traits: z.array(z.enum(LIST_TRAITS)).exactOptional(),
  all: z.boolean().exactOptional(),
  left: z.boolean().exactOptional(),
  mine: z.boolean().exactOptional(),
  owner: z.string().exactOptional(),
  words: z.array(z.string()).exactOptional(),
  offset: Offset,
});
const HistoryView = z.object({
  technicalAccountId: z.string().exactOptional(),
  days: z.number().int().min(1).max(9999).exactOptional(),
  offset: Offset,
});

function listPageAction(id: string): Action {
  return {
    id,
    wants: 'list',
    isReadOnly: true,
    async run({ person, value, replace }, services) {
      await replace(await listReply(services, person, ListViewValue.parse(JSON.parse(value))));
    },
  };
}

function historyPageAction(id: string): Action {
  return {
    id,
    wants: 'history',
    isReadOnly: true,
    async run({ value, replace }, services) {
      await replace(await historyReply(services, HistoryView.parse(JSON.parse(value))));
    },
  };
}

export const listPrevious = listPageAction(ACTIONS.listPrevious);
export const listNext = listPageAction(ACTIONS.listNext);
/** Shows the list with the chosen filter. */
export const listShow = listPageAction(ACTIONS.listShow);
export const historyNewer = historyPageAction(ACTIONS.historyNewer);
export const historyOlder = historyPageAction(ACTIONS.historyOlder);

export const listRefresh: Action = {
  id: ACTIONS.listRefresh,
  wants: 'refresh',
  async run({ person, value, replace }, services) {
    const view = ListViewValue.parse(JSON.parse(value));
    await replace(syncingMessage());
    await readAdobeAgain(services);
    await replace(await listReply(services, person, view));
  },
};

/** Shows the list below the message, only to the person who pressed. */
export const review: Action = {
  id: ACTIONS.review,
  wants: 'list',
  isReadOnly: true,
  async run({ person, value, reply }, services) {
    await reply(await listReply(services, person, ListViewValue.parse(JSON.parse(value))));
  },
};
