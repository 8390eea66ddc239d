import type { AdobeError } from '../credentials/adobe-error.ts';
import type { SendingMethod, Step } from './steps.ts';

/** The credential to migrate. */
export interface MigrationTarget {
  readonly technicalAccountId: string;
  /** The sandbox the call is addressed to: the first it was seen in. */
  readonly sandbox: string;
  readonly consoleId: string;
  /** The step that is requested; with most methods, the start. */
  readonly step: Step;
}

/** A request that changes something at Adobe, as it would be sent: no headers and no body, so no secret. */
export interface Call {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
}

export type StartOutcome =
  /** Adobe accepted the request. */
  | { readonly kind: 'accepted' }
  /** Adobe refused: nothing was started. */
  | { readonly kind: 'refused'; readonly error: AdobeError }
  /** The request never left this process: nothing was started. */
  | { readonly kind: 'unsent'; readonly error: AdobeError }
  /** `maySend` returned false before anything was written: nothing was started. */
  | { readonly kind: 'late' }
  /** It may have been started; only Adobe's status shows that. */
  | { readonly kind: 'unclear'; readonly error: AdobeError };

/** The calls by which a credential is migrated. */
export interface MigrationMethod {
  /** What `start` would send. May read from Adobe what the path needs; changes nothing. @throws {AdobeError} */
  describe(target: MigrationTarget): Promise<Call>;
  /**
   * Sends the request of the target's step at most once and never throws: every result is an outcome. `maySend` is asked
   * once connected, right before the request is written: a process that stood still meanwhile must not send.
   */
  start(target: MigrationTarget, signal: AbortSignal, maySend: () => boolean): Promise<StartOutcome>;
}

/** Each migration continues with the method of its request, even if the setting has changed. */
export type MigrationMethods = Readonly<Record<SendingMethod, MigrationMethod>>;
