import type { AdobeProblem } from '../credentials/adobe-error.ts';
import type { ListedCredential } from '../credentials/credential.ts';

/** A state of Adobe's that cannot be read. */
export interface UnreadStatus {
  readonly since: Date;
  readonly problem: AdobeProblem;
}

/** What the one message about a migration shows. */
export type ProgressState =
  /** The first text, which stays true: if Slack's response is lost, this message remains next to the second one. */
  | { readonly kind: 'confirmed' }
  /** In the queue; `place`: how many migrations are ahead of it; `isFirstHandedOver`: the first of them waits for a person in Adobe. */
  | { readonly kind: 'waiting'; readonly place: number; readonly isFirstHandedOver: boolean }
  | { readonly kind: 'starting' }
  /** It is its turn, and Adobe's state cannot be read: nothing has been sent. */
  | ({ readonly kind: 'waiting_for_adobe' } & UnreadStatus)
  /** A person is to press Migrate at this address. */
  | { readonly kind: 'handed_over'; readonly url: string }
  /** A person has pressed it. */
  | { readonly kind: 'pressed' }
  | {
      readonly kind: 'running';
      readonly elapsedSeconds: number;
      readonly expectedSeconds: number;
      /** While Adobe's state cannot be read. */
      readonly unread?: UnreadStatus;
    }
  /** `after`: what may be done then, where that is known. */
  | { readonly kind: 'ended'; readonly after?: AfterEnd };

export interface AfterEnd {
  /** The page in Adobe where the credential is. */
  readonly url: string;
  /** Credentials that are left. */
  readonly left: number;
  /** The next eligible one; null: there is none. */
  readonly next: Pick<ListedCredential, 'technicalAccountId' | 'name'> | null;
  /** How long its jobs are watched from then on, if it is migrated; 0: not at all. Milliseconds. */
  readonly watchMs: number;
}
