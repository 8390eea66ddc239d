import type { Overview } from '../../credentials/catalogue.ts';
import {
  CREDENTIAL_STATUSES,
  type CredentialStatus,
  countOf,
  LEFT,
  type ListedCredential,
  type ProductionSandboxes,
  productionAmong,
} from '../../credentials/credential.ts';
import type { Page } from '../../lib/page.ts';
import { code, nameCode } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { explain, problemWords, unknownWords, unreadWords } from './adobe-problems.ts';
import { button, buttons, line, type Message, note, textMessage, toMessage } from './blocks.ts';
import { readingWords } from './first-reading.ts';
import { ago, count, dateTime } from './formatting.ts';
import { pager } from './pager.ts';
import {
  deadlineMeaning,
  deadlineWords,
  HOW_TO_END,
  heldMark,
  ownerWords,
  STATUS_WORDS,
  sandboxWords,
} from './terms.ts';
import { finishButton } from './two-steps.ts';
import { usageWords } from './usage.ts';

/** One block per credential and at most ten around them: far below Slack's 50 blocks a message. */
export const LIST_PAGE = 15;

const REASONS_SHOWN = 3;
const PRODUCTION_SHOWN = 10;

/** What a list shows; its buttons carry it. */
export interface ListView {
  readonly status?: CredentialStatus;
  readonly mine?: boolean;
  /** Without the migrated ones and those to which the migration does not apply. */
  readonly left?: boolean;
  readonly words?: readonly string[];
  readonly offset: number;
}

export interface ListModel {
  readonly view: ListView;
  readonly overview: Overview;
  readonly page: Page<ListedCredential>;
  readonly mayMigrate: boolean;
  /** Whether an Unfinished migration can be finished and undone from here. */
  readonly endsHere: boolean;
  readonly adobe: { readonly sandboxes: readonly string[]; readonly productionSandboxes: ProductionSandboxes };
  /** Days until the deadline. */
  readonly days: number;
  readonly now: Date;
}

/** Reply to `/qs-creds list`. */
export function listMessage(model: ListModel): Message {
  const { overview, page, mayMigrate, endsHere, view, days, now } = model;
  const { range, turns } = pager(page, view, LIST_PAGE, {
    previous: { text: 'Previous', id: ACTIONS.listPrevious },
    next: { text: 'Next', id: ACTIONS.listNext },
  });
  return toMessage([
    line(summaryWords(overview, days, now)),
    page.total === 0 ? line(emptyWords(model)) : null,
    ...page.rows.map((each) => line(credentialLine(each, now), mayMigrate ? nextButton(each, endsHere) : undefined)),
    page.rows.some(({ hold }) => hold !== null) ? note(HELD_HINT) : null,
    page.rows.some(({ status }) => status === 'needs_attention') ? note(ATTENTION_HINT) : null,
    page.rows.some(({ status }) => status === 'unfinished') ? note(unfinishedHint(endsHere)) : null,
    ...unknownReasons(page.rows).map(note),
    note(productionWords(model.adobe)),
    range,
    buttons(...turns, button('Refresh', ACTIONS.listRefresh, { value: JSON.stringify(view) })),
  ]);
}

/** While Adobe is being read. */
export function syncingMessage(): Message {
  return textMessage('⏳ Syncing with Adobe… With many credentials this takes a minute.');
}

/** Instead of a person's own list, when Slack does not reveal their email address. */
export function noEmailMessage(): Message {
  return textMessage(
    "I can't read your email address from Slack, and Adobe knows owners by email. Ask an operator to check the scope `users:read.email`. Run `/qs-creds list` to see all credentials.",
  );
}

/** Counts, deadline, and the age of the data: the head of the list, the status and the Home. */
export function summaryWords({ counts, sync }: Overview, days: number, now: Date): string {
  const left = countOf(LEFT, counts);
  const total = countOf(CREDENTIAL_STATUSES, counts);
  const each = (Object.keys(STATUS_WORDS) as CredentialStatus[])
    .filter((status) => counts[status] > 0)
    .map((status) => `${STATUS_WORDS[status]} ${counts[status]}`)
    .join(' · ');
  const lines: string[] = [];
  if (total > 0 && left === 0) lines.push(`*Nothing is left to migrate.* ${each}`);
  if (left > 0) {
    const head = `*${left} of ${count(total, 'credential')} left · ${deadlineWords(days)}.*`;
    lines.push(`${head} ${deadlineMeaning(days, now)}`, each);
  }
  if (sync.problem !== null && sync.triedAt !== null)
    lines.push(`⚠️ The sync with Adobe failed ${ago(sync.triedAt, now)}. ${explain(problemWords(sync.problem))}`);
  const unread = sync.problem === null ? unreadWords(sync.unread) : null;
  if (unread !== null) lines.push(`⚠️ ${unread}`);
  const reading = readingWords(sync, now);
  if (reading !== null) lines.push(reading);
  else if (sync.succeededAt === null) lines.push('Not synced with Adobe yet.');
  else lines.push(`Synced ${ago(sync.succeededAt, now)} (${dateTime(sync.succeededAt)}).`);
  return lines.join('\n');
}

