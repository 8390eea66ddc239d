import type { AuditEntry } from '../audit/audit-entry.ts';
import type { MessageRef } from '../migrations/migration.ts';

/** Why a round exists: its window began, a migrator started it, or nothing is left to migrate (the closing message). */
export type RoundKind = 'window' | 'manual' | 'all_done';

/** One round of reminders. */
export interface ReminderRound {
  /** Unique: the window's key, the id of the request to send now, or a key derived from the round it closes. */
  readonly key: string;
  readonly kind: RoundKind;
  readonly startedAt: Date;
  /** Null while messages of it are still to be sent. */
  readonly finishedAt: Date | null;
}

/** The person with an owner's email, according to Slack. */
export type Recipient =
  | { readonly kind: 'person'; readonly userId: string }
  | { readonly kind: 'unreachable'; readonly why: UnreachableCode };

export type UnreachableCode =
  /** No one in Slack has this email. */
  | 'unknown'
  | 'deactivated'
  | 'guest'
  /** A bot, or a member of another workspace. */
  | 'not_a_member'
  /** Slack rejects direct messages to this person. */
  | 'rejected'
  /** Slack rejects the look-up of this email. */
  | 'lookup_rejected'
  /** The app may not look people up. Never persisted, since an operator can fix it. */
  | 'not_permitted';

/** The recipient id of a round's message in the channel; `digest/1` … of its further parts. All others are Slack user ids. */
export const CHANNEL_RECIPIENT_ID = 'digest';

/** The error of a channel at which Slack only fails (5xx, pauses, no response), instead of a code of Slack's. */
export const CHANNEL_FAILING = 'no_proper_response';

export interface Pause {
  readonly by: string;
  readonly at: Date;
  /** First day of reminders again, `YYYY-MM-DD`; null until a migrator resumes them. */
  readonly until: string | null;
}

export interface ReminderStore {
  /** Starts a round unless there is one with this key. `servedWithIt`: keys of windows that are served by it as well. */
  startRound(round: Omit<ReminderRound, 'finishedAt'>, servedWithIt?: readonly string[]): Promise<void>;
  /**
   * Starts the rounds and writes the audit entry, all or nothing. False, without effect, when the first round's key
   * exists: its request was served before. Of the other rounds, an existing one is finished if the given one is.
   */
  startManualRound(rounds: readonly ReminderRound[], entry: AuditEntry): Promise<boolean>;
  round(key: string): Promise<ReminderRound | null>;
  /** Oldest first. */
  unfinishedRounds(): Promise<ReminderRound[]>;
  /** The round that was started last. */
  latestRound(): Promise<ReminderRound | null>;
  finishRound(key: string, at: Date): Promise<void>;

  /**
   * Claims one message before it is sent: `claimed` for exactly one caller, until `until`. `closed`, permanently, once
   * the message was closed; `busy` while another caller holds the claim, which is free again after its `until`.
   */
  claim(round: string, recipientId: string, now: Date, until: Date): Promise<'claimed' | 'closed' | 'busy'>;
  /** Ends a claim whose message was not sent, so that it is retried. */
  release(round: string, recipientId: string): Promise<void>;
  /** Never to be sent again: it was sent (`message`; `content`: by which it can be edited), Slack rejected it (`why`), or nothing was left to say. */
  close(
    round: string,
    recipientId: string,
    at: Date,
    outcome: { readonly message?: MessageRef; readonly why?: UnreachableCode; readonly content?: string },
  ): Promise<void>;
  isClosed(round: string, recipientId: string): Promise<boolean>;
  /** Ids of a round's recipients whose message Slack rejected. */
  rejectedRecipients(round: string): Promise<string[]>;

  /** Slack user ids of those of these owners whom Slack has ever identified, by email in lower case. */
  userIdsByEmail(emails: readonly string[]): Promise<Map<string, string>>;
  /** What Slack said about an email after `since`; null when it was not looked up. */
  recipient(email: string, since: Date): Promise<Recipient | null>;
  rememberRecipient(email: string, recipient: Recipient, at: Date): Promise<void>;

  /** Until when a person has snoozed, `YYYY-MM-DD`; null when not. */
  snoozedUntil(userId: string): Promise<string | null>;
  snooze(userId: string, until: string): Promise<void>;
  /** False when the person has not snoozed beyond `today`. */
  endSnooze(userId: string, today: string): Promise<boolean>;
  /** Technical account id → user id of the person who took over its reminders. */
  takeovers(): Promise<Map<string, string>>;
  /** Whether this person took the credential over, or Slack has said that the address of its owner is theirs. */
  answersFor(
    userId: string,
    credential: { readonly technicalAccountId: string; readonly owner: string | null },
  ): Promise<boolean>;

  pause(): Promise<Pause | null>;
  setPause(pause: Pause | null): Promise<void>;
  /** Why the channel rejected the message, as a code; null if it accepted the last one. */
  channelError(): Promise<string | null>;
  /** True when the code differs from the known one. */
  setChannelError(code: string | null): Promise<boolean>;
}
