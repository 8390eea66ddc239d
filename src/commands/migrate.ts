import type { Migrator } from '../access/access.ts';
import type { Origin } from '../migrations/confirmations.ts';
import type { Services } from '../services.ts';
import {
  goneMessage,
  noOneElseMessage,
  noSecondPersonMessage,
  nothingLeftMessage,
  notPossibleMessage,
  notPostedMessage,
  postedMessage,
  tooManyOpenMessage,
} from '../slack/messages/ask-replies.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { stillReadingMessage } from '../slack/messages/first-reading.ts';
import { pickerMessage } from '../slack/messages/picker.ts';
import { questionMessage } from '../slack/messages/question.ts';
import { findCredential } from './find-credential.ts';
import type { Subcommand } from './subcommand.ts';

export const migrate: Subcommand = {
  name: 'migrate',
  usage: 'migrate [name or technical account id]',
  summary: 'migrate one credential, after a confirmation',
  migratorsOnly: true,
  async run(invocation, services) {
    const { args, person, channel, responseUrl, reply } = invocation;
    if (args === '') {
      const { counts, sync } = await services.catalogue.overview();
      if (counts.eligible > 0) return reply(pickerMessage(counts.eligible));
      return reply(stillReadingMessage(sync, services.clock.now()) ?? nothingLeftMessage());
    }
    const credential = await findCredential(invocation, services);
    if (credential === null) return;
    const from = { channel, responseUrl };
    const message = await askReply(services, person, credential.technicalAccountId, from);
    if (message !== null) await reply(message);
  },
};

/** Asks to migrate a credential. The reply is for the asker alone; null when the posted question reaches them. */
export async function askReply(
  { confirmations }: Services,
  person: Migrator,
  technicalAccountId: string,
  from: Origin,
): Promise<Message | null> {
  const asked = await confirmations.ask(person, technicalAccountId, from);
  switch (asked.kind) {
    case 'gone':
      return goneMessage();
    case 'not_possible':
      return notPossibleMessage(asked.credential, asked.active);
    case 'not_posted':
      return notPostedMessage();
    case 'too_many':
      return tooManyOpenMessage();
    case 'no_one_else':
      return noOneElseMessage();
    case 'not_shared':
      return noSecondPersonMessage();
    case 'asked':
      if (asked.request.questionMessage === null) return questionMessage(asked.request, asked.credential, false);
      return from.responseUrl === null ? null : postedMessage();
  }
}
