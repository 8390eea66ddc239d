import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Migration } from '../migrations/migration.ts';
import type { Watched } from '../watch/watch.ts';
import type { Addressed, AskNotice, HoldNotice, PressNotice } from './notice.ts';

export interface WaitingNotice extends Addressed {
  readonly createdAt: Date;
}

export interface NoticeStore {
  /** Records notices, with the audit row of what they are about. */
  add(notices: readonly Addressed[], entry: AuditEntry): Promise<void>;
  /** Not sent yet, and claimed by nobody, oldest first. */
  waiting(now: Date, atMost: number): Promise<WaitingNotice[]>;
  /** Claims one before it is sent: true for exactly one caller, until `until`. */
  claim(notice: Addressed, now: Date, until: Date): Promise<boolean>;
  /** The claimed notice was not sent. */
  release(notice: Addressed): Promise<void>;
  /** Never to be sent again. `sentTo`: the user id; null: it was not needed, or cannot be sent. */
  close(notice: Addressed, at: Date, sentTo: string | null): Promise<void>;
  /** Instead of this address, these get it; those who have it already keep theirs. */
  readdress(notice: WaitingNotice, addresses: readonly string[], at: Date): Promise<void>;
  /** Whether this person got a notice of this subject, by whatever address. */
  isSentTo(subject: string, userId: string): Promise<boolean>;
}

/** What a notice says; `url`: where to press Migrate. */
export type NoticeContent =
  | HoldNotice
  | AskNotice
  | { readonly kind: 'migration' | 'end'; readonly migration: Migration }
  | { readonly kind: 'press'; readonly why: PressNotice['why']; readonly migration: Migration; readonly url: string }
  | ({ readonly kind: 'watch' } & Watched)
  | { readonly kind: 'acknowledged'; readonly migration: Migration; readonly by: string };

export interface NoticeMessages {
  /**
   * Sends a direct message; what somebody is to press goes to its channel instead where Slack takes none to them. To a
   * channel: what an owner asks. To `THREAD`: a reply below the migration's message, or where that is not possible a direct
   * message to who confirmed it.
   * `rejected`: Slack takes it nowhere, or other companies read along; `not_sent`: Slack has not taken it for sure.
   * @throws {RateLimitedError} when Slack asks for a pause, and other errors when it may have been taken
   */
  notify(recipient: string, content: NoticeContent): Promise<'sent' | 'rejected' | 'not_sent'>;
}
