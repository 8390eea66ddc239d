import type { Page } from '../lib/page.ts';
import type { AddressedNotice } from '../notices/notice.ts';
import type { Watch, WatchedMigration } from './watch.ts';

export interface WatchStore {
  /** Begins a watch of this length for every migration that ended after `endedAfter` and has none. */
  begin(endedAfter: Date, lengthMs: number): Promise<void>;
  /** The watch that has waited longest for a look; null if none is due. */
  due(now: Date): Promise<WatchedMigration | null>;
  /** Counts a look before it is taken; true for exactly one caller. After a crash, it is due again at `retryAt`. */
  claim(watch: Watch, retryAt: Date): Promise<boolean>;
  /**
   * Stores what a look found, with its notices; no effect if there was another look meanwhile. Only a new failure
   * clears an acknowledgement: a person may have acknowledged during the look.
   */
  save(
    watch: Watch,
    look: { readonly at: Date; readonly notices: readonly AddressedNotice[]; readonly hasNewFailure: boolean },
  ): Promise<void>;
  get(migrationId: string): Promise<Watch | null>;
  /** Watches with a failure that nobody has acknowledged, the latest first. */
  unacknowledged(atMost: number): Promise<Page<WatchedMigration>>;
  /** Records who acknowledged a failure, with the audit row and the notice; false if there is none to acknowledge. */
  acknowledge(watched: WatchedMigration, by: string, at: Date, notice: AddressedNotice): Promise<boolean>;
}
