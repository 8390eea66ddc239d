import type { Migration, MigrationState, Reason } from '../migrations/migration.ts';

/** To the holder: somebody else ended the hold, or its last day has passed. */
export interface HoldNotice {
  readonly kind: 'hold_over';
  readonly technicalAccountId: string;
  readonly name: string;
  readonly reason: string;
  readonly lastDay: string;
  /** Who ended it, as a Slack user id, and why, in their own words; null: its last day has passed. */
  readonly endedBy: { readonly userId: string; readonly why: string | null } | null;
}

/** To the owner: somebody else migrates their credential. `state`: what it reports; a later state makes it obsolete. */
export interface MigrationNotice {
  readonly kind: 'migration';
  readonly migrationId: string;
  readonly state: MigrationState;
}

/** To the channel of the reminders, or else to a migrator: the owner of a credential asks to migrate it. */
export interface AskNotice {
  readonly kind: 'owner_ask';
  readonly technicalAccountId: string;
  readonly name: string;
  readonly askedBy: string;
  /** In the person's own words: text from outside. */
  readonly note: string;
}

/** Why there is nothing left to ask for. */
export type AskAnswer = 'migrated' | 'not_eligible' | 'gone';

/** To the owner who asked: there is nothing left to ask for, and no migration from here has notified them. */
export interface AnsweredNotice {
  readonly kind: 'ask_answered';
  readonly technicalAccountId: string;
  readonly name: string;
  readonly answer: AskAnswer;
  /** When that was found, ISO 8601. */
  readonly at: string;
}

/** To the channel of the reminders, or else to a migrator: the owner named by Adobe says that these are not theirs. */
export interface NotMineNotice {
  readonly kind: 'not_mine';
  readonly credentials: readonly { readonly technicalAccountId: string; readonly name: string }[];
  readonly saidBy: string;
  /** In the person's own words: text from outside. Empty: none. */
  readonly note: string;
}

/** Maximum number of credentials that a person can report as not theirs at once. */
export const MAX_NOT_MINE = 20;

/** Maximum number of migrators who are asked by direct message. */
export const MAX_ASKED = 10;

/** To the person who confirmed: they have to press Migrate in Adobe. */
export interface PressNotice {
  readonly kind: 'press';
  readonly migrationId: string;
  /** `turn`: the migration's turn has come after others; `reminder`: nobody has pressed Migrate for an hour. */
  readonly why: 'turn' | 'reminder';
}

/** How a credential's jobs have run since its migration. `told`: the gist; a later one makes the notice obsolete. */
export interface WatchNotice {
  readonly kind: 'watch';
  readonly migrationId: string;
  readonly told: string;
}

/** A person acknowledged a failure after a migration: who, as a Slack user id. */
export interface AcknowledgedNotice {
  readonly kind: 'acknowledged';
  readonly migrationId: string;
  readonly by: string;
}

/**
 * Posted below the migration's message: that message was edited when the migration ended, and an edit notifies nobody.
 */
export interface EndNotice {
  readonly kind: 'end';
  readonly migrationId: string;
  /** ISO 8601; a later end makes the notice obsolete. */
  readonly endedAt: string;
}

/** Some credentials: how many, and the names of the first ones. */
interface NamedCredentials {
  readonly names: readonly string[];
  readonly count: number;
}

/** To the person who is notified about them from now on, instead of `owner` (null: none, or not mentioned). */
export interface AssignedNotice extends NamedCredentials {
  readonly kind: 'assigned';
  readonly by: string;
  /** The id with which the person can give them back. */
  readonly assignment: string;
  readonly owner: string | null;
  /** Who was notified about them before without being assigned, as a Slack user id; left out or null: no one. */
  readonly notified?: string | null;
}

/** To the person who was notified about them until now. */
export interface ReassignedNotice extends NamedCredentials {
  readonly kind: 'reassigned';
  readonly by: string;
  readonly to: string;
}

/** To the person who had assigned them: they were given back. */
export interface GivenBackNotice extends NamedCredentials {
  readonly kind: 'given_back';
  readonly by: string;
}

/** Notices about a change of who is notified. */
export type AssignmentNotice = AssignedNotice | ReassignedNotice | GivenBackNotice;

/** To the person who asked, if a second person has to confirm: the outcome of the question. */
export interface DecisionNotice {
  readonly kind: 'decision';
  readonly migrationId: string;
}

export type Notice =
  | AssignmentNotice
  | DecisionNotice
  | HoldNotice
  | MigrationNotice
  | EndNotice
  | AskNotice
  | AnsweredNotice
  | NotMineNotice
  | PressNotice
  | WatchNotice
  | AcknowledgedNotice;

/** The people who waited for an end, as Slack user ids: who confirmed and who asked, except the one who caused it. */
export function peopleAwaitingEnd({ decidedBy, askedBy, reason }: Migration): readonly string[] {
  const by = reason !== null && 'by' in reason ? reason.by : null;
  return [...new Set([decidedBy ?? askedBy, askedBy])].filter((userId) => userId !== by);
}

/** Ends that a person chose. */
const CHOSEN: ReadonlySet<Reason['code'] | undefined> = new Set(['withdrawn', 'handed_back']);

/** Whether everyone in the channel should see an end: the credential is not migrated, and nobody chose that. */
export function isForEveryone({ state, reason }: Pick<Migration, 'state' | 'reason'>): boolean {
  return state === 'needs_attention' || (state === 'failed' && !CHOSEN.has(reason?.code));
}

/** Used as an address: below the message of the migration, for everyone who sees that message. */
export const THREAD = 'thread';

/** A notice, and where it goes. */
export interface AddressedNotice {
  /** What it is about: each person gets one notice of a subject. */
  readonly subject: string;
  /** A Slack user id, the email of a credential's owner, the id of a channel, or `THREAD`. */
  readonly address: string;
  readonly notice: Notice;
}
