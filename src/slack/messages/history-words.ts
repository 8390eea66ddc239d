import type { DenialReason } from '../../access/access.ts';
import { ACTOR_BOT, type AuditAction, type HistoryEntry, RESTORED } from '../../audit/audit-entry.ts';
import type { AdobeErrorKind } from '../../credentials/adobe-error.ts';
import type { AdobeStatus } from '../../credentials/credential.ts';
import { MAX_REASON } from '../../holds/hold.ts';
import type { StartOutcome } from '../../migrations/method.ts';
import type { Reason } from '../../migrations/migration.ts';
import type { Step } from '../../migrations/steps.ts';
import { code, mention, nameCode } from '../escaping.ts';
import { calendarDate, count, dateTime } from './formatting.ts';
import { isConvertedByAdobe } from './terms.ts';

/** Actions with which an owner writes a note, not a reason. */
const NOTED: ReadonlySet<AuditAction> = new Set(['owner_asked', 'not_mine']);

/** One line of the history: when, who did what, why, and Adobe's own words. */
export function entryWords(entry: HistoryEntry): string {
  const { at, detail } = entry;
  const { answer, call, note } = detail ?? {};
  const sentences = [`${dateTime(at)} ${sentenceOf(entry)}`];
  if (call !== undefined) sentences.push(`The call: ${code(call, 400)}`);
  // The label that the form used.
  const label = NOTED.has(entry.action) ? 'Note' : 'Reason';
  if (note !== undefined) sentences.push(`${label}: ${code(note, MAX_REASON)}`);
  if (answer !== undefined) sentences.push(`Adobe: ${code(answer, 120)}`);
  return sentences.join('. ');
}

function sentenceOf({ at, actor, action, technicalAccountId, credentialName, detail }: HistoryEntry): string {
  const who = actor === ACTOR_BOT ? 'qs-creds' : mention(actor);
  const name = technicalAccountId === null ? '' : nameCode(credentialName ?? technicalAccountId);
  const { wanted, why, step = 'start', isDryRun, until, to, count: exported } = detail ?? {};
  if (action === 'assigned' && to !== undefined) return `${SENTENCES.assigned(who, name, at)} to ${mention(to)}`;
  if (action === 'held' && until !== undefined) return `${who} put ${name} on hold until ${calendarDate(until)}`;
  if (action === 'exported' && exported !== undefined) return `${who} exported ${count(exported, 'credential')}`;
  if (action === 'refused') return `${deniedWords(who, name, wanted)}${because(why)}`;
  if (action === 'start_answered' && why !== undefined && Object.hasOwn(RESPONSES, why))
    return RESPONSES[why as StartOutcome['kind']](`${STEP_NOUNS[step]} ${name}`);
  if (isDryRun) {
    const dryRun = DRY_RUN_SENTENCES[action]?.(who, `${DRY_RUN_NOUNS[step]}${name}`);
    return `${dryRun ?? SENTENCES[action](who, name, at)}${because(why)}`;
  }
  const byReason = SENTENCES_BY_REASON.get(why ?? '');
  if (byReason !== undefined) return byReason(who, name, step);
  const sentence = (step !== 'start' && STEP_SENTENCES[step][action]) || SENTENCES[action];
  if (why === 'elsewhere' && action !== 'void') return `${sentence(who, name, at)} outside qs-creds`;
  return `${sentence(who, name, at)}${because(why)}`;
}

function because(why: string | undefined): string {
  if (why === undefined) return '';
  const [, date] = /^until (\d{4}-\d{2}-\d{2})$/.exec(why) ?? [];
  return date === undefined ? `: ${reasonOf(why)}` : ` until ${calendarDate(date)}`;
}

