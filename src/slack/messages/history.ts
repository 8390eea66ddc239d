import type { DenialReason } from '../../access/access.ts';
import { ACTOR_BOT, type AuditAction, type HistoryEntry } from '../../audit/audit-entry.ts';
import type { AdobeErrorKind } from '../../credentials/adobe-error.ts';
import type { AdobeStatus } from '../../credentials/credential.ts';
import type { Page } from '../../lib/page.ts';
import type { StartOutcome } from '../../migrations/method.ts';
import type { Reason } from '../../migrations/migration.ts';
import { code, mention, nameCode } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { buttons, line, type Message, toMessage } from './blocks.ts';
import { dateTime } from './formatting.ts';
import { pager } from './pager.ts';
import { isConvertedByAdobe } from './terms.ts';

/** One block per entry, and at most three around them. */
export const HISTORY_PAGE = 10;

/** What a history shows; its buttons carry it. */
export interface HistoryView {
  readonly technicalAccountId?: string;
  readonly offset: number;
}

/** Reply to `/qs-creds history`: who did what when, newest first. */
export function historyMessage(page: Page<HistoryEntry>, view: HistoryView, name: string | null): Message {
  const { range, turns } = pager(page, view, HISTORY_PAGE, {
    previous: { text: 'Newer', id: ACTIONS.historyNewer },
    next: { text: 'Older', id: ACTIONS.historyOlder },
  });
  return toMessage([
    line(name === null ? '*History*, newest first' : `*History of ${nameCode(name)}*, newest first`),
    ...(page.rows.length === 0 ? [line('Nothing has happened yet.')] : page.rows.map((each) => line(entryWords(each)))),
    range,
    buttons(...turns),
  ]);
}

/** `who` acted on the credential `name`; the bot itself where no person did. */
const SENTENCES: Readonly<Record<AuditAction, (who: string, name: string, at: Date) => string>> = {
  asked: (who, name) => `${who} asked to migrate ${name}`,
  confirmed: (who, name) => `${who} confirmed the migration of ${name}`,
  submitted: (who, name) => `${who} recorded the intent to start ${name}`,
  running: (_, name) => `Adobe started migrating ${name}`,
  migrated: (_, name) => `${name} was *migrated*`,
  bound: (_, name) => `${name} has both credentials now`,
  undone: (_, name) => `the migration of ${name} was undone`,
  failed: (_, name) => `${name} was *not migrated*`,
  needs_attention: (_, name) => `${name} *needs attention*`,
  resolved: (who, name) => `${who} marked ${name} as resolved`,
  continued: (who, name) => `${who} had the migration of ${name} go on in Adobe, by hand`,
  cancelled: (who, name) => `${who} cancelled the migration of ${name}`,
  expired: (_, name) => `the question about ${name} expired`,
  void: (_, name) => `the question about ${name} became void`,
  refused: (who, name) => `${who} was denied access${name === '' ? '' : ` to ${name}`}`,
  checked_again: (who, name) => `${who} checked ${name} again with Adobe`,
  start_answered: (_, name) => `Adobe responded to the start of ${name}`,
  started_outside: (_, name) => `the migration of ${name} was begun outside qs-creds`,
  migrated_outside: (_, name, at) =>
    `${name} was migrated outside qs-creds${isConvertedByAdobe(at) ? ', perhaps by Adobe itself' : ''}`,
  snoozed: (who) => `${who} snoozed their reminders`,
  took_over: (who, name) => `${who} took over the reminders for ${name}`,
  reminders_paused: (who) => `${who} paused the reminders`,
  reminders_resumed: (who) => `${who} resumed the reminders`,
  reminders_sent_by_hand: (who) => `${who} sent reminders manually`,
};

/** The same about finishing or undoing what the Developer Console began, where that reads otherwise. */
const STEP_SENTENCES: Readonly<
  Record<'finish' | 'cancel', Partial<Record<AuditAction, (who: string, name: string) => string>>>
