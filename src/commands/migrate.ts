import type { Migrator } from '../access/access.ts';
import type { Origin } from '../migrations/confirmations.ts';
import { endsHere } from '../migrations/steps.ts';
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
import { nothingToEndMessage, unfinishedMessage } from '../slack/messages/two-steps.ts';
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

/** Asks to migrate a credential, or to finish that. The reply is for the asker alone; null when the posted question reaches them. */
export async function askReply(
  { confirmations, settings }: Services,
  person: Migrator,
  technicalAccountId: string,
  from: Origin,
  step: 'start' | 'finish' = 'start',
): Promise<Message | null> {
  const asked = await confirmations.ask(person, technicalAccountId, from, step);
  const mayEnd = endsHere(settings.migration.method);
  switch (asked.kind) {
    case 'gone':
      return goneMessage();
    case 'not_possible':
      if (step === 'finish') return nothingToEndMessage(asked.credential, asked.active, mayEnd);
      return mayEnd && asked.credential.status === 'unfinished'
        ? unfinishedMessage(asked.credential)
        : notPossibleMessage(asked.credential, asked.active);
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
