import type { AdobeError } from '../credentials/adobe-error.ts';

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
