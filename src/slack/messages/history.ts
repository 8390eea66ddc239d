import type { KnownBlock } from '@slack/types';
import { ACTOR_BOT, type AuditAction, type HistoryEntry } from '../../audit/audit-entry.ts';
import type { Page } from '../../lib/page.ts';
import { code, dateTime, mention, nameCode } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { actions, context, type Message, section } from './blocks.ts';
import { pager } from './pager.ts';

/** One block a line, and at most three around them. */
export const HISTORY_PAGE = 10;

/** What a history shows; travels in its buttons. */
export interface HistoryView {
  readonly technicalAccountId?: string;
  readonly offset: number;
}

/** Answer to `/qs-creds history`: who did what when, newest first. */
export function historyMessage(page: Page<HistoryEntry>, view: HistoryView, name: string | null): Message {
  const head = name === null ? '*History*, newest first' : `*History of ${nameCode(name)}*, newest first`;
  const lines = page.rows.map((entry) => entryLine(entry, name === null));
  const body = lines.length === 0 ? ['Nothing happened yet.'] : lines;
  const { range, buttons } = pager(page, view, HISTORY_PAGE, {
    previous: ACTIONS.historyNewer,
    next: ACTIONS.historyOlder,
    words: { previous: 'Newer', next: 'Older' },
  });
  const blocks: KnownBlock[] = [
    section(head),
    ...body.map((line) => section(line)),
    ...(range === null ? [] : [context(range)]),
    ...actions(buttons),
  ];
  return { text: [head, ...body, ...(range === null ? [] : [range])].join('\n'), blocks };
}

const WORDS: Readonly<Record<AuditAction, string>> = {
  asked: 'asked to migrate',
  confirmed: 'confirmed migrating',
  submitted: 'is about to send the start for',
  running: 'sees Adobe migrating',
  migrated: 'saw the end: *Migrated*',
  failed: 'saw the end: not migrated',
  needs_attention: 'needs a person for',
  resolved: 'marked as resolved:',
  cancelled: 'cancelled migrating',
  expired: 'let the question lapse about',
  void: 'voided the question about',
  refused: 'was refused',
  checked_again: 'checked again with Adobe:',
  start_answered: "noted Adobe's answer to the start of",
  started_outside: 'found started outside qs-creds:',
  migrated_outside: 'found migrated outside qs-creds:',
  snoozed: 'snoozed their reminders',
  took_over: 'took over the reminders of',
  reminders_paused: 'paused the reminders',
  reminders_resumed: 'resumed the reminders',
  reminders_sent_by_hand: 'sent reminders by hand',
};

function entryLine(entry: HistoryEntry, named: boolean): string {
  const who = entry.actor === ACTOR_BOT ? 'qs-creds' : mention(entry.actor);
  const name =
    entry.technicalAccountId === null ? '' : nameCode(entry.credentialName ?? entry.technicalAccountId);
  const parts = [dateTime(entry.at), who, WORDS[entry.action]];
  if (named || entry.action !== 'migrated') parts.push(name);
  const { wanted, why, answer } = entry.detail ?? {};
  const because = why === 'elsewhere' ? 'outside qs-creds' : why?.replaceAll('_', ' ');
  const detail = [wanted, because].filter((part) => part !== undefined).join(': ');
  if (detail !== '') parts.push(`(${detail})`);
  if (answer !== undefined) parts.push(code(answer, 120));
  return parts.filter((part) => part !== '').join(' ');
}
