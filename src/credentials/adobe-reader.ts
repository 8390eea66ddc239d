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

/** Placeholder for the name of an item without a readable one. */
export const NAMELESS = 'without a name';

/** An item, or a part of one, that could not be read. It is left out and does not affect the others. */
export interface UnreadItem {
  readonly what: 'sandbox' | 'account' | 'integration' | UnreadPart['what'];
  /** Adobe's name for it, or its id: text from outside. For a part of an account, the name of Adobe's field follows. */
  readonly name: string;
  /** Accounts only: `name` is not the account's name, so it may be any known account. */
  readonly isNameless?: true;
  /** Only for an account that a sync tried to read: its sandbox. */
  readonly sandbox?: string;
  readonly problem: AdobeProblem;
  /** For a part of an account: the account and the field, which keeps its last known value. */
  readonly of?: { readonly account: string; readonly field: UnreadPart['field'] };
}

/** Parts of an account that may be unreadable although the account itself is read. */
export type UnreadPart =
  | { readonly what: 'date'; readonly field: 'changedAt' }
  | { readonly what: 'name'; readonly field: 'name' }
  | { readonly what: 'description'; readonly field: 'description' }
  | { readonly what: 'owner'; readonly field: 'owner' };

/** A date from Adobe that could not be read; the last known one stays. `unread` names the field and says why. */
export interface UnreadDate {
  readonly unread: string;
}

/** A list from Adobe, as far as it could be read. */
export interface Listing<T> {
  readonly items: readonly T[];
  readonly unread: readonly UnreadItem[];
  /** Why a later page could not be read: the list may have more items. */
  readonly cutShort?: AdobeError;
}

/** Reads Query Service's non-expiring credentials. */
export interface AccountReader {
  /** All accounts of one sandbox, from every page. @throws {AdobeError} if not even the first can be read */
  readAccounts(sandbox: string): Promise<Listing<Account>>;
}

/** Reads the Developer Console, the only source of the migration status. */
export interface ConsoleReader {
  /**
   * The ids of all integrations of the organisation, from every page.
   * @param limit runs each call when its turn comes; without it, a few pages are read at a time
   * @throws {AdobeError} if not even the first can be read
   */
  integrationIds(limit?: Limit): Promise<Listing<string>>;
  /** The bare technical account id behind an integration, null if it has none; never changes. @throws {AdobeError} */
  technicalAccountIdOf(integrationId: string): Promise<string | null>;
  /** @throws {AdobeError} */
  migrationStatus(integrationId: string): Promise<KnownStatus>;
  /** When the last certificate of its JWT credential expires; null if the Console does not say. @throws {AdobeError} */
  certificateUntil(integrationId: string): Promise<Date | null | UnreadDate>;
}

/** The status that Adobe reported, or why it could not be read. */
export type StatusReading = { readonly status: AdobeStatus } | { readonly problem: AdobeProblem };
