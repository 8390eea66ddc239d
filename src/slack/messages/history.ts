import type { HistoryEntry } from '../../audit/audit-entry.ts';
import type { Page } from '../../lib/page.ts';
import { nameCode } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { buttons, line, type Message, toMessage } from './blocks.ts';
import { count } from './formatting.ts';
import { entryWords } from './history-words.ts';
import { pager } from './pager.ts';

/** Entries per page: one block each, and at most three blocks around them. */
export const HISTORY_PAGE = 10;

/** What a history shows; its buttons carry it. */
export interface HistoryView {
  readonly technicalAccountId?: string;
  /** Only what happened in this number of days, of 24 hours each. */
  readonly days?: number;
  readonly offset: number;
}

/** Reply to `/qs-creds history`: who did what when, newest first. */
export function historyMessage(page: Page<HistoryEntry>, view: HistoryView, name: string | null): Message {
  const { range, turns } = pager(page, view, HISTORY_PAGE, {
    previous: { text: 'Newer', id: ACTIONS.historyNewer },
    next: { text: 'Older', id: ACTIONS.historyOlder },
  });
  const nothing = view.days === undefined ? 'Nothing has happened yet.' : 'Nothing happened in that time.';
  return toMessage([
    line(`*${titleOf(view, name)}*, newest first`),
    ...(page.rows.length === 0 ? [line(nothing)] : page.rows.map((each) => line(entryWords(each)))),
    range,
    buttons(...turns),
  ]);
}

function titleOf({ days }: HistoryView, name: string | null): string {
  if (days !== undefined) return `History of the last ${days === 1 ? '24 hours' : count(days, 'day')}`;
  return name === null ? 'History' : `History of ${nameCode(name)}`;
}
