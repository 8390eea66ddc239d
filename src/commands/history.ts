import type { Services } from '../services.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { HISTORY_PAGE, type HistoryView, historyMessage } from '../slack/messages/history.ts';
import { findCredential } from './find-credential.ts';
import type { Subcommand } from './subcommand.ts';

export const history: Subcommand = {
  name: 'history',
  usage: 'history [name]',
  summary: 'who asked, confirmed or was denied access, and what Adobe responded',
  async run(invocation, services) {
    const { args, reply } = invocation;
    if (args === '') return reply(await historyReply(services, { offset: 0 }));
    const credential = await findCredential(invocation, services);
    if (credential === null) return;
    const { technicalAccountId } = credential;
    await reply(await historyReply(services, { technicalAccountId, offset: 0 }));
  },
};

/** One page of the audit trail. */
export async function historyReply({ audit, catalogue }: Services, view: HistoryView): Promise<Message> {
  const id = view.technicalAccountId ?? null;
  const page = await audit.history(id, view.offset, HISTORY_PAGE);
  if (id === null) return historyMessage(page, view, null);
  const name = (await catalogue.get(id))?.name ?? page.rows[0]?.credentialName ?? id;
  return historyMessage(page, view, name);
}
