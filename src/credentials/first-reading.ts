import type { SyncState } from './ports.ts';

/** Without progress for this long, the reading instance is gone: it records progress much more often. Milliseconds. */
const SILENCE_MS = 120_000;

/** The progress of the first reading of Adobe; until its end, everything shown is incomplete. */
export interface FirstReading {
  readonly isRunning: boolean;
  readonly read: number;
  /** Null while unknown. */
  readonly total: number | null;
}

/** Null once a sync has succeeded, and before one was begun. */
export function firstReading({ progress, succeededAt, triedAt }: SyncState, now: Date): FirstReading | null {
  if (progress === null || succeededAt !== null) return null;
  const { read, total, at } = progress;
  // A failed attempt ends after the last progress that it recorded.
  const hasEnded = triedAt !== null && triedAt >= at;
  return { isRunning: !hasEnded && now.getTime() - at.getTime() < SILENCE_MS, read, total };
}