> = {
  finish: {
    asked: (who, name) => `${who} asked to finish the migration of ${name}`,
    confirmed: (who, name) => `${who} confirmed finishing the migration of ${name}`,
    submitted: (who, name) => `${who} recorded the intent to finish the migration of ${name}`,
    failed: (_, name) => `the migration of ${name} was *not finished*`,
    cancelled: (who, name) => `${who} cancelled finishing the migration of ${name}`,
    start_answered: (_, name) => `Adobe responded to finishing the migration of ${name}`,
  },
  cancel: {
    asked: (who, name) => `${who} asked to undo the migration of ${name}`,
    confirmed: (who, name) => `${who} confirmed undoing the migration of ${name}`,
    submitted: (who, name) => `${who} recorded the intent to undo the migration of ${name}`,
    failed: (_, name) => `the migration of ${name} was *not undone*`,
    start_answered: (_, name) => `Adobe responded to undoing the migration of ${name}`,
  },
};

/** About a hand-off, by the reason recorded with it: instead of the intent to start, and of an end by a person. */
const HAND_OFF_SENTENCES = new Map([
  ['handed_over', (who: string, name: string) => `${who} handed ${name} over to a person`],
  ['handed_back', (who: string, name: string) => `${who} left ${name}, which was *not migrated*`],
]);

type Code = 'handed_over' | Reason['code'] | DenialReason | AdobeStatus | AdobeErrorKind | StartOutcome['kind'];

/** Every code that the trail records as a reason. */
const REASONS: Readonly<Record<Code, string>> = {
  handed_over: 'a person presses Migrate in Adobe',
  handed_back: 'left for now',
  refused: 'Adobe refused',
  unsent: 'the start could not be sent',
  late: 'the app stood still before the start, which was not sent',
  unchecked: "Adobe's state could not be read before the start",
  not_eligible: 'the migration does not apply to it',
  outdated: 'the confirmation expired before its turn',
  put_back: 'Adobe set it back to not started',
  unclear: 'the outcome is unclear',
  resolved: 'resolved in Adobe',
  elsewhere: 'outside qs-creds',
  changed: 'the credential had changed',
  impact_changed: 'what depends on it had changed',
  answered_elsewhere: 'another question about it was confirmed',
  not_posted: 'the question could not be posted',
  bot: 'a bot',
  deactivated: 'deactivated in Slack',
  foreign: 'not a member of this workspace',
  guest: 'a guest',
  unverified: 'not verified with Slack',
  not_migrator: 'read-only access',
  not_asked: 'the question was for someone else',
  own_request: 'a second person has to confirm',
  name_not_typed: 'the name was not typed',
  not_started: 'not started',
  started: 'started',
  completed: 'completed',
  none: 'the migration does not apply to it',
  unknown: 'state unknown',
  accepted: 'accepted',
  token_refused: "Adobe refused the app's own credential",
  not_allowed: 'Adobe did not allow it',
  no_such_path: 'Adobe returned 404',
  throttled: "Adobe's rate limit was reached",
  unavailable: 'Adobe failed',
  unreachable: 'Adobe could not be reached',
  lost: "Adobe's response was lost",
  bad_answer: "Adobe's response was not understood",
  no_such_organisation: 'the organisation was not found',
};

/** Of what a person wanted to do, the names that are unclear on their own. */
const WANTED: Readonly<Record<string, string>> = { home: 'open the Home', pick: 'choose a credential' };

function entryWords({ at, actor, action, technicalAccountId, credentialName, detail }: HistoryEntry): string {
  const who = actor === ACTOR_BOT ? 'qs-creds' : mention(actor);
  const name = technicalAccountId === null ? '' : nameCode(credentialName ?? technicalAccountId);
  const { wanted, why, answer, step } = detail ?? {};
  const sentence = HAND_OFF_SENTENCES.get(why ?? '') ?? (step && STEP_SENTENCES[step]?.[action]) ?? SENTENCES[action];
  const details = [wanted && (WANTED[wanted] ?? wanted.replaceAll('_', ' ')), why && reasonFor(why)]
    .filter((part) => part)
    .join(': ');
  return [
    dateTime(at),
    sentence(who, name, at),
    ...(details === '' ? [] : [`(${details})`]),
    ...(answer === undefined ? [] : [code(answer, 120)]),
  ].join(' ');
}

/** A code in words; an older or newer version's code as it is, legible. */
function reasonFor(why: string): string {
  return Object.hasOwn(REASONS, why) ? REASONS[why as Code] : why.replaceAll('_', ' ');
}
