import { AdobeError } from '../credentials/adobe-error.ts';
import type { Account, AccountReader } from '../credentials/adobe-reader.ts';
import type { AdobeHttp } from './http.ts';
import { AccountsPage } from './schema.ts';

const PATH = '/data/foundation/queryauth/accounts';
const PAGE_SIZE = 100;
/** More than any organisation has: beyond it, the links must form a circle. */
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

  async readAccounts(sandbox: string): Promise<Account[]> {
    const operation = `list the accounts of sandbox ${sandbox}`;
    // By id, since pages may overlap when the list changes in between.
    const accounts = new Map<string, Account>();
    const requested = new Set<string>();
    for (let query = `?limit=${PAGE_SIZE}`; ; ) {
      if (requested.has(query))
        throw new AdobeError('bad_answer', operation, { detail: '_links.next: repeats a page' });
      if (requested.size === MAX_PAGES) {
        throw new AdobeError('bad_answer', operation, { detail: `_links.next: still more after ${MAX_PAGES} pages` });
      }
      requested.add(query);
      const page = await this.#platform.get({ operation, path: PATH + query, sandbox, schema: AccountsPage });
      for (const account of page.accounts) accounts.set(account.technicalAccountId, account);
      if (page.next === '') return [...accounts.values()];
      query = queryOf(page.next, operation);
    }
  }
}

/** Only the query of a link is used: our token is sent to the configured host and path alone. */
function queryOf(link: string, operation: string): string {
  const url = URL.parse(link, 'https://platform.adobe.io');
  if (url === null) throw new AdobeError('bad_answer', operation, { detail: '_links.next: not a link' });
  return url.search;
}
