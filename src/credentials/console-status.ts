import type { AdobeProblem } from './adobe-error.ts';
import type { Credential } from './credential.ts';
import type { AdobeState } from './ports.ts';

/** What the Developer Console says about a credential. */
export type ConsoleStatus = Pick<Credential, 'adobeStatus' | 'unknownBecause' | 'consoleId'>;

/** The Console lists no integration of this credential. */
export const NOT_IN_CONSOLE: ConsoleStatus = {
  adobeStatus: 'unknown',
  unknownBecause: { code: 'not_in_console' },
  consoleId: null,
};

export function knownStatus(adobeStatus: Credential['adobeStatus'], consoleId: string | null): ConsoleStatus {
  return { adobeStatus, unknownBecause: null, consoleId };
}

/** For a status that could not be read: the last known one, or unknown with the reason if none was known. */
export function lastKnownStatus(
  before: AdobeState | undefined,
  problem: AdobeProblem,
  consoleId: string | null,
): ConsoleStatus {
  const id = consoleId ?? before?.consoleId ?? null;
  if (before !== undefined && before.status !== 'unknown') return knownStatus(before.status, id);
  return { adobeStatus: 'unknown', unknownBecause: { code: 'console_failed', problem }, consoleId: id };
}
