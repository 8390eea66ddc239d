import { ACTOR_BOT, type HistoryEntry } from '../../src/audit/audit-entry.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { HISTORY_PAGE, historyMessage } from '../../src/slack/messages/history.ts';
import { credential, history, type Outside } from './samples.ts';

const TOTAL = 10_000;

/** Every history: of everything, of one credential, and of some days. */
export function everyHistory(outside: Outside): Message[] {
  const { technicalAccountId } = credential(outside);
  const trail = history(outside);
  const bots = trail.map((entry) => ({ ...entry, actor: ACTOR_BOT, credentialName: null }));
  const dry = trail.map((entry) => ({
    ...entry,
    detail: { ...entry.detail, isDryRun: true as const, call: `POST /${outside.text}` },
  }));
  return [
    ...[{}, { days: 1 }, { days: 7 }].map((view) =>
      historyMessage({ rows: [], total: 0 }, { ...view, offset: 0 }, null),
    ),
    ...[trail, bots, dry]
      .flatMap(pagesOf)
      .flatMap((rows) =>
        [null, outside.text].map((name) =>
          historyMessage({ rows, total: TOTAL }, { technicalAccountId, offset: 20 }, name),
        ),
      ),
  ];
}

/** The entries in pages, the last of which is full, too. */
function pagesOf(entries: readonly HistoryEntry[]): HistoryEntry[][] {
  const pages = Math.ceil(entries.length / HISTORY_PAGE);
  return Array.from({ length: pages }, (_, page) =>
    Array.from(
      { length: HISTORY_PAGE },
      (__, i) => entries[(page * HISTORY_PAGE + i) % entries.length] as HistoryEntry,
    ),
  );
}
