import type { Member } from '../access/access.ts';
import type { Services } from '../services.ts';
import {
  goneMessage,
  noSecondPersonMessage,
  nothingLeftMessage,
  notPossibleMessage,
  notPostedMessage,
  postedMessage,
} from '../slack/messages/ask-replies.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { questionMessage } from '../slack/messages/question.ts';

/** Where somebody asks from. */
export interface AskedFrom {
  readonly channel: string;
  /** Null where only an ordinary message can show the question (the Home). */
  readonly responseUrl: string | null;
}

/** Asks whether to migrate this credential. The answer is for the asker alone; null when the question itself reaches them. */
export async function askReply(
  { confirmations }: Services,
  person: Member,
  technicalAccountId: string,
  from: AskedFrom,
): Promise<Message | null> {
  const asked = await confirmations.ask(person, technicalAccountId, from);
  switch (asked.kind) {
    case 'gone':
      return goneMessage();
    case 'not_possible':
      return notPossibleMessage(asked.credential, asked.open);
    case 'not_posted':
      return notPostedMessage();
    case 'nobody_else':
      return noSecondPersonMessage();
    case 'asked':
      if (asked.question.questionMessage === null)
        return questionMessage(asked.question, asked.credential, false);
      return from.responseUrl === null ? null : postedMessage();
  }
}

/** Asks about the first credential that can be migrated. */
export async function askNextReply(
  services: Services,
  person: Member,
  from: AskedFrom,
): Promise<Message | null> {
  const next = await services.catalogue.nextEligible();
  return next === null ? nothingLeftMessage() : askReply(services, person, next.technicalAccountId, from);
}