/** One sentence per action. `who` acted on the credential `name`; `who` is the bot itself where no person did. */
const SENTENCES: Readonly<Record<AuditAction, (who: string, name: string, at: Date) => string>> = {
  asked: (who, name) => `${who} asked to migrate ${name}`,
  confirmed: (who, name) => `${who} confirmed the migration of ${name}`,
  submitted: (who, name) => `${who} was about to start the migration of ${name}`,
  running: (_, name) => `Adobe started migrating ${name}`,
  migrated: (_, name) => `${name} was *migrated*`,
  bound: (_, name) => `${name} has both credentials now`,
  dry_run: (who, name) => `${who} confirmed a dry run of ${name}: nothing was sent`,
  undone: (_, name) => `the migration of ${name} was undone`,
  failed: (_, name) => `${name} was *not migrated*`,
  needs_attention: (_, name) => `${name} *needs attention*`,
  resolved: (who, name) => `${who} marked ${name} as resolved`,
  continued: (who, name) => `${who} chose to finish the migration of ${name} in Adobe, by hand`,
  cancelled: (who, name) => `${who} cancelled the migration of ${name}`,
  expired: (_, name) => `the question about ${name} expired`,
  void: (_, name) => `the question about ${name} is no longer valid`,
  refused: (who, name) => `${who} was denied access${name === '' ? '' : ` to ${name}`}`,
  checked_again: (who, name) => `${who} checked ${name} with Adobe again`,
  start_answered: (_, name) => `Adobe responded to the start of ${name}`,
  started_outside: (_, name) => `the migration of ${name} was begun outside qs-creds`,
  migrated_outside: (_, name, at) =>
    `${name} was migrated outside qs-creds${isConvertedByAdobe(at) ? ', perhaps by Adobe itself' : ''}`,
  exported: (who) => `${who} exported the credentials`,
  snoozed: (who) => `${who} snoozed their reminders`,
  snooze_ended: (who) => `${who} no longer snoozes their reminders`,
  took_over: (who, name) => `${who} took over the reminders for ${name}`,
  assigned: (who, name) => `${who} assigned the reminders for ${name}`,
  gave_back: (who, name) => `${who} gave back the reminders for ${name}`,
  owner_asked: (who, name) => `${who} asked the migrators to migrate ${name}`,
  not_mine: (who, name) => `${who} said that ${name} is not theirs`,
  held: (who, name) => `${who} put ${name} on hold`,
  hold_ended: (who, name) => `${who} ended the hold on ${name}`,
  hold_overridden: (who, name) => `${who} overrode the hold on ${name}`,
  hold_expired: (_, name) => `the hold on ${name} expired`,
  failure_acknowledged: (who, name) => `${who} acknowledged that jobs of ${name} failed after its migration`,
  reminders_paused: (who) => `${who} paused the reminders`,
  reminders_resumed: (who) => `${who} resumed the reminders`,
  reminders_sent_by_hand: (who) => `${who} sent reminders manually`,
};

/** Sentences that differ for finishing or undoing what the Developer Console began. */
const STEP_SENTENCES: Readonly<
  Record<'finish' | 'cancel', Partial<Record<AuditAction, (who: string, name: string) => string>>>
> = {
  finish: {
    asked: (who, name) => `${who} asked to finish the migration of ${name}`,
    confirmed: (who, name) => `${who} confirmed finishing the migration of ${name}`,
    submitted: (who, name) => `${who} was about to finish the migration of ${name}`,
    failed: (_, name) => `the migration of ${name} was *not finished*`,
    cancelled: (who, name) => `${who} cancelled finishing the migration of ${name}`,
    start_answered: (_, name) => `Adobe responded to finishing the migration of ${name}`,
  },
  cancel: {
    asked: (who, name) => `${who} asked to undo the migration of ${name}`,
    confirmed: (who, name) => `${who} confirmed undoing the migration of ${name}`,
    submitted: (who, name) => `${who} was about to undo the migration of ${name}`,
    failed: (_, name) => `the migration of ${name} was *not undone*`,
    start_answered: (_, name) => `Adobe responded to undoing the migration of ${name}`,
  },
};

/** Sentences that differ for a dry run; `what`: the credential, or what was to be done with it. */
const DRY_RUN_SENTENCES: Partial<Record<AuditAction, (who: string, what: string) => string>> = {
  asked: (who, what) => `${who} asked for a dry run of ${what}`,
  dry_run: (who, what) => `${who} confirmed a dry run of ${what}: nothing was sent`,
  cancelled: (who, what) => `${who} cancelled a dry run of ${what}`,
  expired: (_, what) => `the question about a dry run of ${what} expired`,
  void: (_, what) => `the question about a dry run of ${what} is no longer valid`,
};
const DRY_RUN_NOUNS: Readonly<Record<Step, string>> = { start: '', finish: 'finishing ', cancel: 'undoing ' };

/**
 * Sentences for a recorded reason, used instead of the action's own: a hand-off, an end by a person, a confirmation
 * that expired.
 */
const SENTENCES_BY_REASON = new Map([
  ['handed_over', (who: string, name: string) => `${who} handed ${name} over: a person presses Migrate in Adobe`],
  ['withdrawn', (who: string, name: string) => `${who} withdrew ${name} before its turn: nothing was sent`],
  [
    'declined',
    (who: string, name: string, step: Step) =>
      `${who} declined ${step === 'finish' ? 'finishing the' : 'the'} migration of ${name}`,
  ],
  ['handed_back', (who: string, name: string) => `${who} left ${name} for now: it was *not migrated*`],
  [RESTORED, (_: string, name: string) => `the confirmation of ${name} expired, because a backup was restored`],
]);

/** Adobe's response, by what it meant; `what`: "the start of `name`". */
const RESPONSES: Readonly<Record<StartOutcome['kind'], (what: string) => string>> = {
  accepted: (what) => `Adobe accepted ${what}`,
  refused: (what) => `Adobe refused ${what}`,
  unsent: (what) => `${what} could not be sent`,
  late: (what) => `${what} was not sent: the app had been suspended`,
  unclear: (what) => `Adobe's response to ${what} was lost or unclear`,
};
const STEP_NOUNS: Readonly<Record<Step, string>> = {
  start: 'the start of',
  finish: 'finishing the migration of',
  cancel: 'undoing the migration of',
};

