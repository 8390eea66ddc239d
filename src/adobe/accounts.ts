import { AdobeError } from '../credentials/adobe-error.ts';
import type { Account, AccountReader, Listing, UnreadItem } from '../credentials/adobe-reader.ts';
import { truncate } from './errors.ts';
import type { AdobeHttp } from './http.ts';
import { AccountsPage, listingOf, type PartOfAccount, queryOf } from './schema.ts';

const PATH = '/data/foundation/queryauth/accounts';
const PAGE_SIZE = 100;
/** More pages than any organisation has: a list that is longer has links that never end. */
const MAX_PAGES = 1000;

/**
 * Reads Query Service's accounts, which are its non-expiring credentials. Source: the accounts page of Adobe's Query
 * Service documentation; the guide's index does not list it, so Adobe may change the API without notice.
 */
export class QueryServiceAccounts implements AccountReader {
  readonly #platform: AdobeHttp;

  constructor(platform: AdobeHttp) {
    this.#platform = platform;
  }

  async readAccounts(sandbox: string): Promise<Listing<Account>> {
    const operation = `list the accounts of sandbox ${sandbox}`;
    // By id and name, since pages may overlap when the list changes in between.
    const accounts = new Map<string, Account>();
    const unread = new Map<string, UnreadItem>();
    /** Unreadable parts, by account. */
    const parts = new Map<string, UnreadItem[]>();
    const allUnread = () => [...unread.values(), ...[...parts.values()].flat()];
    const requested = new Set<string>();
    let query = withLimit('');
    for (;;) {
      const before = accounts.size + unread.size;
      try {
        if (requested.size === MAX_PAGES) {
          throw new AdobeError('bad_answer', operation, { detail: `_links.next: still more after ${MAX_PAGES} pages` });
        }
        requested.add(query);
        const page = await this.#platform.get({ operation, path: PATH + query, sandbox, schema: AccountsPage });
        for (const { account, unreadParts } of page.items) {
          accounts.set(account.technicalAccountId, account);
          parts.set(
            account.technicalAccountId,
            unreadParts.map((part) => toUnreadItem(operation, account, part)),
          );
        }
        for (const { name, isNamed, detail } of page.unreadable) {
          const problem = { kind: 'bad_answer', operation, detail } as const;
          // An account without a name stays nameless, even if another one's name is the same as its placeholder.
          const isNameless = !isNamed || unread.get(name)?.isNameless === true;
          unread.set(name, { what: 'account', name, ...(isNameless && { isNameless }), problem });
        }
        const next = page.next === '' ? null : withLimit(queryOf(page.next, operation));
        // Several unreadable accounts may have the same name.
        const isNew = accounts.size + unread.size > before || (page.items.length === 0 && page.unreadable.length > 0);
        // Adobe's own sample has a link on its last page too, so a page with nothing new is the end.
        const isLast = next === null || requested.has(next) || !isNew;
        if (isLast) return listingOf(operation, [...accounts.values()], allUnread());
        query = next;
      } catch (error) {
        if (!(error instanceof AdobeError) || accounts.size === 0) throw error;
        return { items: [...accounts.values()], unread: allUnread(), cutShort: error };
      }
    }
  }
}

function toUnreadItem(
  operation: string,
  { technicalAccountId, name }: Account,
  { what, field, adobeField, why }: PartOfAccount,
): UnreadItem {
  const problem = { kind: 'bad_answer', operation, detail: `${adobeField}: ${why}` } as const;
  return { what, name: `${truncate(name)}: ${adobeField}`, of: { account: technicalAccountId, field }, problem };
}

/** The links in Adobe's sample have no limit, without which later pages may be short. Nothing else is changed. */
function withLimit(query: string): string {
  if (/[?&]limit=/.test(query)) return query;
  return `${query}${query === '' ? '?' : '&'}limit=${PAGE_SIZE}`;
}
