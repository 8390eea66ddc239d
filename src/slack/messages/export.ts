import { LEFT, type ListedCredential } from '../../credentials/credential.ts';
import type { ExportFile, ExportOutcome } from '../../credentials/exports.ts';
import { csvLine } from '../../lib/csv.ts';
import { type Triage, triageOf } from '../../usage/triage.ts';
import { code } from '../escaping.ts';
import { type Message, textMessage } from './blocks.ts';
import type { OwnerIds } from './credential-row.ts';
import { count, dateTime } from './formatting.ts';
import { STATUS_WORDS } from './terms.ts';

/** Without this mark, Excel reads a file in the machine's own encoding. */
const BYTE_ORDER_MARK = '\ufeff';

type Column = readonly [title: string, textOf: (row: ExportRow) => string];

interface ExportRow {
  readonly credential: ListedCredential;
  readonly triage: Triage | null;
  readonly ownerId: string;
}

const USE_WORDS: Readonly<Record<Triage['kind'], string>> = {
  failing: 'Failing',
  in_use: 'In use',
  idle: 'Idle',
  unread: 'Unknown',
};

/** The columns of the file. Adobe's texts are unchanged; `csvLine` makes them inert. */
const COLUMNS: readonly Column[] = [
  ['Name', ({ credential }) => credential.name],
  ['Sandboxes', ({ credential }) => credential.sandboxes.join('; ')],
  ['Production', ({ credential }) => (credential.production.length > 0 ? 'yes' : 'no')],
  ['Status', ({ credential }) => STATUS_WORDS[credential.status]],
  ['Use', ({ triage }) => (triage === null ? '' : USE_WORDS[triage.kind])],
  ['Failing since (UTC)', ({ triage }) => time(triage?.kind === 'failing' ? triage.since : null)],
  ['Error', ({ triage }) => (triage?.kind === 'failing' ? (triage.error ?? '') : '')],
  ['Next run (UTC)', ({ triage }) => time(triage !== null && 'nextRunAt' in triage ? triage.nextRunAt : null)],
  ['Last query (UTC)', ({ credential }) => time(lastQueryOf(credential))],
  ['Owner', ({ credential }) => credential.owner ?? ''],
  ['Owner (Slack ID)', ({ ownerId }) => ownerId],
  ['On hold until', ({ credential }) => credential.hold?.lastDay ?? ''],
  ['Held by (Slack ID)', ({ credential }) => credential.hold?.by ?? ''],
  ['Reason for the hold', ({ credential }) => credential.hold?.reason ?? ''],
  ['Last changed (UTC)', ({ credential }) => time(credential.changedAt)],
  ['Technical account ID', ({ credential }) => credential.technicalAccountId],
];

/** The start of the file: the names of the columns. */
export function exportHeader(): string {
  return BYTE_ORDER_MARK + csvLine(COLUMNS.map(([title]) => title));
}

/** A line for each credential. */
export function exportLines(credentials: readonly ListedCredential[], ownerIds: OwnerIds, now: Date): string {
  return credentials
    .map((credential) => {
      const triage = LEFT.includes(credential.status) ? triageOf(credential, now) : null;
      const row = { credential, triage, ownerId: ownerIds.get(credential.owner?.toLowerCase() ?? '') ?? '' };
      return csvLine(COLUMNS.map(([, textOf]) => textOf(row)));
    })
    .join('');
}

/** "credentials-2025-05-05.csv" */
export function exportName({ at }: Pick<ExportFile, 'at'>): string {
  return `credentials-${at.toISOString().slice(0, 10)}.csv`;
}

/** Posted before the file, in the direct message. */
export function exportMessage({ at, count: rows, isCut }: Omit<ExportFile, 'content'>): Message {
  const cut = isCut ? ' Only the first ones by name are in it: the whole file would exceed 50 MB.' : '';
  return textMessage(`Export of ${count(rows, 'credential')} as of ${dateTime(at)}.${cut}`);
}

/** Sent at once, while the file is being created. */
export function exportComingMessage(): Message {
  return textMessage('The file will arrive as a direct message.');
}

/** Why no file will arrive, or why it may not. */
export function exportFailedMessage(outcome: Exclude<ExportOutcome, { kind: 'sent' }>): Message {
  switch (outcome.kind) {
    case 'under_way':
      return textMessage(
        'Your last file is still on its way, so no other was started. Wait for it, then export again.',
      );
    case 'missing_scope':
      return textMessage(
        "No file was sent: Slack doesn't let the app send files. Ask an operator to add the scope `files:write` to the app and reinstall it.",
      );
    case 'not_taken':
      return textMessage(
        `No file was sent: Slack did not accept it (${code(outcome.why)}). Try again; if it keeps failing, ask an operator to look that up.`,
      );
    case 'unclear':
      return textMessage(
        "Slack's response was lost, so the file may have been sent. Check your direct messages before you try again.",
      );
  }
}

/** The time of the last query in any sandbox. */
function lastQueryOf({ usage }: ListedCredential): Date | null {
  return usage.reduce<Date | null>((last, { lastQuery }) => {
    return lastQuery !== null && (last === null || lastQuery.at > last) ? lastQuery.at : last;
  }, null);
}

/** "2025-05-05 14:00", which a spreadsheet recognises as a time. */
function time(date: Date | null): string {
  return date === null ? '' : date.toISOString().slice(0, 16).replace('T', ' ');
}
