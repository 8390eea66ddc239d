import type { AuditHead } from '../../audit/audit-entry.ts';
import { progressOf } from '../../credentials/credential.ts';
import { daysBetween } from '../../lib/calendar.ts';
import type { Preview } from '../../reminders/administration.ts';
import type { AssignedNow } from '../../reminders/assignment.ts';
import type { Digest } from '../../reminders/digest.ts';
import { leftOf, type OwnerGroup, productionLeftOf } from '../../reminders/owner-group.ts';
import { code, mention } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { problemWords, uncountedWords } from './adobe-problems.ts';
import {
  button,
  buttons,
  fitsOneMessage,
  heading,
  line,
  MAX_EDITED_TEXT,
  type Message,
  note,
  type Row,
  splitIntoMessages,
  toMessage,
} from './blocks.ts';
import { chartRows } from './chart.ts';
import { calendarDate, count, timeAgo } from './formatting.ts';
import { missingRows, ROW_SIZES, updatedRow } from './missing-owners.ts';
import { theirsWords } from './owner-words.ts';
import { pauseWords, reviewButton, UNFINISHED_NOTE } from './reminders.ts';
import { countdown, deadlineSentence, deadlineWords, PRODUCTION_SIGN } from './terms.ts';
import { failingMark } from './usage.ts';
import { failedAfterRows } from './watch.ts';

/** People shown one by one; the rest is a count. With the rows around them, this is far below Slack's 50 blocks. */
const PEOPLE_SHOWN = 15;
/** Characters shown of a hash: 64 bits, so that nobody can find another row with the same ones. */
const SHORT_HASH = 16;

/** One message of a digest. `content`: what an edit is built from; null if nothing in the message changes. */
export interface DigestPart {
  readonly message: Message;
  readonly content: string | null;
}

/** The channel's reminder: one message, or several if names are long. It never mentions everyone. */
export function digestParts(digest: Digest): DigestPart[] {
  const rows = [
    ...headRows(digest),
    ...failedAfterRows(digest.failedAfter, { mayAcknowledge: true }),
    ...trendRows(digest),
    ...peopleRows(
      digest.groups.filter(({ recipient }) => recipient?.kind === 'person'),
      digest.now,
    ),
    ...missingRows(
      digest.groups.filter(({ recipient }) => recipient?.kind !== 'person'),
      digest.now,
    ),
    buttons(
      reviewButton({ left: true, offset: 0 }),
      ...(digest.overview.counts.eligible > 0 ? [button('Migrate next', ACTIONS.migrateNext)] : []),
    ),
    ...footRows(digest, digest.next),
  ];
  return splitIntoMessages(rows, line('*Query Service credentials, continued.*')).map((part) => ({
    message: toMessage(part),
    content: part.some(({ about }) => about !== undefined) ? JSON.stringify(part) : null,
  }));
}

/**
 * A posted message, rebuilt from its `content` with who is notified now; the rest stays as it was posted. An edit
 * cannot add a message, so the more people there are, the more of them appear only as a number.
 */
export function editedDigest(content: string, assigned: AssignedNow, now: Date): Message {
  const posted: readonly Row[] = JSON.parse(content);
  const drafts = ROW_SIZES.map((size) =>
    posted.map((row) => (row.about === undefined ? row : updatedRow(row.about, assigned, now, size))),
  );
  return toMessage(drafts.find(fitsOneMessage) ?? drafts.at(-1) ?? posted, MAX_EDITED_TEXT);
}

/**
 * Reply to `remind preview`: what the channel would get, marked as a preview and without buttons, and who would get a
 * direct message.
 */
export function previewMessage(digest: Digest, { window, next, isServed, snoozed }: Omit<Preview, 'digest'>): Message {
  const when =
    window === null
      ? 'No reminder is due yet.'
      : `The reminder of ${calendarDate(window.date)} (${countdown(daysBetween(window.date, digest.deadline.date))}) ${isServed ? 'was sent' : 'is due'}.`;
  const people = digest.groups.filter(mayBeReached);
  return toMessage([
    line(`👁️ *Preview: nothing is sent.* ${when} The next is on ${calendarDate(next)}.`),
    ...headRows(digest),
    ...failedAfterRows(digest.failedAfter, { mayAcknowledge: false }),
    ...trendRows(digest),
    ...peopleRows(people, digest.now),
    ...missingRows(
      digest.groups.filter((group) => !mayBeReached(group)),
      digest.now,
      { isInert: true },
    ),
    note(directMessageWords(people, snoozed)),
    // The first line says when the next one is.
    ...footRows(digest, null),
  ]);
}

