import type { CredentialStatus, ListedCredential } from '../../credentials/credential.ts';
import { type Hold, MAX_REASON } from '../../holds/hold.ts';
import type { Shown } from '../../migrations/migration.ts';
import { CONSOLE_LAST_DAY, type Deadline, QUERY_SERVICE_LAST_DAY } from '../../reminders/windows.ts';
import { code, mention } from '../escaping.ts';
import { calendarDate, count } from './formatting.ts';

/** A credential's status in words: the same everywhere. */
export const STATUS_WORDS: Readonly<Record<CredentialStatus, string>> = {
  eligible: 'Eligible',
  unfinished: 'Unfinished',
  migrating: 'Migrating',
  migrated: 'Migrated',
  not_eligible: 'Not eligible',
  unknown: 'Unknown',
  needs_attention: 'Needs attention',
};

/** Shown before production sandboxes. */
export const PRODUCTION_SIGN = '🔒';

/** How long Adobe takes. Source: "Migrate from JWT to OAuth Server-to-Server credentials" (Query Service guide). */
export const ADOBE_DURATION = '30 to 40 seconds';

/** For a press on a migration that the database does not have. */
export const UNKNOWN_MIGRATION =
  'This migration is not known here. Your click changed nothing. Run `/qs-creds list` to see the status of every credential.';

/** For a press or a command about a credential that was deleted. */
export const GONE = 'Adobe no longer shows this credential. Run `/qs-creds list` to see the ones it does.';

/** Where a person looks at a credential, and migrates it without this app. */
export const CREDENTIALS_TAB = "Adobe's Credentials tab";

/** What to do about a migration that was begun in the Developer Console and not finished. */
export const HOW_TO_END =
  'In the Developer Console, open its project: delete the JWT credential to finish the migration, or the OAuth Server-to-Server credential to cancel it. Until then, it has both.';

/** What to do about credentials with this status, below their rows. */
export const ATTENTION_HINT = '*Needs attention*: run `/qs-creds status NAME` for details and to check again.';

/** The same; `endsHere`: whether an Unfinished migration can be finished and undone from here. */
export function unfinishedHint(endsHere: boolean): string {
  return endsHere
    ? '*Unfinished*: it has both credentials. Run `/qs-creds status NAME` to finish it, which retires the JWT one and cannot be undone, or to undo it.'
    : `*Unfinished*: the migration was begun in Adobe, outside this app. ${HOW_TO_END}`;
}

/** Maximum number of sandboxes shown of a credential, unless there is less room; the rest is a number. */
export const SANDBOXES_SHOWN = 5;

type Sandboxes = Pick<Shown, 'sandboxes' | 'production'>;

/** A credential's sandboxes, production first, each with the sign before its name. */
export function productionFirst({ sandboxes, production }: Sandboxes): { sign: string; name: string }[] {
  return sandboxes
    .map((name) => ({ sign: production.includes(name) ? `${PRODUCTION_SIGN} ` : '', name }))
    .sort((a, b) => b.sign.length - a.sign.length);
}

/** "🔒 `prod`, `dev`": production first, with the sign; those beyond `max` as a number. */
export function sandboxWords({ sandboxes, production }: Sandboxes, max = SANDBOXES_SHOWN): string {
  const sorted = productionFirst({ sandboxes, production });
  const words = sorted.slice(0, max).map(({ sign, name }) => `${sign}${code(name)}`);
  const rest = sorted.length - max;
  return [...words, ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

/** "sandbox 🔒 `prod` (production) · owner @person"; the owner's email if their Slack account is not known. */
export function whereWords(shown: Omit<Shown, 'name'>): string {
  const word = shown.sandboxes.length === 1 ? 'sandbox' : 'sandboxes';
  // With several sandboxes, the sign shows which ones are production.
  const sign = shown.sandboxes.length === 1 ? '' : `${PRODUCTION_SIGN} `;
  const meaning = shown.production.length === 0 ? '' : ` (${sign}production)`;
  return `${word} ${sandboxWords(shown)}${meaning} · ${ownerWords(shown)}`;
}

function ownerWords({ owner, ownerId }: Pick<Shown, 'owner' | 'ownerId'>): string {
  if (owner === null) return 'no owner';
  return `owner ${ownerId === undefined ? code(owner) : mention(ownerId)}`;
}

/** "30 June 2025 · 28 days left" */
export function deadlineWords({ date, days }: Deadline): string {
  return `${calendarDate(date)} · ${countdown(days)}`;
}

/** "⏸️ `x` is on hold until 30 June 2025, by @person: `reason`." `name`: as mrkdwn. */
export function heldWords(name: string, { by, lastDay, reason }: Omit<Hold, 'at'>): string {
  return `⏸️ ${name} is on hold until ${calendarDate(lastDay)}, by ${mention(by)}: ${code(reason, MAX_REASON)}.`;
}

/** Part of a credential's row; empty if it is not on hold. */
export function heldMark({ hold }: Pick<ListedCredential, 'hold'>): string {
  return hold === null ? '' : `⏸️ on hold until ${calendarDate(hold.lastDay)}`;
}

/** "7 days left", "last day", "10 days overdue". `days` until the deadline. */
export function countdown(days: number): string {
  if (days > 0) return `${count(days, 'day')} left`;
  return days === 0 ? 'last day' : `${count(-days, 'day')} overdue`;
}

/**
 * What the deadline means, before and after it, and once Adobe converts what is left: both of Adobe's pages, in our
 * words. A later `DEADLINE` does not change what Adobe has already ended.
 */
export function deadlineMeaning(days: number, now: Date): string {
  const first = deadlineSentence(days, now);
  return isOver(days, now) ? `${first} ${laterDate(now) ?? CONVERTED}` : first;
}

/** The first sentence of `deadlineMeaning`, for messages that are read again and again; the FAQ has the rest. */
export function deadlineSentence(days: number, now: Date): string {
  return isOver(days, now)
    ? 'JWT credentials no longer refresh or authenticate.'
    : 'After the deadline, JWT credentials no longer refresh or authenticate, and jobs that use them fail.';
}

/** The later date on Adobe's other page; null once it has passed. */
export function laterDate(now: Date): string | null {
  if (isConvertedByAdobe(now)) return null;
  return `According to the Developer Console's page, some work until their certificate expires or ${calendarDate(CONSOLE_LAST_DAY)}, whichever is earlier.`;
}

const CONVERTED = `Since ${calendarDate(CONSOLE_LAST_DAY)}, according to the Developer Console's page, Adobe converts what is left automatically, which breaks clients that still use JWT.`;

/** Whether the deadline has passed, or Adobe has ended JWT. `days` until the deadline. */
function isOver(days: number, now: Date): boolean {
  return days < 0 || isJwtOver(now);
}

/** Whether JWT credentials no longer authenticate, so that their jobs fail until they are migrated. */
export function isJwtOver(at: Date): boolean {
  return at.toISOString().slice(0, 10) > QUERY_SERVICE_LAST_DAY;
}

/** Whether Adobe may have converted a credential without anybody asking for it. */
export function isConvertedByAdobe(at: Date): boolean {
  return at.toISOString().slice(0, 10) >= CONSOLE_LAST_DAY;
}

/** About a credential that was not migrated from here. Does not promise that its jobs keep running: Adobe does not. */
export function migratedOutsideWords(at: Date): string {
  const perhaps = isConvertedByAdobe(at) ? ', perhaps by Adobe itself, which breaks clients that still use JWT' : '';
  return `It was migrated outside qs-creds${perhaps}; nothing was sent from here. Check one of its jobs.`;
}
