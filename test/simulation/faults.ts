import type { SqlAuditTrail } from '../../src/audit/store.ts';
import { AdobeError, type AdobeErrorKind } from '../../src/credentials/adobe-error.ts';
import type { SqlCredentialStore } from '../../src/credentials/store.ts';
import type { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import type { SqlLeases } from '../../src/db/leases.ts';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import type { StartOutcome } from '../../src/migrations/method.ts';
import type { SqlMigrationStore } from '../../src/migrations/store.ts';
import type { SqlReminderStore } from '../../src/reminders/store.ts';
import type { ModelAdobe } from './adobe.ts';
import type { ModelSlack } from './slack.ts';

/** What a database or Slack gives when it fails. */
class InjectedError extends Error {
  override readonly name = 'Struck';
}

/** Whether an error is one that was simulated; any other is a mistake of the bot's. */
export function isInjected(error: unknown): boolean {
  return error instanceof InjectedError || error instanceof AdobeError || error instanceof RateLimitedError;
}

/** Something that goes wrong with a call. */
export interface Fault {
  readonly name: string;
  /** Which calls it may strike. */
  readonly on: RegExp;
  /** Whether the call took effect all the same. */
  readonly takesEffect: boolean;
  /** What the caller gets instead of the answer. */
  readonly answer: () => unknown;
}

const DATABASE = /^Sql/;
const ADOBE_READS = /^ModelAdobe\.(?!start)/;
const START = /^ModelAdobe\.start$/;
const LOOKUPS = /^ModelSlack\.(person|membersOf|recipient)$/;
const MESSAGES = /^ModelSlack\.(post|show|remindOwner|postDigest|postAllDone|notifyChannelError)$/;
const REMINDERS = /^ModelSlack\.(remindOwner|postDigest|postAllDone)$/;

function fails(name: string, on: RegExp, takesEffect: boolean, error: () => Error): Fault {
  return {
    name,
    on,
    takesEffect,
    answer: () => {
      throw error();
    },
  };
}

function adobe(name: string, kind: AdobeErrorKind, status?: number): Fault {
  return fails(name, ADOBE_READS, false, () => adobeError(kind, status));
}

function start(
  name: string,
  takesEffect: boolean,
  outcome: Exclude<StartOutcome['kind'], 'accepted'>,
  kind: AdobeErrorKind,
  status?: number,
): Fault {
  return { name, on: START, takesEffect, answer: () => ({ kind: outcome, error: adobeError(kind, status) }) };
}

function adobeError(kind: AdobeErrorKind, status?: number): AdobeError {
  return new AdobeError(kind, 'do as told', status === undefined ? {} : { status });
}

/** Errors as the stores, Adobe's and Slack's clients give them to the services. */
export const FAULTS: readonly Fault[] = [
  fails('database: busy', DATABASE, false, () => new InjectedError('database is locked')),
  fails('database: answer lost', DATABASE, true, () => new InjectedError('connection terminated')),
  adobe('Adobe: timeout', 'lost'),
  adobe('Adobe: no connection', 'unreachable'),
  adobe('Adobe: 5xx', 'unavailable', 503),
  adobe('Adobe: 429', 'throttled', 429),
  adobe('Adobe: 401', 'not_allowed', 401),
  adobe('Adobe: garbage', 'bad_answer'),
  start('start: 400', false, 'refused', 'refused', 400),
  start('start: 429', false, 'refused', 'throttled', 429),
  start('start: 401', false, 'refused', 'not_allowed', 401),
  start('start: not sent', false, 'unsent', 'unreachable'),
  start('start: 5xx, taken', true, 'unclear', 'unavailable', 504),
  start('start: 5xx, not taken', false, 'unclear', 'unavailable', 504),
  start('start: answer lost', true, 'unclear', 'lost'),
  start('start: request lost', false, 'unclear', 'lost'),
  fails('Slack: look-up fails', LOOKUPS, false, () => new InjectedError('fatal_error')),
  fails('Slack: 5xx', MESSAGES, false, () => new InjectedError('service_unavailable')),
  fails('Slack: answer lost', MESSAGES, true, () => new InjectedError('socket hang up')),
  fails('Slack: 429', REMINDERS, false, () => new RateLimitedError(3_000)),
  fails('Slack: 429 to a look-up', /\.recipient$/, false, () => new RateLimitedError(3_000)),
  { name: 'Slack: question refused', on: /\.post$/, takesEffect: false, answer: () => null },
  { name: 'Slack: progress refused', on: /\.show$/, takesEffect: false, answer: () => null },
];

/** Beside those: the request or its answer is slow. */
export const SLOW = ['slow request', 'slow answer'] as const;

/** How much oftener than others a call is struck: what is rare must be, to be struck at all. */
export function weightOf(call: string): number {
  if (DATABASE.test(call) || LOOKUPS.test(call)) return 0.5;
  return START.test(call) ? 50 : 4;
}

/** How long a slow call may take, by what is called. Milliseconds. */
export function maxDelayMs(call: string): number {
  if (DATABASE.test(call)) return 4_000;
  // As the product's Slack client: it waits 10 s, and does not wait longer for what it repeats.
  return call.startsWith('ModelSlack') ? 9_000 : 90_000;
}

/** Every call of a service to a part; a process dies before and after each. A new one is to be added here. */
export const CALLS: readonly string[] = [
  ...calls<SqlCredentialStore>('SqlCredentialStore', ['page', 'get', 'counts', 'setAdobeStatus']),
  ...calls<SqlMigrationStore>('SqlMigrationStore', ['ask', 'get', 'move', 'confirm', 'queue', 'activeOf']),
  ...calls<SqlMigrationStore>('SqlMigrationStore', ['latestConfirmed', 'overdueRequests', 'pendingRequests']),
  ...calls<SqlMigrationStore>('SqlMigrationStore', ['supersededRequests', 'lateCompletions', 'unnotified']),
  ...calls<SqlMigrationStore>('SqlMigrationStore', ['noteStartProblem', 'setMessage', 'setQuestionMessage']),
  ...calls<SqlMigrationStore>('SqlMigrationStore', ['markNotified']),
  ...calls<SqlAuditTrail>('SqlAuditTrail', ['record']),
  ...calls<SqlSyncStore>('SqlSyncStore', ['replaceCredentials', 'adobeStates', 'knownIntegrations']),
  ...calls<SqlSyncStore>('SqlSyncStore', ['rememberIntegrations', 'syncState', 'noteSync']),
  ...calls<SqlLeases>('SqlLeases', ['acquire', 'release']),
  ...calls<SqlReminderStore>('SqlReminderStore', [
    'startRound',
    'startManualRound',
    'round',
    'unfinishedRounds',
    'latestRound',
    'finishRound',
  ]),
  ...calls<SqlReminderStore>('SqlReminderStore', ['claim', 'release', 'close', 'isClosed', 'rejectedRecipients']),
  ...calls<SqlReminderStore>('SqlReminderStore', ['recipient', 'rememberRecipient', 'snoozedUntil', 'snooze']),
  ...calls<SqlReminderStore>('SqlReminderStore', ['takeovers', 'takeOver', 'pause', 'setPause', 'setChannelError']),
  ...calls<ModelAdobe>('ModelAdobe', ['readAccounts', 'integrationIds', 'technicalAccountIdOf']),
  ...calls<ModelAdobe>('ModelAdobe', ['migrationStatus', 'start']),
  ...calls<ModelSlack>('ModelSlack', ['person', 'membersOf', 'post', 'close', 'show', 'recipient']),
  ...calls<ModelSlack>('ModelSlack', ['remindOwner', 'postDigest', 'postAllDone', 'notifyChannelError']),
];

/** The compiler holds the names. */
function calls<Part>(part: string, names: readonly (keyof Part & string)[]): string[] {
  return names.map((name) => `${part}.${name}`);
}

/** Every moment at which a process may die. */
export const CRASH_POINTS: readonly string[] = CALLS.flatMap((call) => [`before ${call}`, `after ${call}`]);

/** Every fault at every call that it may strike. */
const INJECTIONS = CALLS.flatMap((call) => FAULTS.filter(({ on }) => on.test(call)).map((fault) => ({ call, fault })));

/** What one seed tries on purpose. */
export interface SeedFaults {
  readonly crashPoints: readonly string[];
  readonly faults: readonly { readonly call: string; readonly fault: Fault }[];
}

/** Of each kind. */
const OWN = 4;
/** How far apart in the list of all, so that one seed's are of several parts. */
const APART = 47;

/** What must go wrong for a process to come to some of its calls. */
const NEEDED = [
  { before: /noteStartProblem/, call: 'ModelAdobe.start', name: 'start: request lost' },
  { before: /SqlReminderStore.release/, call: 'ModelSlack.postDigest', name: 'Slack: 5xx' },
];

/** Seeds in a row take turns: what is rare is tried too. */
export function faultsOf(seed: number): SeedFaults {
  const turn = <T>(all: readonly T[]): T[] =>
    Array.from({ length: OWN }, (_, i) => all[(seed + i * APART) % all.length]).filter((own) => own !== undefined);
  const crashPoints = turn(CRASH_POINTS);
  const needed = NEEDED.filter(({ before }) => crashPoints.some((moment) => before.test(moment)));
  const faults = INJECTIONS.filter(({ call, fault }) =>
    needed.some((each) => each.call === call && each.name === fault.name),
  );
  return { crashPoints, faults: [...turn(INJECTIONS), ...faults] };
}
