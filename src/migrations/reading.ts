import { AdobeError } from '../credentials/adobe-error.ts';
import type { ConsoleReader } from '../credentials/adobe-reader.ts';
import type { Migration, Reading } from './migration.ts';

/** What Adobe says of a migration now, or why it does not. Throws only what is no fault of Adobe's. */
export async function readingOf(
  console: Pick<ConsoleReader, 'migrationStatus'>,
  { consoleId }: Pick<Migration, 'consoleId'>,
): Promise<Reading> {
  try {
    return { status: await console.migrationStatus(consoleId) };
  } catch (error) {
    if (error instanceof AdobeError) return { problem: error.problem };
    throw error;
  }
}
