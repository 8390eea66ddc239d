import type { AuditEntry } from '../audit/audit-entry.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import type { MessageRef, Migration } from '../migrations/migration.ts';
import type { Watched } from '../watch/watch.ts';
import type {
  Addressed,
  AnsweredNotice,
  AskAnswer,
  AskNotice,
  AssignmentNotice,
  HoldNotice,
  NotMineNotice,
  PressNotice,
} from './notice.ts';

export interface WaitingNotice extends Addressed {
  readonly createdAt: Date;
}

/** Where an owner's ask stands with a button that can do nothing any more, and why. */
export interface OpenAsk extends WaitingNotice {
  readonly notice: AskNotice;
  readonly message: MessageRef;
  readonly answer: AskAnswer;
}

export interface NoticeStore {
  /**
   * Records notices, with the audit rows of what they are about; neither where all of them were recorded before.
   * @returns how many were not
   */
  add(notices: readonly Addressed[], entries: readonly AuditEntry[], at: Date): Promise<number>;
  /** Not sent yet, and claimed by nobody, oldest first. */
  waiting(now: Date, atMost: number): Promise<WaitingNotice[]>;
  /** Claims one before it is sent: true for exactly one caller, until `until`. */
  claim(notice: Addressed, now: Date, until: Date): Promise<boolean>;
  /** The claimed notice was not sent. */
  release(notice: Addressed): Promise<void>;
  /** Never to be sent again. `sentTo`: the user id, and where it stands; null: it was not needed, or cannot be sent. */
  close(notice: Addressed, at: Date, sentTo: string | null, message: MessageRef | null): Promise<void>;
  /** What owners have asked and nobody can be asked for any more, while its message still has its button. */
  answeredAsks(atMost: number): Promise<OpenAsk[]>;
  /** The message of an ask is not to be edited again. `told`: recorded with it, null: none. */
  closeAsk(ask: Addressed, told: Addressed | null, at: Date): Promise<void>;
  /** Instead of this address, these get it; those who have it already keep theirs. */
  readdress(notice: WaitingNotice, addresses: readonly string[], at: Date): Promise<void>;
  /** Whether this person got a notice of this subject, by whatever address. */
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
  | ({ readonly kind: 'watch' } & Watched)
  | { readonly kind: 'acknowledged'; readonly migration: Migration; readonly by: string };

export interface NoticeMessages {
  /**
   * Sends a direct message; what somebody is to press goes to its channel instead where Slack takes none to them. To a
   * channel: what an owner asks. To `THREAD`: a reply below the migration's message, which the channel shows, too, where an
   * end is for all; or where no reply is possible a direct message to who confirmed it.
   * @returns where it stands; `rejected`: Slack takes it nowhere, or other companies read along; `not_sent`: Slack has not taken it for sure.
   * @throws {RateLimitedError} when Slack asks for a pause, and other errors when it may have been taken
   */
  notify(recipient: string, content: NoticeContent): Promise<MessageRef | 'rejected' | 'not_sent'>;
  /**
   * Replaces the button of an ask by what became of it. `migration`: by which it was migrated, null: not by one of ours.
   * Resolves where Slack takes no edit for good as well. @throws {RateLimitedError} when Slack asks for a pause, and other
   * errors when it has to be tried again
   */
  closeAsk(ask: OpenAsk, migration: Migration | null): Promise<void>;
}
