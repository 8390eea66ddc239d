import type { AdobeProblem } from '../../src/credentials/adobe-error.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import type { Migration } from '../../src/migrations/migration.ts';
import { newRequest } from '../../src/migrations/new-request.ts';

/** This many minutes after the time at which every test starts. */
export function minute(minutes: number): Date {
  return new Date(Date.UTC(2025, 4, 5, 9) + minutes * 60_000);
}

/** The technical account id of the credential with this number. */
export function accountId(number: number): string {
  return number.toString(16).toUpperCase().padStart(24, '0');
}

/** An eligible credential. */
export function credential(number: number, changes: Partial<Credential> = {}): Credential {
  return {
    technicalAccountId: accountId(number),
    name: `credential ${number}`,
    description: '',
    owner: null,
    sandboxes: ['prod'],
    changedAt: null,
    adobeStatus: 'not_started',
    unknownBecause: null,
    consoleId: `console-${number}`,
    certificateUntil: null,
    ...changes,
  };
}

/** A pending request for credential 1, asked at minute 0. */
export function request(id: string, changes: Partial<Migration> = {}): Migration {
  const credential = { technicalAccountId: accountId(1), consoleId: 'console-1', name: 'credential 1' };
  const shown = { ...credential, owner: 'jo@example.com', sandboxes: ['prod', 'dev'], production: ['prod'] };
  const from = { askedBy: 'U1', channel: 'C1', responseUrl: null };
  return {
    ...newRequest(id, shown, from, changes.askedAt ?? minute(0), { method: 'query-service', step: 'start' }),
    ...changes,
  };
}

export const PROBLEM: AdobeProblem = {
  kind: 'unavailable',
  operation: 'list the accounts of sandbox prod',
  status: 503,
  detail: 'try "later"',
};
