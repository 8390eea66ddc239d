import type { AuditEntry } from '../audit/audit-entry.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import type { MessageRef, Migration } from '../migrations/migration.ts';
import type { WatchedMigration } from '../watch/watch.ts';
import type {
  AddressedNotice,
  AnsweredNotice,
  AskAnswer,
  AskNotice,
  AssignmentNotice,
  HoldNotice,
  NotMineNotice,
  PressNotice,
} from './notice.ts';

export interface WaitingNotice extends AddressedNotice {
  readonly createdAt: Date;
}

/** An owner's ask whose message still has a button that no longer does anything, and why. */
export interface AnsweredAsk extends WaitingNotice {
  readonly notice: AskNotice;
  readonly message: MessageRef;
  readonly answer: AskAnswer;
}

export interface NoticeStore {
  /**
   * Records notices, with the audit rows of what they are about; nothing if all of them were recorded before.
   * @returns how many are new
   */
  add(notices: readonly AddressedNotice[], entries: readonly AuditEntry[], at: Date): Promise<number>;
  /** Notices that are not sent yet and claimed by nobody, oldest first. */
  waiting(now: Date, atMost: number): Promise<WaitingNotice[]>;
  /** Claims one before it is sent: true for exactly one caller, until `until`. */
  claim(notice: AddressedNotice, now: Date, until: Date): Promise<boolean>;
  /** Releases the claim of a notice that was not sent. */
  release(notice: AddressedNotice): Promise<void>;
  /**
   * Closes a notice for good. `sentTo`: the user id, and `message` where it is; null: not needed, or cannot be sent.
   */
  close(notice: AddressedNotice, at: Date, sentTo: string | null, message: MessageRef | null): Promise<void>;
  /** Asks of owners about which nothing is left to do, while their messages still have the button. */
  answeredAsks(atMost: number): Promise<AnsweredAsk[]>;
  /** Records that the message of an ask is not edited again, and with it the notice of its outcome; null: none. */
  closeAsk(ask: AddressedNotice, outcome: AddressedNotice | null, at: Date): Promise<void>;
  /** Readdresses the notice to these addresses; those that have it already keep theirs. */
  readdress(notice: WaitingNotice, addresses: readonly string[], at: Date): Promise<void>;
  /** Whether this person got a notice of this subject, at any address. */
  isSentTo(subject: string, userId: string): Promise<boolean>;
}

/** An ask, with the credential as it is when it is sent; null: Adobe no longer shows it. */
export interface AskContent extends AskNotice {
  readonly credential: ListedCredential | null;
  readonly at: Date;
}

/** What a notice says; `url`: where to press Migrate. */
export type NoticeContent =
  | HoldNotice
  | AskContent
  | AnsweredNotice
  | NotMineNotice
  | AssignmentNotice
  | { readonly kind: 'migration' | 'end' | 'decision'; readonly migration: Migration }
  | { readonly kind: 'press'; readonly why: PressNotice['why']; readonly migration: Migration; readonly url: string }
  | ({ readonly kind: 'watch' } & WatchedMigration)
  | { readonly kind: 'acknowledged'; readonly migration: Migration; readonly by: string };

export interface NoticeMessages {
  /**
   * Sends a notice. To a person, by direct message; a `press` notice that Slack rejects there goes to the migration's
   * channel instead. To a channel: an owner's ask. To `THREAD`: a reply below the migration's message, also shown in
   * the channel if the end is for everyone; if no reply is possible, a direct message to the person who confirmed.
   * @returns where the message is; `rejected`: Slack accepts it nowhere, or other companies could read it; `not_sent`:
   * Slack certainly did not accept it
   * @throws {RateLimitedError} when Slack asks for a pause, and other errors when it may have been accepted
   */
  notify(recipient: string, content: NoticeContent): Promise<MessageRef | 'rejected' | 'not_sent'>;
  /**
   * Replaces the button of an ask with the outcome. `migration`: the one that migrated the credential; null: none of
   * ours did. Also resolves if Slack permanently rejects the edit.
   * @throws {RateLimitedError} when Slack asks for a pause, and other errors when it has to be tried again
   */
  closeAsk(ask: AnsweredAsk, migration: Migration | null): Promise<void>;
}
