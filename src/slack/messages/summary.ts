import { CREDENTIAL_STATUSES, countOf, progressOf } from '../../credentials/credential.ts';
import type { Overview } from '../../credentials/ports.ts';
import type { Deadline } from '../../reminders/windows.ts';
import { explain, problemWords, unreadWords } from './adobe-problems.ts';
import { heading, line, note, type Row } from './blocks.ts';
import { STATUS_SIGNS } from './credential-row.ts';
import { readingWords } from './first-reading.ts';
import { count, timeAgo } from './formatting.ts';
import { deadlineWords, STATUS_WORDS } from './terms.ts';

/** The overall state, at the head of the list, the status and Home. */
export function summaryRows({ counts, sync }: Overview, deadline: Deadline, now: Date): Row[] {
  const { left, total } = progressOf(counts);
  const rows: Row[] = [];
  if (left === 0 && countOf(CREDENTIAL_STATUSES, counts) > 0) rows.push(heading('Nothing is left to migrate'));
  if (left > 0) rows.push(heading(`${left} of ${count(total, 'credential')} left · ${deadlineWords(deadline)}`));
  if (sync.problem !== null && sync.triedAt !== null)
    rows.push(line(`⚠️ The sync with Adobe failed ${timeAgo(sync.triedAt)}. ${explain(problemWords(sync.problem))}`));
  const unread = sync.problem === null ? unreadWords(sync.unread) : null;
  if (unread !== null) rows.push(line(`⚠️ ${unread}`));
  const statusCounts = CREDENTIAL_STATUSES.filter((status) => counts[status] > 0).map(
    (status) => `${STATUS_SIGNS[status]} ${STATUS_WORDS[status]} ${counts[status]}`,
  );
  const reading = readingWords(sync, now);
  if (reading !== null) rows.push(line(reading));
  const synced = sync.succeededAt === null ? 'Not synced with Adobe yet' : `Synced ${timeAgo(sync.succeededAt)}`;
  const smallPrint = reading === null ? [...statusCounts, synced] : statusCounts;
  if (smallPrint.length > 0) rows.push(note(smallPrint.join(' · ')));
  return rows;
}
