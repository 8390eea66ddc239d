import type { Person } from '../services/access.ts';
import {
  goneMessage,
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

/** Asks whether to migrate this credential; the answer is for the asker alone. */
export async function askReply(
  { questions, settings }: Services,
  person: Person,
  technicalAccountId: string,
  from: AskedFrom,
): Promise<Message> {
  const asked = await questions.ask(person, technicalAccountId, from);
  switch (asked.kind) {
    case 'gone':
      return goneMessage();
    case 'not_possible':
      return notPossibleMessage(asked.credential, asked.open);
    case 'not_posted':
      return notPostedMessage();
    case 'asked':
      return asked.question.question === null
        ? questionMessage(asked.question, asked.credential, false)
        : postedMessage(settings.requireSecondPerson);
  }
}

/** Asks about the first credential that can be migrated. */
export async function askNextReply(services: Services, person: Person, from: AskedFrom): Promise<Message> {
  const next = await services.inventory.nextEligible();
  return next === null ? nothingLeftMessage() : askReply(services, person, next.technicalAccountId, from);
}
