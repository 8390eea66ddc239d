import type { Migrator } from '../access/access.ts';
import { waitAtMost, withTimeout } from '../lib/timeout.ts';
import { adobePage } from '../migrations/adobe-page.ts';
import type { AskResult, Origin } from '../migrations/confirmations.ts';
import { linkFor, type Reader } from '../migrations/message-link.ts';
import { hasTwoSteps } from '../migrations/steps.ts';
import type { Services } from '../services.ts';
import {
  goneMessage,
  noOneElseMessage,
  noSecondPersonMessage,
  notPossibleMessage,
  notPostedMessage,
  postedMessage,
  tooManyOpenMessage,
} from '../slack/messages/ask-replies.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { onHoldMessage } from '../slack/messages/hold.ts';
import { questionMessage } from '../slack/messages/question.ts';
import { nothingToEndMessage, unfinishedMessage } from '../slack/messages/two-steps.ts';

/** How long a question waits until what depends on its credential is read. Milliseconds. */
const IMPACT_WAIT_MS = 1_500;

/**
 * Asks to migrate a credential, or to finish its migration. The reply is only for the asker; null if the posted
 * question reaches them.
 */
export async function askReply(
  { confirmations, impacts, settings }: Services,
  person: Migrator,
  technicalAccountId: string,
  origin: Origin,
  { step = 'start', isDryRun = false }: { readonly step?: 'start' | 'finish'; readonly isDryRun?: boolean } = {},
): Promise<Message | null> {
  const asked = await confirmations.ask(person, technicalAccountId, origin, { step, isDryRun });
  if (asked.kind !== 'asked') return notAskedMessage(asked, { person, channel: origin.channel }, settings, step);
  const { request, credential, approvers } = asked;
  const reading = impacts.read(credential);
  if (request.questionMessage === null) {
    // This question cannot be edited, so it waits for a moment; what is not read by then is shown as it was last known.
    const impact = await withTimeout(() => reading, IMPACT_WAIT_MS).catch(() => null);
    const shown = impact === null ? request : await impacts.keep(request, impact);
    return questionMessage(shown, credential, null);
  }
  const showing = reading.then((impact) => impacts.show(request, credential, impact, { approvers }));
  await waitAtMost(showing, IMPACT_WAIT_MS);
  return origin.responseUrl === null ? null : postedMessage();
}

/** Why a request to migrate led to no question. */
export function notAskedMessage(
  asked: Exclude<AskResult, { kind: 'asked' }>,
  reader: Reader,
  { migration }: Services['settings'],
  step: 'start' | 'finish',
): Message {
  const mayEnd = hasTwoSteps(migration.method);
  switch (asked.kind) {
    case 'gone':
      return goneMessage();
    case 'not_possible': {
      const { credential, active } = asked;
      const link = linkFor(active, reader);
      if (step === 'finish') return nothingToEndMessage(credential, active, { mayEnd, link });
      return mayEnd && credential.status === 'unfinished'
        ? unfinishedMessage(credential)
        : notPossibleMessage(credential, active, adobePage(migration.uiUrl, credential), link);
    }
    case 'held':
      return onHoldMessage(asked.credential, asked.hold, reader.person.id);
    case 'not_posted':
      return notPostedMessage();
    case 'too_many':
      return tooManyOpenMessage();
    case 'no_one_else':
      return noOneElseMessage();
    case 'not_shared':
      return noSecondPersonMessage();
  }
}