/** What a person wanted to do, for actions whose name does not say so; `name`: of a credential, or empty. */
const WANTED: Readonly<Record<string, (name: string) => string>> = {
  home: () => 'open Home',
  'redraw home': () => 'keep Home open',
  list: () => 'see the list',
  refresh: () => 'refresh the list',
  status: () => 'see the status',
  history: () => 'see the history',
  chart: () => 'see the chart',
  export: () => 'export the credentials',
  faq: () => 'read the FAQ',
  help: () => 'read the help',
  remind: () => 'manage the reminders',
  'remind now': () => 'send reminders',
  snooze: () => 'snooze reminders',
  pick: () => 'choose a credential',
  migrate: (name) => `migrate ${name || 'a credential'}`,
  confirm: (name) => `confirm the migration of ${name || 'a credential'}`,
  decline: (name) => `decline the migration of ${name || 'a credential'}`,
  cancel: (name) => `cancel the migration of ${name || 'a credential'}`,
  finish: (name) => `finish the migration of ${name || 'a credential'}`,
  undo: (name) => `undo the migration of ${name || 'a credential'}`,
  'ask for migration': (name) => `ask to migrate ${name || 'a credential'}`,
  'not mine': (name) => `say that ${name || 'a credential'} is not theirs`,
  'answer a reminder': () => 'answer a reminder',
  hold: (name) => `put ${name || 'a credential'} on hold`,
  'end a hold': (name) => `end the hold on ${name || 'a credential'}`,
  withdraw: (name) => `withdraw the migration of ${name || 'a credential'}`,
  'not now': (name) => `leave ${name || 'a credential'} for now`,
  'finish in Adobe': (name) => `finish ${name || 'a migration'} in Adobe`,
  'check again': (name) => `check ${name || 'a credential'} again`,
  'mark as resolved': (name) => `mark ${name || 'a credential'} as resolved`,
  acknowledge: (name) => `acknowledge a failure of ${name || 'a credential'}`,
  assign: () => 'assign reminders',
  'give back': () => 'give back reminders',
  'take over': (name) => `take over the reminders for ${name || 'a credential'}`,
};

function deniedWords(who: string, name: string, wanted: string | undefined): string {
  if (wanted === undefined) return SENTENCES.refused(who, name, new Date(0));
  const words = wantedWords(wanted, name) ?? [wanted.replaceAll('_', ' '), name].filter((part) => part).join(' ');
  return `${who} wanted to ${words} and was denied access`;
}

/** "confirm the migration of `x`": the action that was denied; null if unknown. `name`: as mrkdwn, may be empty. */
export function wantedWords(wanted: string, name: string): string | null {
  return Object.hasOwn(WANTED, wanted) ? (WANTED[wanted]?.(name) ?? null) : null;
}

type ReasonCode = 'handed_over' | Reason['code'] | DenialReason | AdobeStatus | AdobeErrorKind | StartOutcome['kind'];

/** Words for every code that the trail records as a reason. */
const REASONS: Readonly<Record<ReasonCode, string>> = {
  handed_over: 'a person presses Migrate in Adobe',
  declined: 'a second person declined',
  handed_back: 'left for now',
  withdrawn: 'withdrawn before its turn',
  dry_run: 'a dry run',
  dry_run_set: 'the app was set to dry runs before its turn',
  refused: 'Adobe refused',
  unsent: 'the start could not be sent',
  late: 'the app was suspended before the start, so nothing was sent',
  unchecked: "Adobe's state could not be read before the start",
  not_eligible: 'the migration does not apply to it',
  outdated: 'the confirmation expired before its turn',
  restored: 'a backup was restored',
  put_back: 'Adobe set it back to not started',
  unclear: 'the outcome is unclear',
  resolved: 'resolved in Adobe',
  elsewhere: 'outside qs-creds',
  changed: 'the credential had changed',
  impact_changed: 'what depends on it had changed',
  answered_elsewhere: 'another question about it was confirmed',
  asked_again: 'the same person asked again',
  not_posted: 'the question could not be posted',
  bot: 'a bot',
  deactivated: 'deactivated in Slack',
  foreign: 'not a member of this workspace',
  guest: 'a guest',
  unverified: 'not verified with Slack',
  not_migrator: 'read-only access',
  not_owner: 'not the owner',
  held: 'on hold',
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

/** A code in words; an unknown code, from an older or newer version, is only made legible. */
function reasonOf(why: string): string {
  return Object.hasOwn(REASONS, why) ? REASONS[why as ReasonCode] : why.replaceAll('_', ' ');
}
