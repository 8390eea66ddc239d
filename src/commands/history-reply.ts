import type { Services } from '../services.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { HISTORY_PAGE, type HistoryView, historyMessage } from '../slack/messages/history.ts';

/** One page of the audit trail in words. */
export async function historyReply({ audit, catalogue }: Services, view: HistoryView): Promise<Message> {
  const id = view.technicalAccountId ?? null;
  const page = await audit.history(id, view.offset, HISTORY_PAGE);
  if (id === null) return historyMessage(page, view, null);
  const name = (await catalogue.get(id))?.name ?? page.rows[0]?.credentialName ?? id;
  return historyMessage(page, view, name);
}
