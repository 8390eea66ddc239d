import { AdobeError } from '../credentials/adobe-error.ts';
import type { ConsoleReader, StatusReading } from '../credentials/adobe-reader.ts';

/** Reads the migration status; an `AdobeError` is a result as well, so that only other errors are thrown. */
export async function readStatus(
  console: Pick<ConsoleReader, 'migrationStatus'>,
  integrationId: string,
): Promise<StatusReading> {
  try {
    return { status: await console.migrationStatus(integrationId) };
  } catch (error) {
    if (error instanceof AdobeError) return { problem: error.problem };
    throw error;
  }
}