function trendRows({ trend }: Digest): Row[] {
  return trend === null ? [] : chartRows(trend);
}

/** How many are left, until when, and how far the migration is. */
function headRows({ deadline, overview: { counts }, groups, now }: Digest): Row[] {
  const { left, total } = progressOf(counts);
  const inProduction = productionLeftOf(...groups);
  const failing = groups.reduce(
    (sum, { credentials, further }) =>
      sum + credentials.filter((each) => failingMark(each, now) !== '').length + (further?.failing ?? 0),
    0,
  );
  const production = inProduction === 0 ? '' : ` · ${PRODUCTION_SIGN} ${inProduction} left in production`;
  const fails = failing === 0 ? '' : `, ${failing} failing`;
  return [
    heading(`Query Service credentials: ${left} left${fails} · ${deadlineWords(deadline)}`),
    line(`${counts.migrated} of ${total} migrated${production}.`),
    note(deadlineSentence(deadline.days, now)),
  ];
}

/** `next`: the day of the next digest; null if it is not mentioned here. */
function footRows({ overview: { counts, sync }, pause, auditHead }: Digest, next: string | null): Row[] {
  const notes: string[] = [];
  if (counts.unfinished > 0) notes.push(UNFINISHED_NOTE);
  if (counts.needs_attention > 0)
    notes.push(`⚠️ Needs attention: ${counts.needs_attention}. \`/qs-creds list\` shows them first.`);
  if (counts.unknown > 0) notes.push(`❔ Unknown: ${counts.unknown}. To see why, run \`/qs-creds list unknown\`.`);
  if (sync.problem !== null) notes.push(`⚠️ ${problemWords(sync.problem).what}; this is the last known state.`);
  // If the sync failed as a whole, that is said instead.
  const unread = sync.problem === null ? uncountedWords(sync.unread) : null;
  if (unread !== null) notes.push(`⚠️ ${unread}`);
  const ages = [
    ...(sync.succeededAt === null ? [] : [`Synced ${timeAgo(sync.succeededAt)}.`]),
    // While reminders are paused, no digest is sent on that day.
    ...(next === null || pause !== null ? [] : [`Next digest on ${calendarDate(next)}.`]),
  ];
  if (ages.length > 0) notes.push(ages.join(' '));
  if (pause !== null) notes.push(pauseWords(pause));
  if (auditHead.count > 0) notes.push(auditHeadWords(auditHead));
  return notes.map(note);
}

/** The head of the audit trail, in the form that `npm run audit:verify -- --head` accepts. */
function auditHeadWords({ count: rows, hash }: AuditHead): string {
  return `Audit trail: ${code(`${rows}:${hash.slice(0, SHORT_HASH)}`)}`;
}

/** For each person: how many credentials, and the names of the first ones. */
function peopleRows(groups: readonly OwnerGroup[], now: Date): Row[] {
  const rest = groups.slice(PEOPLE_SHOWN);
  return [
    ...groups.slice(0, PEOPLE_SHOWN).map((group) => line(personWords(group, now))),
    ...(rest.length === 0
      ? []
      : [note(`${count(rest.length, 'more owner')} · ${leftOf(...rest)} left: \`/qs-creds list left\``)]),
  ];
}

/** Shows the email if Slack was not asked who it is. */
function personWords(group: OwnerGroup, now: Date): string {
  const { recipient, email } = group;
  return theirsWords(recipient?.kind === 'person' ? mention(recipient.userId) : code(email ?? ''), group, now);
}

function directMessageWords(people: readonly OwnerGroup[], snoozed: ReadonlySet<string>): string {
  const names = people.flatMap(({ recipient }) =>
    recipient?.kind === 'person' && snoozed.has(recipient.userId) ? mention(recipient.userId) : [],
  );
  const direct = people.length - names.length;
  if (direct === 0 && names.length === 0) return 'No one would get a direct message.';
  const without = names.length === 0 ? '' : ` Snoozed, no message: ${names.slice(0, PEOPLE_SHOWN).join(', ')}.`;
  return `A direct message goes to ${direct === 0 ? 'no one' : count(direct, 'person', 'people')}.${without}`;
}

function mayBeReached({ recipient, email }: OwnerGroup): boolean {
  return recipient === null ? email !== null : recipient.kind === 'person';
}
