import type { KnownBlock } from '@slack/types';
import type { Overview } from '../../credentials/catalogue.ts';
import type { CredentialStatus, ListedCredential } from '../../credentials/credential.ts';
import type { Page } from '../../lib/page.ts';
import { ago, code, count, dateTime, day, nameCode, namePlain } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { actions, button, context, type Message, section } from './blocks.ts';
import { pager } from './pager.ts';
import {
  deadlineMeaning,
  deadlineWords,
  ownerWords,
  problemWords,
  STATUS_WORDS,
  sandboxWords,
  unknownWords,
} from './words.ts';

/** One block a credential and at most ten around them: far below Slack's 50 blocks a message. */
export const LIST_PAGE = 15;

/** What a list shows; travels in its buttons. */
export interface ListView {
  readonly status?: CredentialStatus;
  readonly mine?: boolean;
  readonly words?: readonly string[];
  readonly offset: number;
}

export interface ListModel {
  readonly view: ListView;
  readonly overview: Overview;
  readonly page: Page<ListedCredential>;
  readonly mayMigrate: boolean;
  /** Days until the deadline. */
  readonly days: number;
  readonly now: Date;
}

/** Answer to `/qs-creds list`, for the asker alone. */
export function listMessage(model: ListModel): Message {
  const { overview, page, mayMigrate, view } = model;
  const heading = summaryLines(overview, model.days, model.now);
  const lines = page.rows.map(credentialLine);
  const empty = page.total === 0 ? [emptyWords(model)] : [];
  const reasons = [...attentionHint(page.rows), ...unknownReasons(page.rows)];
  const { range, buttons } = pager(page, view, LIST_PAGE, {
    previous: ACTIONS.listPrevious,
    next: ACTIONS.listNext,
    words: { previous: 'Previous', next: 'Next' },
  });
  const blocks: KnownBlock[] = [
    section(heading.join('\n')),
    ...empty.map((text) => section(text)),
    ...page.rows.map((credential, i) =>
      section(lines[i] ?? '', mayMigrate ? migrateButton(credential) : undefined),
    ),
    ...reasons.map(context),
    ...(range === null ? [] : [context(range)]),
    ...actions([...buttons, button('Refresh', ACTIONS.listRefresh, { value: JSON.stringify(view) })]),
  ];
  const text = [...heading, ...empty, ...lines, ...reasons, ...(range === null ? [] : [range])].join('\n');
  return { text, blocks };
}

/** Counts, deadline, and how old the knowledge is: the head of the list, the status and the Home. */
export function summaryLines({ counts, sync }: Overview, days: number, now: Date): string[] {
  const left = counts.eligible + counts.unknown + counts.needs_attention + counts.migrating;
  const total = left + counts.migrated + counts.not_eligible;
  const each = (Object.keys(STATUS_WORDS) as CredentialStatus[])
    .filter((status) => counts[status] > 0)
    .map((status) => `${STATUS_WORDS[status]} ${counts[status]}`);
  const lines: string[] = [];
  if (total > 0) {
    lines.push(
      left === 0
        ? `*Nothing is left to migrate.* ${each.join(' · ')}`
        : `*${left} of ${count(total, 'credential')} left · ${deadlineWords(days)}.* ${deadlineMeaning(days, now)}`,
    );
    if (left > 0) lines.push(each.join(' · '));
  }
  if (sync.problem !== null && sync.triedAt !== null) {
    const { what, fix } = problemWords(sync.problem);
    lines.push(`⚠️ Adobe could not be read ${ago(sync.triedAt, now)}. ${what}. ${fix}`);
  }
  lines.push(
    sync.succeededAt === null
      ? 'Adobe has not been read yet.'
      : `As Adobe had it ${ago(sync.succeededAt, now)} (${dateTime(sync.succeededAt)}).`,
  );
  return lines;
}

/** "`bi-nightly` · *Eligible* · `prod` (production) · owner `…` · changed 12 Mar 2025" */
export function credentialLine(credential: ListedCredential): string {
  const { name, status, sandboxes, owner, changedAt } = credential;
  const parts = [nameCode(name), `*${STATUS_WORDS[status]}*`, sandboxWords(sandboxes), ownerWords(owner)];
  if (changedAt !== null) parts.push(`changed ${day(changedAt)}`);
  return parts.join(' · ');
}

export function migrateButton(credential: ListedCredential) {
  if (credential.status !== 'eligible') return undefined;
  return button('Migrate', ACTIONS.migrate, {
    value: credential.technicalAccountId,
    // Read aloud, fifteen buttons that all say Migrate would be of no use.
    label: namePlain(`Migrate ${credential.name}`, 75),
  });
}

function emptyWords({ overview, view }: ListModel): string {
  if (view.words !== undefined) {
    return `Nothing fits ${code(view.words.join(' '))}. \`/qs-creds list\` shows all; \`list eligible\`, \`list migrated\` and \`list mine\` show some.`;
  }
  if (view.mine) return 'No non-expiring credential is assigned to you. `/qs-creds list` shows all.';
  if (view.status !== undefined)
    return `No credential is ${STATUS_WORDS[view.status]}. \`/qs-creds list\` shows all.`;
  return overview.sync.succeededAt === null ? 'Nothing is known yet.' : 'No non-expiring credentials found.';
}

/** What to do next, said once. */
function attentionHint(rows: readonly ListedCredential[]): string[] {
  if (!rows.some(({ status }) => status === 'needs_attention')) return [];
  return [
    '*Needs attention*: `/qs-creds status` and the name tells what is known, and offers to check again.',
  ];
}

/** Said once each, not at every credential. */
function unknownReasons(rows: readonly ListedCredential[]): string[] {
  const reasons = new Set<string>();
  for (const { status, unknownBecause } of rows) {
    if (status !== 'unknown' || unknownBecause === null) continue;
    const { what, fix } = unknownWords(unknownBecause);
    reasons.add(`*Unknown*: ${what}. ${fix}`);
  }
  return [...reasons].slice(0, 3);
}