/** "`bi-nightly` · *Eligible* · next run Today 14:00 · `prod` (production) · owner `…`" */
export function credentialLine(credential: ListedCredential, now: Date): string {
  const { name, status, owner } = credential;
  const usage = usageWords(credential, now);
  const parts = [
    nameCode(name),
    `*${STATUS_WORDS[status]}*`,
    heldMark(credential),
    usage,
    sandboxWords(credential),
    ownerWords(owner),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

export function migrateButton(credential: ListedCredential) {
  if (credential.status !== 'eligible' || credential.hold !== null) return undefined;
  return button('Migrate', ACTIONS.migrate, {
    value: credential.technicalAccountId,
    // Read aloud, fifteen buttons that all say Migrate would be useless.
    label: `Migrate ${credential.name}`,
  });
}

/** What a migrator can ask for about it. `endsHere`: whether an Unfinished migration can be finished from here. */
function nextButton(credential: ListedCredential, endsHere: boolean) {
  if (credential.hold !== null) return undefined;
  return endsHere && credential.status === 'unfinished' ? finishButton(credential) : migrateButton(credential);
}

function emptyWords({ overview, view, now }: ListModel): string {
  if (readingWords(overview.sync, now) !== null)
    return 'The credentials are shown here once all are read. Press Refresh to see how far it is.';
  const all = 'Run `/qs-creds list` to see them all';
  if (view.words !== undefined)
    return `No credential matches ${code(view.words.join(' '))}. ${all}, or \`list eligible\`, \`list migrated\` or \`list mine\` to see some.`;
  if (view.mine) return `No non-expiring credential is assigned to you. ${all}.`;
  if (view.left) return `No credential is left to migrate. ${all}.`;
  if (view.status !== undefined) return `No credential is ${STATUS_WORDS[view.status]}. ${all}.`;
  return overview.sync.succeededAt === null ? 'No credentials are known yet.' : 'No non-expiring credentials found.';
}

/** What to do next, said once. */
export const ATTENTION_HINT = '*Needs attention*: run `/qs-creds status NAME` for details and to check again.';

export const HELD_HINT = '*On hold*: run `/qs-creds status NAME` to see who holds it and why, and to end that.';

/** `endsHere`: whether it can be finished and undone from here. */
export function unfinishedHint(endsHere: boolean): string {
  return endsHere
    ? '*Unfinished*: it has both credentials. Run `/qs-creds status NAME` to finish it, which retires the JWT one and cannot be undone, or to undo it.'
    : `*Unfinished*: the migration was begun in Adobe, outside this app. ${HOW_TO_END}`;
}

/** Which sandboxes are production, and why. */
function productionWords({ sandboxes, productionSandboxes: set }: ListModel['adobe']): string {
  const names = productionAmong(sandboxes, set);
  const rest = names.length - PRODUCTION_SHOWN;
  const shown = [...names.slice(0, PRODUCTION_SHOWN).map((name) => code(name)), ...(rest > 0 ? [`${rest} more`] : [])];
  const why = set === null ? 'by name; set `PRODUCTION_SANDBOXES` to change' : '`PRODUCTION_SANDBOXES`';
  return `Production: ${shown.length === 0 ? 'none' : shown.join(', ')} (${why}).`;
}

/** Said once each, not for every credential, with the request id of the first. */
function unknownReasons(rows: readonly ListedCredential[]): string[] {
  const reasons = new Map<string, string>();
  for (const { status, unknownBecause } of rows) {
    if (status !== 'unknown' || unknownBecause === null) continue;
    const words = unknownWords(unknownBecause);
    const key = explain({ ...words, reference: '' });
    if (!reasons.has(key)) reasons.set(key, `*Unknown*: ${explain(words)}`);
  }
  return [...reasons.values()].slice(0, REASONS_SHOWN);
}
