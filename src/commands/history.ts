import type { Services } from '../services.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { HISTORY_PAGE, type HistoryView, historyMessage } from '../slack/messages/history.ts';
import { findCredential } from './find-credential.ts';
import type { Subcommand } from './subcommand.ts';

export const history: Subcommand = {
  name: 'history',
  usage: 'history [name|days]',
  summary: 'who asked, confirmed or was denied access, and what Adobe responded',
  isReadOnly: true,
  async run(invocation, services) {
    const { args, reply } = invocation;
    if (args === '') return reply(await historyReply(services, { offset: 0 }));
    const days = daysIn(args);
    if (days !== null) return reply(await historyReply(services, { days, offset: 0 }));
    const credential = await findCredential(invocation, services, { choosing: 'history' });
    if (credential === null) return;
    const { technicalAccountId } = credential;
    await reply(await historyReply(services, { technicalAccountId, offset: 0 }));
  },
};

const DAY_MS = 24 * 60 * 60 * 1000;

/** `7`, `7 days`, `last 7 days`; null for anything else, which is a name. */
function daysIn(args: string): number | null {
  const [, digits] = /^(?:last )?([1-9]\d{0,3})(?: ?d| days?)?$/i.exec(args) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** One page of the audit trail. */
export async function historyReply({ audit, catalogue, clock }: Services, view: HistoryView): Promise<Message> {
  const { technicalAccountId: id = null, days, offset } = view;
  const since = days === undefined ? null : new Date(clock.now().getTime() - days * DAY_MS);
  const page = await audit.history(id, offset, HISTORY_PAGE, since);
  if (id === null) return historyMessage(page, view, null);
  const name = (await catalogue.get(id))?.name ?? page.rows[0]?.credentialName ?? id;
  return historyMessage(page, view, name);
}
