import type { Page } from '../lib/page.ts';
import type { Addressed } from '../notices/notice.ts';
import type { Watch, Watched } from './watch.ts';

export interface WatchStore {
  /** Begins a watch of this length for every migration that ended after `endedAfter` and has none. */
  begin(endedAfter: Date, lengthMs: number): Promise<void>;
  /** The one that has waited longest for a look; null where none is due. */
  due(now: Date): Promise<Watched | null>;
  /** Counts a look before it is taken: true for exactly one caller. After a crash, it is due again at `retryAt`. */
  claim(watch: Watch, retryAt: Date): Promise<boolean>;
  /**
   * Keeps what a look found, with what is to be told of it; without effect when it was looked at again meanwhile. Only a
   * new failure takes an acknowledgement back: a person may have pressed during the look.
   */
  save(
    watch: Watch,
    look: { readonly at: Date; readonly notices: readonly Addressed[]; readonly hasNewFailure: boolean },
  ): Promise<void>;
  get(migrationId: string): Promise<Watch | null>;
  /** Those with a failure that nobody has acknowledged, the latest first. */
  unacknowledged(atMost: number): Promise<Page<Watched>>;
  /** Records that a person took note of a failure, with its audit row and the notice; false when there is none to acknowledge. */
  acknowledge(watched: Watched, by: string, at: Date, notice: Addressed): Promise<boolean>;
}
