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
  if (content.kind === 'hold_over') return holdOverMessage(content);
  if (content.kind === 'owner_ask') return ownerAskMessage(content);
  if (content.kind === 'ask_answered') return askAnsweredMessage(content);
  if (content.kind === 'not_mine') return notMineMessage(content);
  if (content.kind === 'assigned' || content.kind === 'reassigned' || content.kind === 'given_back')
    return assignmentNotice(content);
  if (content.kind === 'press') return pressMessage(content);
  if (content.kind === 'watch') return watchMessage(content, { isOwner });
  if (content.kind === 'acknowledged') return acknowledgedNotice(content);
  if (content.kind === 'end') return endNotice(content.migration);
  if (content.kind === 'decision') return decisionNotice(content.migration);
  const { migration } = content;
  const { shown, decidedBy, askedBy } = migration;
  const name = nameCode(shown.name);
  const by = mention(decidedBy ?? askedBy);
  const isEnd = migration.endedAt !== null;
  const what = stepWords(migration)?.doing ?? 'the migration of';
  const words = isEnd
    ? endWords(migration, name)
    : `☑️ ${by} confirmed ${what} ${name}, a credential of yours. No action needed; you will be notified when it ends.`;
  const why = `You get this because the credential is assigned to you in Adobe. ${isEnd ? `Confirmed by ${by}. ` : ''}Its status: \`/qs-creds status NAME\`.`;
  return toMessage([line(words), note(`${whereWords(shown)}`), note(why)]);
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
