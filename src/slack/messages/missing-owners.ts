import type { ListedCredential } from '../../credentials/credential.ts';
import {
  type AssignedNow,
  groupByHolder,
  isTargeted,
  type Missing,
  type Takeover,
} from '../../reminders/assignment.ts';
import { type GroupContent, leftOf, NAMED_PER_OWNER, type OwnerGroup } from '../../reminders/owner-group.ts';
import type { UnreachableCode } from '../../reminders/ports.ts';
import { mention } from '../escaping.ts';
import { assignButton, targetWords } from './assign.ts';
import { line, note, type Row } from './blocks.ts';
import { count, dateTime } from './formatting.ts';
import { theirsWords } from './owner-words.ts';

/** Owners for whose credentials no one is notified, shown one by one; the rest is a number. */
const OWNERS_SHOWN = 10;

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

/** Credentials about which no one is notified, by owner and with the reason. `isInert`: without buttons. */
export function missingRows(groups: readonly OwnerGroup[], now: Date, { isInert = false } = {}): Row[] {
  if (groups.length === 0) return [];
  const total = leftOf(...groups);
  const rest = groups.slice(OWNERS_SHOWN);
  const theirs = leftOf(...rest);
  return [
    // Past tense in a digest, so that a posted one stays true when some are assigned.
    line(
      `*No one ${isInert ? 'is' : 'was'} notified about ${total === 1 ? 'this one' : `these ${total}`}.* A migrator can assign ${total === 1 ? 'it' : 'them'}:`,
    ),
    ...groups.slice(0, OWNERS_SHOWN).map((group) => {
      const missing = missingOf(group);
      const row = line(missingWords(missing, group, now), isInert ? undefined : assignButton(missing.target));
      return isInert ? row : { ...row, about: missing };
    }),
    ...(rest.length > 0
      ? [note(`and ${count(rest.length, 'more owner')} · ${theirs} left: \`/qs-creds list left\``)]
      : []),
  ];
}

/** How many recipients and how many names of credentials a row shows. */
interface RowSize {
  readonly people: number;
  readonly names: number;
}

/** Sizes of an edited digest's rows, the largest first. The last needs no more space than the posted rows. */
export const ROW_SIZES: readonly RowSize[] = [
  { people: 10, names: NAMED_PER_OWNER },
  { people: 3, names: NAMED_PER_OWNER },
  { people: 1, names: 1 },
  { people: 0, names: 0 },
];

/** The same row of a posted digest, as of now: who is notified, since when and by whom. */
export function updatedRow(missing: Missing, assigned: AssignedNow, now: Date, size: RowSize): Row {
  const { takeovers } = assigned;
  const credentials = assigned.credentials.filter((each) => isTargeted(missing.target, each, takeovers));
  if (credentials.length === 0)
    return { ...line(`✅ ${targetWords(missing.target)}: ${noneLeftWords(missing)}.`), about: missing };
  const unassigned: ListedCredential[] = [];
  const notified: (readonly [Takeover, readonly ListedCredential[]])[] = [];
  for (const [holder, theirs] of groupByHolder(credentials, takeovers)) {
    if (holder === undefined || holderIsMissing(missing, holder)) unassigned.push(...theirs);
    else notified.push([holder, theirs]);
  }
  const texts: string[] = [];
  // First, since these still need somebody.
  if (unassigned.length > 0) texts.push(missingWords(missing, { credentials: unassigned }, now, size.names));
  for (const [holder, theirs] of notified.slice(0, size.people))
    texts.push(notifiedWords(missing, theirs, holder, now, size));
  const rest = notified.slice(size.people);
  if (rest.length > 0) {
    const words = othersWords(missing, rest, texts.length > 0);
    const last = texts.pop();
    texts.push(last === undefined ? words : `${last}\n${words}`);
  }
  const [first = '', ...others] = texts;
  const parts = [line(first, assignButton(missing.target)), ...others.map((text) => line(text))];
  // Merged into one row, which the next edit replaces as a whole.
  return {
    text: parts.map(({ text }) => text).join('\n'),
    blocks: parts.flatMap(({ blocks }) => blocks),
    about: missing,
  };
}

function notifiedWords(
  missing: Missing,
  credentials: readonly ListedCredential[],
  holder: Takeover,
  now: Date,
  { names }: RowSize,
): string {
  const words = theirsWords(targetWords(missing.target), { credentials }, now, names);
  return `➡️ ${words} · ${holderWords(holder, credentials.length)}`;
}

/** "➡️ and 5 left with 3 more people, who are notified" */
function othersWords(
  { target }: Missing,
  others: readonly (readonly [Takeover, readonly ListedCredential[]])[],
  isRest: boolean,
): string {
  const theirs = others.reduce((sum, [, credentials]) => sum + credentials.length, 0);
  const people = new Set(others.map(([holder]) => holder.userId)).size;
  const more = isRest ? 'more ' : '';
  const who = people === 1 ? `1 ${more}person is` : `${people} ${more}people are`;
  return `➡️ ${isRest ? 'and ' : `${targetWords(target)} · `}${theirs} left: ${who} notified`;
}

function noneLeftWords({ target }: Missing): string {
  return 'takenBy' in target ? 'no longer the one to be notified' : 'nothing is left';
}

function holderIsMissing({ target }: Missing, { userId }: Takeover): boolean {
  return 'takenBy' in target && target.takenBy === userId;
}

function holderWords({ userId, by, at }: Takeover, total: number): string {
  const since = at === null ? '' : ` ${dateTime(at)}`;
  return by === null || by === userId
    ? `${mention(userId)} took ${total === 1 ? 'it' : 'them'} over${since}`
    : `${mention(userId)} is notified, assigned by ${mention(by)}${since}`;
}

function missingWords(missing: Missing, theirs: GroupContent, now: Date, names = NAMED_PER_OWNER): string {
  const why = missing.why === null ? unidentifiedWords(missing) : ` · ${UNREACHABLE[missing.why]}`;
  return `${theirsWords(targetWords(missing.target), theirs, now, names)}${why}`;
}

function unidentifiedWords({ target }: Missing): string {
  return 'owner' in target && target.owner === null ? '' : ' · not identified by Slack';
}

function missingOf({ email, takenBy, recipient }: OwnerGroup): Missing {
  const why = recipient?.kind === 'unreachable' ? recipient.why : null;
  return { target: takenBy === undefined ? { owner: email } : { takenBy }, why };
}
