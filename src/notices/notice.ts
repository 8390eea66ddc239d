import type { Migration, MigrationState, Reason } from '../migrations/migration.ts';

/** To the holder: the hold is over without their doing. */
export interface HoldNotice {
  readonly kind: 'hold_over';
  readonly technicalAccountId: string;
  readonly name: string;
  readonly reason: string;
  readonly lastDay: string;
  /** Who ended it, as a Slack user id, and why, in their own words; null: its last day has passed. */
  readonly endedBy: { readonly userId: string; readonly why: string | null } | null;
}

/** To the owner: somebody else migrates theirs. `state`: what it tells; a later state makes it pointless. */
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

/** To the owner who asked: there is nothing left to ask for, and no migration from here has told them. */
export interface AnsweredNotice {
  readonly kind: 'ask_answered';
  readonly technicalAccountId: string;
  readonly name: string;
  readonly answer: AskAnswer;
  /** When it was found, ISO 8601. */
  readonly at: string;
}

/** To the channel of the reminders, or else to a migrator: whom Adobe names as the owner says that these are not theirs. */
export interface NotMineNotice {
  readonly kind: 'not_mine';
  readonly credentials: readonly { readonly technicalAccountId: string; readonly name: string }[];
  readonly saidBy: string;
  /** In the person's own words: text from outside. Empty: none. */
  readonly note: string;
}

/** The most credentials of which a person says so at once. */
export const MAX_NOT_MINE = 20;

/** The most migrators who are asked by direct message. */
export const MAX_ASKED = 10;

/** Ids of Slack's channels begin so; those of people with U or W. */
export const CHANNEL_ID = /^[CG]/;

/** To the person who confirmed: they are to press Migrate in Adobe. */
export interface PressNotice {
  readonly kind: 'press';
  readonly migrationId: string;
  /** Its turn has come, after others; or nobody has pressed for an hour. */
  readonly why: 'turn' | 'reminder';
}

/** How the jobs of a credential have run since its migration. `told`: the gist; a later one makes it pointless. */
export interface WatchNotice {
  readonly kind: 'watch';
  readonly migrationId: string;
  readonly told: string;
}

/** A person takes care of what has failed since a migration: who, as a Slack user id. */
export interface AcknowledgedNotice {
  readonly kind: 'acknowledged';
  readonly migrationId: string;
  readonly by: string;
}

/** Below the migration's message, which was edited when it ended: an edit notifies nobody. */
export interface EndNotice {
  readonly kind: 'end';
  readonly migrationId: string;
  /** ISO 8601; a later end makes it pointless. */
  readonly endedAt: string;
}

/** Some credentials: the names of the first of them. */
interface Named {
  readonly names: readonly string[];
  readonly count: number;
}

/** To the person who is notified about them from now on, instead of `owner` (null: they have none, or it is not said). */
export interface AssignedNotice extends Named {
  readonly kind: 'assigned';
  readonly by: string;
  /** By which they give them back. */
  readonly assignment: string;
  readonly owner: string | null;
  /** Who was notified about them until then without being assigned, as a Slack user id; left out, null: no one. */
  readonly notified?: string | null;
}

/** To the person who was notified about them until now. */
export interface ReassignedNotice extends Named {
  readonly kind: 'reassigned';
  readonly by: string;
  readonly to: string;
}

/** To who had assigned them: the person gave them back. */
export interface GivenBackNotice extends Named {
  readonly kind: 'given_back';
  readonly by: string;
}

/** About who is notified. */
export type AssignmentNotice = AssignedNotice | ReassignedNotice | GivenBackNotice;

/** To who asked, where a second person has to confirm: what became of the question. */
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

/** Who waited for an end, as Slack user ids: who confirmed and who asked, without the person who brought it about. */
export function waitedForEnd({ decidedBy, askedBy, reason }: Migration): readonly string[] {
  const by = reason !== null && 'by' in reason ? reason.by : null;
  return [...new Set([decidedBy ?? askedBy, askedBy])].filter((userId) => userId !== by);
}

/** Ends that a person chose. */
const CHOSEN: ReadonlySet<Reason['code'] | undefined> = new Set(['withdrawn', 'handed_back']);

/** Whether all who read the channel are to see an end: it is not migrated, and nobody wanted that. */
export function isForAll({ state, reason }: Pick<Migration, 'state' | 'reason'>): boolean {
  return state === 'needs_attention' || (state === 'failed' && !CHOSEN.has(reason?.code));
}

/** Instead of a person's address: below the message of the migration, for all who see that. */
export const THREAD = 'thread';

/** A notice, and to whom. */
export interface Addressed {
  /** What it is about: each person gets one notice of a subject. */
  readonly subject: string;
  /** A Slack user id, the email of a credential's owner, the id of a channel, or `THREAD`. */
  readonly address: string;
  readonly notice: Notice;
}
