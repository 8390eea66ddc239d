import {
  CREDENTIAL_STATUSES,
  type CredentialStatus,
  countOf,
  type ListedCredential,
  type ProductionSandboxes,
  productionAmong,
} from '../../credentials/credential.ts';
import type { Overview } from '../../credentials/ports.ts';
import type { Page } from '../../lib/page.ts';
import type { Deadline } from '../../reminders/windows.ts';
import { code, mention } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { explain, unknownStatusWords } from './adobe-problems.ts';
import { button, buttons, line, type Message, note, type Row, textMessage, toMessage, viewMenu } from './blocks.ts';
import { credentialRows, migrateButton, type OwnerIds } from './credential-row.ts';
import { readingWords } from './first-reading.ts';
import { count } from './formatting.ts';
import { LIST_CHOICES, type ListView, leavesOutDone, viewWords } from './list-view.ts';
import { pager } from './pager.ts';
import { summaryRows } from './summary.ts';
import { ATTENTION_HINT, PRODUCTION_SIGN, STATUS_WORDS, unfinishedHint } from './terms.ts';
import { finishButton } from './two-steps.ts';

/** Credentials per page: two blocks each, and at most fifteen around them, below Slack's 50 blocks a message. */
export const LIST_PAGE = 12;

/** Credentials with a button, the most urgent ones; the picker offers the rest. */
const BUTTONS_SHOWN = 5;
const REASONS_SHOWN = 3;
const PRODUCTION_SHOWN = 10;

interface ListModel {
  readonly view: ListView;
  readonly overview: Overview;
  readonly page: Page<ListedCredential>;
  /** The owners on this page whom Slack has identified. */
  readonly ownerIds: OwnerIds;
  readonly mayMigrate: boolean;
  /** Whether an Unfinished migration can be finished and undone from here. */
  readonly endsHere: boolean;
  readonly adobe: { readonly sandboxes: readonly string[]; readonly productionSandboxes: ProductionSandboxes };
  readonly deadline: Deadline;
  readonly now: Date;
}

/** Reply to `/qs-creds list`. */
export function listMessage(model: ListModel): Message {
  const { overview, page, mayMigrate, endsHere, view, deadline, now } = model;
  const { range, turns } = pager(page, view, LIST_PAGE, {
    previous: { text: 'Previous', id: ACTIONS.listPrevious },
    next: { text: 'Next', id: ACTIONS.listNext },
  });
  const actionable = mayMigrate ? page.rows.filter((each) => migrateOrFinishButton(each, endsHere) !== undefined) : [];
  const withButton = new Set(actionable.slice(0, BUTTONS_SHOWN));
  const buttonOf = (each: ListedCredential) =>
    withButton.has(each) ? migrateOrFinishButton(each, endsHere) : undefined;
  const rest = actionable.length - withButton.size;
  const filter = viewWords(view);
  return toMessage([
    ...summaryRows(overview, deadline, now),
    filter === '' ? null : line(`*Shown:* ${filter} · ${count(page.total, 'credential')}`),
    page.total === 0 ? line(emptyWords(model)) : null,
    ...page.rows.flatMap((each) => credentialRows(each, now, buttonOf(each), model.ownerIds)),
    rest > 0 ? note(`${rest} more on this page can be migrated: run \`/qs-creds migrate\`.`) : null,
    page.rows.some(({ hold }) => hold !== null) ? note(HELD_HINT) : null,
    page.rows.some(({ status }) => status === 'needs_attention') ? note(ATTENTION_HINT) : null,
    page.rows.some(({ status }) => status === 'unfinished') ? note(unfinishedHint(endsHere)) : null,
    ...unknownReasons(page.rows).map(note),
    note(productionSandboxesWords(model.adobe)),
    leavesOutDone(view) ? leftOutRow(overview) : null,
    range,
    buttons(
      ...turns,
      viewMenu('What to show', ACTIONS.listShow, LIST_CHOICES, view),
      button('Refresh', ACTIONS.listRefresh, { value: JSON.stringify(view) }),
    ),
  ]);
}

function leftOutRow({ counts }: Overview): Row | null {
  const leftOut = counts.migrated + counts.not_eligible;
  return leftOut === 0 ? null : note(`${leftOut} migrated or not eligible: \`/qs-creds list all\``);
}

