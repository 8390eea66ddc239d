import type { MessageRef } from '../migrations/migration.ts';

/** One round of reminders: a window's, or one that somebody sent by hand. */
export interface ReminderRound {
  /** The window's key, or one of its own. */
  readonly key: string;
  /** Days left when its window began; negative once overdue. */
  readonly days: number;
  readonly startedAt: Date;
  /** Null while messages of it are still to be sent. */
  readonly finishedAt: Date | null;
}

/** Who is to be reached at an owner's email, as Slack had it. */
export type Recipient =
  | { readonly kind: 'person'; readonly userId: string }
  | { readonly kind: 'unreachable'; readonly why: UnreachableCode };

export type UnreachableCode =
  /** Nobody in Slack has this email. */
  | 'unknown'
  | 'deactivated'
  | 'guest'
  /** A bot, or somebody of another workspace. */
  | 'not_a_member'
  /** Slack refuses direct messages to this person. */
  | 'refused';

/** The recipient of the channel's digest; every other recipient is a Slack user id. */
export const DIGEST = 'digest';

export interface Pause {
  readonly by: string;
  readonly at: Date;
  /** First day of reminders again, `YYYY-MM-DD`; null until somebody resumes. */
  readonly until: string | null;
}

export interface ReminderStore {
  /** Opens a batch, or gives the one of this key as it is. */
  startRound(batch: Omit<ReminderRound, 'finishedAt'>): Promise<ReminderRound>;
  batch(key: string): Promise<ReminderRound | null>;
  unfinished(): Promise<ReminderRound[]>;
  /** The latest one that was opened. */
  latestRound(): Promise<ReminderRound | null>;
  finish(key: string, at: Date): Promise<void>;

  /**
   * Claims one message before it is sent: `claimed` for exactly one caller, until `until`. `closed` for ever once it
   * was; `busy` while somebody else has it, who may have vanished: then it is to be claimed after `until`.
   */
  claim(batch: string, recipient: string, now: Date, until: Date): Promise<'claimed' | 'closed' | 'busy'>;
  /** Gives a claim back: it was not sent, and is to be tried again. */
  release(batch: string, recipient: string): Promise<void>;
  /** Never again: it was sent (`message`), Slack refused it (`why`), or there was nothing left to say. */
  close(
    batch: string,
    recipient: string,
    at: Date,
    outcome: { readonly message?: MessageRef; readonly why?: UnreachableCode },
  ): Promise<void>;
  isClosed(batch: string, recipient: string): Promise<boolean>;
  /** Recipients of a batch whom Slack refused. */
  refused(batch: string): Promise<string[]>;

  /** What Slack said of an email not longer ago than `since`. */
  recipient(email: string, since: Date): Promise<Recipient | null>;
  rememberRecipient(email: string, recipient: Recipient, at: Date): Promise<void>;

  /** Until when somebody asked to be left alone, `YYYY-MM-DD`; null when not. */
  snoozedUntil(userId: string): Promise<string | null>;
  snooze(userId: string, until: string): Promise<void>;
  /** Technical account id → who took over being reminded. */
  takeovers(): Promise<Map<string, string>>;
  takeOver(technicalAccountId: string, userId: string): Promise<void>;

  pause(): Promise<Pause | null>;
  setPause(pause: Pause | null): Promise<void>;
  /** Slack's code for why the digest could not be posted, and whether the migrators were told. */
  fault(): Promise<string | null>;
  /** True when this is another fault than the one known. */
  setFault(code: string | null): Promise<boolean>;
}
