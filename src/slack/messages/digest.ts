import type { AuditHead } from '../../audit/audit-entry.ts';
import { countOf, type ListedCredential, TO_MIGRATE } from '../../credentials/credential.ts';
import type { Digest } from '../../reminders/digest.ts';
import type { UnreachableCode } from '../../reminders/ports.ts';
import type { OwnerGroup } from '../../reminders/recipients.ts';
import type { ReminderWindow } from '../../reminders/windows.ts';
import { code, mention, nameCode } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { problemWords } from './adobe-problems.ts';
import { button, buttons, line, type Message, note, type Row, toMessage, toMessages } from './blocks.ts';
import { chartRows } from './chart.ts';
import { ago, count } from './formatting.ts';
import { heldSuffix, pauseWords, reviewButton, UNFINISHED_NOTE, unfinishedMark } from './reminders.ts';
import { deadlineMeaning, deadlineWords, laterDate, ownerWords, sandboxWords } from './terms.ts';
import { failingMark } from './usage.ts';

/** Shown in full; the rest is a count. Together with the rows around them far below Slack's 50 blocks. */
const GROUPS_SHOWN = 15;
const NAMES_SHOWN = 6;
const SANDBOXES_SHOWN = 2;
const UNREACHED_SHOWN = 10;
const BAR_LENGTH = 20;
/** Characters of a hash: 64 bits, so that nobody finds another row for it. */
const SHORT_HASH = 16;

const UNREACHABLE: Readonly<Record<UnreachableCode, string>> = {
  unknown: 'no one active in Slack has this email',
  deactivated: 'deactivated in Slack',
  guest: 'a guest, who may not use this',
  not_a_member: 'not a member of this workspace',
  rejected: "can't receive direct messages in Slack",
  lookup_rejected: 'could not be reached: Slack cannot look this email up',
  not_permitted:
    'could not be reached: the app may not look people up, an operator has to add the scope `users:read.email`',
};

/** The channel's reminder: one message, or several where names are long. Never a mention of everyone. */
export function digestMessages(digest: Digest): Message[] {
  const reached = digest.groups.filter(({ recipient }) => recipient?.kind === 'person');
  const unreached = unreachedOf(
    digest.groups.filter(({ recipient }) => recipient?.kind !== 'person'),
    digest.now,
  );
  const rows = [
    line(headWords(digest).join('\n')),
    ...(digest.trend === null ? [] : chartRows(digest.trend)),
    ...reached.slice(0, GROUPS_SHOWN).map((group) => line(groupWords(group, group.email ?? '', digest.now))),
    moreOwners(reached.slice(GROUPS_SHOWN)),
    unreached.words.length === 0 ? null : line('*No one is notified about these.* A migrator can take over:'),
    ...unreached.words.map(({ text, credential }) => line(text, takeOverButton(credential))),
    unreached.rest > 0 ? note(`and ${count(unreached.rest, 'more credential')}: \`/qs-creds list left\``) : null,
    buttons(
      reviewButton({ left: true, offset: 0 }),
      ...(digest.overview.counts.eligible > 0 ? [button('Migrate next', ACTIONS.migrateNext)] : []),
    ),
    ...footWords(digest).map(note),
  ];
  return toMessages(rows, line('*Query Service credentials, continued.*'));
}

/** Reply to `remind preview`. `snoozed`: user ids of those who get no message until the next window. */
export function previewMessage(
  digest: Digest,
  window: ReminderWindow | null,
  served: boolean,
  snoozed: ReadonlySet<string>,
): Message {
  const when =
    window === null
      ? 'No reminder is due yet.'
      : `The reminder of ${window.date} (${deadlineWords(window.days)}) ${served ? 'was sent' : 'is due'}.`;
  const people = digest.groups.filter(mayBeReached);
  const shown = people.slice(0, GROUPS_SHOWN);
  const unreached = unreachedOf(
    digest.groups.filter((group) => !mayBeReached(group)),
    digest.now,
  );
  return toMessage(
    [
      when,
      ...headWords(digest),
      people.length === 0 ? 'No one would get a direct message.' : '*Direct messages to:*',
      ...shown.map((group) => recipientWords(group, snoozed, digest.now)),
      ...(people.length > shown.length ? [`and ${people.length - shown.length} more people`] : []),
      ...(unreached.words.length === 0 ? [] : ['*No one is notified about these:*']),
      ...unreached.words.map(({ text }) => text),
      ...(unreached.rest > 0 ? [`and ${unreached.rest} more`] : []),
      ...footWords(digest),
    ].map((text) => line(text)),
  );
}

