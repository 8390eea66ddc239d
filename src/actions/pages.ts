import { z } from 'zod';
import { historyReply } from '../commands/history-reply.ts';
import { listReply } from '../commands/list-reply.ts';
import { CREDENTIAL_STATUSES } from '../credentials/credential.ts';
import { ACTIONS } from '../slack/ids.ts';
import { syncingMessage } from '../slack/messages/list.ts';
import type { Action } from './press.ts';

/** Buttons that show the same message anew, of another page or freshly read. */

const Offset = z.number().int().min(0).max(10_000_000);
/** What a list shows, as a button's value brings it back. */
export const ListViewValue = z.object({
  status: z.enum(CREDENTIAL_STATUSES).exactOptional(),
  mine: z.boolean().exactOptional(),
  words: z.array(z.string()).exactOptional(),
  offset: Offset,
});
const HistoryView = z.object({ technicalAccountId: z.string().exactOptional(), offset: Offset });

function turnList(id: string): Action {
  return {
    id,
    async run({ caller, value, replace }, services) {
      const view = ListViewValue.parse(JSON.parse(value));
      const person = await services.access.admit(caller, { action: 'list' });
      await replace(await listReply(services, person, view));
    },
  };
}

function turnHistory(id: string): Action {
  return {
    id,
    async run({ caller, value, replace }, services) {
      const view = HistoryView.parse(JSON.parse(value));
      await services.access.admit(caller, { action: 'history' });
      await replace(await historyReply(services, view));
    },
  };
}

export const listPrevious = turnList(ACTIONS.listPrevious);
export const listNext = turnList(ACTIONS.listNext);
export const historyNewer = turnHistory(ACTIONS.historyNewer);
export const historyOlder = turnHistory(ACTIONS.historyOlder);

export const listRefresh: Action = {
  id: ACTIONS.listRefresh,
  async run({ caller, value, replace }, services) {
    const view = ListViewValue.parse(JSON.parse(value));
    const person = await services.access.admit(caller, { action: 'refresh' });
    await replace(syncingMessage());
    await services.sync.run();
    await replace(await listReply(services, person, view));
  },
};
