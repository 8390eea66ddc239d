import { firstReading } from '../../credentials/first-reading.ts';
import type { SyncState } from '../../credentials/ports.ts';
import { type Message, textMessage } from './blocks.ts';
import { grouped } from './formatting.ts';

/** Progress of the first reading of Adobe; null once a reading has succeeded, or if a failed one found nothing. */
export function readingWords(sync: SyncState, now: Date): string | null {
  const reading = firstReading(sync, now);
  if (reading === null) return null;
  const { isRunning, read, total } = reading;
  if (total === null) return isRunning ? '⏳ Reading Adobe for the first time…' : null;
  const howFar = `${grouped(read)} of about ${grouped(total)} credentials`;
  return isRunning
    ? `⏳ Reading Adobe for the first time: ${howFar}.`
    : `⚠️ The first reading of Adobe was interrupted after ${howFar}. It is tried again automatically; until then, what is shown is not complete.`;
}

/** Shown instead of "there is none" until that is certain; null if it is. */
export function stillReadingMessage(sync: SyncState, now: Date): Message | null {
  const words = readingWords(sync, now);
  return words === null ? null : textMessage(`${words} Not every credential is known yet: try again in a minute.`);
}
