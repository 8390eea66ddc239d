import type { Migration } from '../../migrations/migration.ts';
import { peopleAwaitingEnd } from '../../notices/notice.ts';
import type { NoticeContent } from '../../notices/ports.ts';
import { mention, nameCode } from '../escaping.ts';
import { assignmentNotice } from './assign.ts';
import { line, type Message, note, toMessage } from './blocks.ts';
import { pressMessage } from './hand-off.ts';
import { holdOverMessage } from './hold.ts';
import { notMineMessage } from './not-mine.ts';
import { askAnsweredMessage, ownerAskMessage } from './owner-ask.ts';
import { endWords } from './progress.ts';
import { closedQuestion } from './question.ts';
import { whereWords } from './terms.ts';
import { stepWords } from './two-steps.ts';
import { acknowledgedNotice, watchMessage } from './watch.ts';

/** Notices to people, by direct message or below a migration's message. */
export function noticeMessage(content: NoticeContent, { isOwner = true } = {}): Message {
  switch (content.kind) {
    case 'hold_over':
      return holdOverMessage(content);
    case 'owner_ask':
      return ownerAskMessage(content);
    case 'ask_answered':
      return askAnsweredMessage(content);
    case 'not_mine':
      return notMineMessage(content);
    case 'assigned':
    case 'reassigned':
    case 'given_back':
      return assignmentNotice(content);
    case 'press':
      return pressMessage(content);
    case 'watch':
      return watchMessage(content, { isOwner });
    case 'acknowledged':
      return acknowledgedNotice(content);
    case 'end':
      return endNotice(content.migration);
    case 'decision':
      return decisionNotice(content.migration);
    case 'migration':
      return ownerNotice(content.migration);
  }
}

/** To the owner: that a migration of their credential was confirmed, then how it ended. */
function ownerNotice(migration: Migration): Message {
  const { shown, decidedBy, askedBy } = migration;
  const name = nameCode(shown.name);
  const by = mention(decidedBy ?? askedBy);
  const isEnd = migration.endedAt !== null;
  const what = stepWords(migration)?.doing ?? 'the migration of';
  const words = isEnd
    ? endWords(migration, name)
    : `☑️ ${by} confirmed ${what} ${name}, a credential of yours. No action needed; you will be notified when it ends.`;
  const why = `You get this because the credential is assigned to you in Adobe. ${isEnd ? `Confirmed by ${by}. ` : ''}Its status: \`/qs-creds status NAME\`.`;
  return toMessage([line(words), note(whereWords(shown)), note(why)]);
}

/** For the people who waited for the end; the message above says more. */
function endNotice(migration: Migration): Message {
  const people = peopleAwaitingEnd(migration).map(mention).join(' ');
  return toMessage([line(`${people} ${endWords(migration, nameCode(migration.shown.name))}`)]);
}

/** For the person who asked. The question itself was edited, which notifies nobody. */
function decisionNotice(migration: Migration): Message {
  const { text } = closedQuestion(migration);
  return toMessage([line(text), note('You get this because you asked, and a second person had to confirm.')]);
}