/** Shown while Adobe is being read. */
export function syncingMessage(): Message {
  return textMessage('⏳ Syncing with Adobe… With many credentials this takes a minute.');
}

/** Instead of a person's list, when Slack does not reveal their email address. `userId`: whose; null: the reader's own. */
export function noEmailMessage(userId: string | null): Message {
  const whose = userId === null ? 'your email address' : `the email address of ${mention(userId)}`;
  return textMessage(
    `I can't read ${whose} from Slack, and Adobe knows owners by email. Ask an operator to check the scope \`users:read.email\`. Run \`/qs-creds list\` to see all credentials.`,
  );
}

/** What a migrator can ask for about a credential. `endsHere`: whether an Unfinished one can be finished from here. */
function migrateOrFinishButton(credential: ListedCredential, endsHere: boolean) {
  if (credential.hold !== null) return undefined;
  return endsHere && credential.status === 'unfinished' ? finishButton(credential) : migrateButton(credential);
}

function emptyWords({ overview, view, now }: ListModel): string {
  if (readingWords(overview.sync, now) !== null)
    return 'The credentials are shown here once all are read. Press Refresh to see how far it is.';
  const all = 'Run `/qs-creds list all` to see them all';
  const { words, statuses = [], traits = [], owner } = view;
  const conditions = [words !== undefined, owner !== undefined, statuses.length > 0].filter((isSet) => isSet).length;
  if (traits.length > 0 || conditions > 1) return `Nothing matches this filter. ${all}.`;
  if (words !== undefined)
    return `No credential matches ${code(words.join(' '))}. ${all}, or \`list production\`, \`list migrated\` or \`list mine\` to see some.`;
  if (owner !== undefined) return `No non-expiring credential is assigned to ${mention(owner)}. ${all}.`;
  if (view.mine) return `No non-expiring credential is assigned to you. ${all}.`;
  if (statuses.length > 0) return `No credential ${beingWords(statuses)}. ${all}.`;
  if (countOf(CREDENTIAL_STATUSES, overview.counts) > 0) return `No credential is left to migrate. ${all}.`;
  return overview.sync.succeededAt === null ? 'No credentials are known yet.' : 'No non-expiring credentials found.';
}

/** "is Eligible or Unknown", "needs attention" */
function beingWords(statuses: readonly CredentialStatus[]): string {
  const names = statuses.filter((status) => status !== 'needs_attention').map((status) => STATUS_WORDS[status]);
  const words: string[] = [];
  if (names.length > 0) words.push(`is ${names.join(' or ')}`);
  if (statuses.includes('needs_attention')) words.push('needs attention');
  return words.join(' or ');
}

const HELD_HINT = '*On hold*: run `/qs-creds status NAME` to see who holds it and why, and to end the hold.';

/** Which sandboxes are production, and why. */
function productionSandboxesWords({ sandboxes, productionSandboxes }: ListModel['adobe']): string {
  const names = productionAmong(sandboxes, productionSandboxes);
  const rest = names.length - PRODUCTION_SHOWN;
  const shown = [...names.slice(0, PRODUCTION_SHOWN).map((name) => code(name)), ...(rest > 0 ? [`${rest} more`] : [])];
  const why = productionSandboxes === null ? 'by name; set `PRODUCTION_SANDBOXES` to change' : '`PRODUCTION_SANDBOXES`';
  return `${PRODUCTION_SIGN} Production: ${shown.length === 0 ? 'none' : shown.join(', ')} (${why}).`;
}

/** Each reason once, not for every credential, with the request id of the first. */
function unknownReasons(rows: readonly ListedCredential[]): string[] {
  const reasons = new Map<string, string>();
  for (const { status, unknownBecause } of rows) {
    if (status !== 'unknown' || unknownBecause === null) continue;
    const words = unknownStatusWords(unknownBecause);
    const key = explain({ ...words, reference: '' });
    if (!reasons.has(key)) reasons.set(key, `*Unknown*: ${explain(words)}`);
  }
  return [...reasons.values()].slice(0, REASONS_SHOWN);
}