function headWords({ days, overview: { counts }, groups, now }: Digest): string[] {
  const failing = groups.flatMap(({ credentials }) => credentials).filter((each) => failingMark(each, now) !== '');
  const { migrated, eligible, unfinished } = counts;
  const total = migrated + countOf(TO_MIGRATE, counts);
  const full = total === 0 ? 0 : Math.floor((migrated / total) * BAR_LENGTH);
  const later = days < 0 ? null : laterDate(now);
  return [
    `*Query Service credentials: ${deadlineWords(days)}.* ${eligible} eligible, ${unfinished === 0 ? '' : `${unfinished} unfinished, `}${migrated} migrated.`,
    `${'▰'.repeat(full)}${'▱'.repeat(BAR_LENGTH - full)} ${migrated} of ${total}`,
    ...(failing.length === 0 ? [] : [`⚠️ The jobs of ${count(failing.length, 'credential')} fail: *failing* below.`]),
    `${deadlineMeaning(days, now)}${later === null ? '' : ` ${later}`}`,
  ];
}

function footWords({ overview: { counts, sync }, pause, auditHead, now }: Digest): string[] {
  const lines: string[] = [];
  if (counts.unfinished > 0) lines.push(UNFINISHED_NOTE);
  if (counts.needs_attention > 0)
    lines.push(`⚠️ Needs attention: ${counts.needs_attention}. \`/qs-creds list\` shows them first.`);
  if (sync.problem !== null) lines.push(`⚠️ ${problemWords(sync.problem).what}; this is the last known state.`);
  if (sync.succeededAt !== null) lines.push(`Synced ${ago(sync.succeededAt, now)}.`);
  if (pause !== null) lines.push(pauseWords(pause));
  if (auditHead.count > 0) lines.push(auditHeadWords(auditHead));
  return lines;
}

/** As `npm run audit:verify -- --head` takes it. */
function auditHeadWords({ count: rows, hash }: AuditHead): string {
  return `Audit trail: ${code(`${rows}:${hash.slice(0, SHORT_HASH)}`)}`;
}

/** By email where there is one: a mention in the channel would ping a person who gets a direct message anyway. */
function groupWords({ recipient, credentials }: OwnerGroup, email: string, now: Date): string {
  const who = email === '' && recipient?.kind === 'person' ? mention(recipient.userId) : code(email);
  const names = credentials
    .slice(0, NAMES_SHOWN)
    .map(
      (each) =>
        `${nameCode(each.name)} in ${sandboxWords(each, SANDBOXES_SHOWN)}${unfinishedMark(each)}${heldSuffix(each)}${failingMark(each, now)}`,
    );
  const rest = credentials.length - names.length;
  return `${who}: ${names.join('; ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** By mention, which pings no one in a preview; by email where the owner has not been looked up yet. */
function recipientWords(group: OwnerGroup, snoozed: ReadonlySet<string>, now: Date): string {
  const { recipient, email } = group;
  if (recipient?.kind !== 'person') return groupWords(group, email ?? '', now);
  return `${groupWords(group, '', now)}${snoozed.has(recipient.userId) ? ' (snoozed: no message)' : ''}`;
}

function mayBeReached({ recipient, email }: OwnerGroup): boolean {
  return recipient === null ? email !== null : recipient.kind === 'person';
}

/** The first credentials of groups whose owner gets no message, with the reason; `rest` counts the others. */
function unreachedOf(groups: readonly OwnerGroup[], now: Date) {
  const all = groups.flatMap((group) => group.credentials.map((credential) => ({ group, credential })));
  const words = all.slice(0, UNREACHED_SHOWN).map(({ group, credential }) => {
    const where = sandboxWords(credential, SANDBOXES_SHOWN);
    return {
      credential,
      text: `${nameCode(credential.name)} · ${where}${unfinishedMark(credential)}${heldSuffix(credential)}${failingMark(credential, now)} · ${unreachedWords(group)}`,
    };
  });
  return { words, rest: all.length - words.length };
}

function unreachedWords({ email, recipient }: OwnerGroup): string {
  if (email === null && recipient === null) return ownerWords(null);
  const who = email === null ? 'the person who took it over' : ownerWords(email);
  return `${who}: ${recipient?.kind === 'unreachable' ? UNREACHABLE[recipient.why] : 'not identified by Slack'}`;
}

function moreOwners(groups: readonly OwnerGroup[]): Row | null {
  if (groups.length === 0) return null;
  const credentials = groups.reduce((sum, group) => sum + group.credentials.length, 0);
  return note(
    `and ${count(groups.length, 'more owner')} with ${count(credentials, 'credential')}: \`/qs-creds list left\``,
  );
}

function takeOverButton({ name, technicalAccountId }: ListedCredential) {
  return button('Take over', ACTIONS.takeOver, { value: technicalAccountId, label: `Take over ${name}` });
}
