import type { SyncState } from './ports.ts';

/** Without a note for so long, the instance that read is gone: it notes much more often, also when Adobe is slow. */
const SILENCE_MS = 120_000;

/** How far the first reading of Adobe is; nothing that is shown before its end is complete. */
export interface FirstReading {
  readonly isRunning: boolean;
  readonly read: number;
  /** Null while it is not known. */
  readonly total: number | null;
}

/** Null once a sync has succeeded, and before one was begun. */
export function firstReading({ progress, succeededAt, triedAt }: SyncState, now: Date): FirstReading | null {
  if (progress === null || succeededAt !== null) return null;
  const { read, total, at } = progress;
  // An attempt that failed ends after its last note.
  const hasEnded = triedAt !== null && triedAt >= at;
  return { isRunning: !hasEnded && now.getTime() - at.getTime() < SILENCE_MS, read, total };
}
