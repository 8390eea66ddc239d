import type { AdobeStatus } from '../domain/credential.ts';
import type { AdobeError } from '../domain/errors.ts';

/** One row of Query Service's Credentials tab, as read from one sandbox. */
export interface Account {
  readonly technicalAccountId: string;
  readonly name: string;
  readonly description: string;
  readonly owner: string | null;
  readonly changedAt: Date | null;
}

/** Reads Query Service's non-expiring credentials. */
export interface AccountReader {
  /** All accounts of one sandbox, every page. @throws {AdobeError} */
  readAccounts(sandbox: string): Promise<Account[]>;
}

/** Reads the Developer Console, which alone knows the migration status. */
export interface ConsoleReader {
  /** The ids of all integrations of the organisation, every page. @throws {AdobeError} */
  integrationIds(): Promise<string[]>;
  /** The bare technical account id behind an integration, null when it has none. Never changes. @throws {AdobeError} */
  technicalAccountIdOf(integrationId: string): Promise<string | null>;
  /** @throws {AdobeError} */
  migrationStatus(integrationId: string): Promise<Exclude<AdobeStatus, 'unknown'>>;
}

/** The credential to migrate. */
export interface MigrationTarget {
  readonly technicalAccountId: string;
  /** The sandbox the call is addressed to: the first it was seen in. */
  readonly sandbox: string;
  readonly consoleId: string;
}

export type StartOutcome =
  /** Adobe took the request. */
  | { readonly kind: 'accepted' }
  /** Adobe answered no: nothing was started. */
  | { readonly kind: 'refused'; readonly error: AdobeError }
  /** The request never left this process: nothing was started. */
  | { readonly kind: 'unsent'; readonly error: AdobeError }
  /** It may have been started; only the status can tell. */
  | { readonly kind: 'unclear'; readonly error: AdobeError };

/** One way to migrate a credential (DESIGN: `MIGRATION_METHOD`). */
export interface MigrationMethod {
  /** Sends the irreversible request exactly once and never throws: every way it can go is an outcome. */
  start(target: MigrationTarget, signal: AbortSignal): Promise<StartOutcome>;
}
