import type { AuditEntry } from '../audit/audit-entry.ts';
import type { HoldNotice } from '../notices/notice.ts';
import type { Hold } from './hold.ts';

/** A hold that is over, or to be ended. */
export interface HeldCredential {
  readonly technicalAccountId: string;
  readonly name: string;
  readonly hold: Hold;
}

export interface HoldStore {
  /**
   * Sets a hold, or replaces the same person's, with its audit row. `in_flight`: not set, since the credential's
   * migration may have been sent. `held`: not set, since somebody else holds it.
   */
  set(technicalAccountId: string, hold: Hold): Promise<'set' | 'in_flight' | 'held'>;
  /**
   * Ends exactly this hold, with its audit row and the notice to its holder, if any. False, without effect, if it was
   * ended or replaced before.
   */
  end(ended: HeldCredential, entry: AuditEntry, notice: HoldNotice | null): Promise<boolean>;
  /** Holds whose last day is before `today`, `YYYY-MM-DD`. */
  expired(today: string): Promise<HeldCredential[]>;
}
