import type { Limit } from '../lib/parallel.ts';
import type { AdobeError, AdobeProblem } from './adobe-error.ts';
import type { AdobeStatus, KnownStatus } from './credential.ts';

/** One row of Query Service's Credentials tab, as read from one sandbox. */
export interface Account {
  readonly technicalAccountId: string;
  readonly name: string;
  readonly description: string;
  readonly owner: string | null;
  readonly changedAt: Date | null;
}

/** Stands for the name of an item that has none that can be read. */
export const NAMELESS = 'without a name';

/** One thing that could not be read: it is left out, and the others are as they are. */
export interface UnreadItem {
  readonly what: 'sandbox' | 'account' | 'integration' | UnreadPart['what'];
  /** As Adobe names it, or its id: text from outside. Of a part of an account: with the name of Adobe's field. */
  readonly name: string;
  /** Of an account: that is not its name, so that it may be any of those that are known. */
  readonly isNameless?: true;
  /** Of an account that a sync read: where it is. */
  readonly sandbox?: string;
  readonly problem: AdobeProblem;
  /** Whose part it is: there, what was known of it stays. */
  readonly of?: { readonly account: string; readonly field: UnreadPart['field'] };
}

/** What of an account can be unreadable while the account itself is read. */
export type UnreadPart =
  | { readonly what: 'date'; readonly field: 'changedAt' }
  | { readonly what: 'name'; readonly field: 'name' }
  | { readonly what: 'description'; readonly field: 'description' }
  | { readonly what: 'owner'; readonly field: 'owner' };

/** A date that Adobe gives in a form that cannot be read, and why: what was known of it stays. */
export interface UnreadDate {
  readonly unread: string;
}

/** A list of Adobe's, as far as it can be read. */
export interface Listing<T> {
  readonly items: readonly T[];
  readonly unread: readonly UnreadItem[];
  /** Why a later page could not be read: there may be more, of which nothing is known. */
  readonly cutShort?: AdobeError;
}

/** Reads Query Service's non-expiring credentials. */
export interface AccountReader {
  /** All accounts of one sandbox, page after page. @throws {AdobeError} where not even the first can be read */
  readAccounts(sandbox: string): Promise<Listing<Account>>;
}

/** Reads the Developer Console, the only source of the migration status. */
export interface ConsoleReader {
  /**
   * The ids of all integrations of the organisation, every page.
   * @param limit takes each call when its turn comes; without it, pages are read a few at a time
   * @throws {AdobeError} where not even the first can be read
   */
  integrationIds(limit?: Limit): Promise<Listing<string>>;
  /** The bare technical account id behind an integration, null when it has none; it never changes. @throws {AdobeError} */
  technicalAccountIdOf(integrationId: string): Promise<string | null>;
  /** @throws {AdobeError} */
  migrationStatus(integrationId: string): Promise<KnownStatus>;
  /** When the last certificate of its JWT credential expires; null where the Console does not tell. @throws {AdobeError} */
  certificateUntil(integrationId: string): Promise<Date | null | UnreadDate>;
}

/** What Adobe's state said, or why it could not be read. */
export type StatusReading = { readonly status: AdobeStatus } | { readonly problem: AdobeProblem };
