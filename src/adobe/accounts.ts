import { AdobeError } from '../credentials/adobe-error.ts';
import type { Account, AccountReader } from '../credentials/adobe-reader.ts';
import type { AdobeHttp } from './http.ts';
import { AccountsPage } from './schema.ts';

const PATH = '/data/foundation/queryauth/accounts';
const PAGE_SIZE = 100;
/** More than any organisation has: beyond it the links run in a circle. */
const MOST_PAGES = 1000;

/**
 * Reads Query Service's accounts, which are its non-expiring credentials (Adobe's Query Service documentation,
 * accounts page; not in the guide's index, so Adobe may change it without notice).
 */
export class QueryServiceAccounts implements AccountReader {
  readonly #platform: AdobeHttp;

  constructor(platform: AdobeHttp) {
    this.#platform = platform;
  }

  async readAccounts(sandbox: string): Promise<Account[]> {
    const operation = `list the accounts of sandbox ${sandbox}`;
    // By id, for a page may repeat an account when the list changes in between.
    const accounts = new Map<string, Account>();
    const asked = new Set<string>();
    for (let query = `?limit=${PAGE_SIZE}`; ; ) {
      if (asked.has(query))
        throw new AdobeError('bad_answer', operation, { detail: '_links.next: repeats a page' });
      if (asked.size === MOST_PAGES) {
        throw new AdobeError('bad_answer', operation, {
          detail: `_links.next: still more after ${MOST_PAGES} pages`,
        });
      }
      asked.add(query);
      const page = await this.#platform.get({ operation, path: PATH + query, sandbox, schema: AccountsPage });
      for (const account of page.accounts) accounts.set(account.technicalAccountId, account);
      if (page.next === '') return [...accounts.values()];
      query = queryOf(page.next, operation);
    }
  }
}

/** Of a link only the query is used: our token goes to the configured host and path, whatever a link names. */
function queryOf(link: string, operation: string): string {
  const url = URL.parse(link, 'https://platform.adobe.io');
  if (url === null) throw new AdobeError('bad_answer', operation, { detail: '_links.next: not a link' });
  return url.search;
}
