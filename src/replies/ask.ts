import type { Person } from '../services/access.ts';
import {
  goneMessage,
  nobodyElseMessage,
  nothingLeftMessage,
  notPossibleMessage,
  notPostedMessage,
  postedMessage,
} from '../slack/views/answers.ts';
import type { Message } from '../slack/views/blocks.ts';
import { questionMessage } from '../slack/views/question.ts';
import type { Services } from './services.ts';

/** Where somebody asks from. */
export interface AskedFrom {
  readonly channel: string;
  /** Null where only an ordinary message can show the question (the Home). */
  readonly questionUrl: string | null;
}

/** Asks whether to migrate this credential. The answer is for the asker alone; null when the question itself reaches them. */
export async function askReply(
  { questions }: Services,
  person: Person,
  technicalAccountId: string,
  from: AskedFrom,
): Promise<Message | null> {
  const asked = await questions.ask(person, technicalAccountId, from);
  switch (asked.kind) {
    case 'gone':
      return goneMessage();
    case 'not_possible':
      return notPossibleMessage(asked.credential, asked.open);
    case 'not_posted':
      return notPostedMessage();
    case 'nobody_else':
      return nobodyElseMessage();
    case 'asked':
      if (asked.question.question === null) return questionMessage(asked.question, asked.credential, false);
      return from.questionUrl === null ? null : postedMessage();
  }
}

/** Asks about the first credential that can be migrated. */
export async function askNextReply(
  services: Services,
  person: Person,
  from: AskedFrom,
): Promise<Message | null> {
  const next = await services.inventory.nextEligible();
  return next === null ? nothingLeftMessage() : askReply(services, person, next.technicalAccountId, from);
}
