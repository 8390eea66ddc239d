import { distance } from 'fastest-levenshtein';
import { EVERYTHING, type Page } from '../lib/page.ts';
import { type ListedCredential, type OwnedCredential, TO_MIGRATE } from './credential.ts';
import type { CredentialFilter, CredentialStore, FirstPage, Overview, SyncStore } from './ports.ts';

/** The credentials that a typed name refers to. */
type Found =
  /** `isExact`: by its id or its whole name, not by words that occur in it. */
  | { readonly kind: 'one'; readonly credential: ListedCredential; readonly isExact: boolean }
  | { readonly kind: 'several'; readonly credentials: readonly ListedCredential[]; readonly total: number }
  /** No match; `nearest` are the most similar names, nearest first. */
  | { readonly kind: 'none'; readonly nearest: readonly string[] };

const MAX_MATCHES = 10;
const MAX_SUGGESTIONS = 3;
/** Only this many leading characters of a name are compared, since the comparison is quadratic. */
const MAX_COMPARED = 60;

/** Looks up credentials in the database. */
export class Catalogue {
  readonly #credentials: CredentialStore;
  readonly #sync: Pick<SyncStore, 'overview'>;

  constructor(credentials: CredentialStore, sync: Pick<SyncStore, 'overview'>) {
    this.#credentials = credentials;
    this.#sync = sync;
  }

  async overview(): Promise<Overview> {
    return this.#sync.overview();
  }

  /** The first pages of several filters. */
  async firstPages(wanted: readonly FirstPage[]): Promise<Page<ListedCredential>[]> {
    return this.#credentials.firstPages(wanted);
  }

  async page(filter: CredentialFilter, offset: number, limit: number): Promise<Page<ListedCredential>> {
    return this.#credentials.page(filter, offset, limit);
  }

  /** All credentials that are still to be migrated, or only this person's, in the order of the list. */
  async toMigrate(ownedBy?: CredentialFilter['ownedBy']): Promise<readonly ListedCredential[]> {
    const filter = { statuses: TO_MIGRATE, ...(ownedBy !== undefined && { ownedBy }) };
    return (await this.#credentials.page(filter, 0, EVERYTHING)).rows;
  }

  /** The same by owner: the first `limit` of each (default: all), with counts of the others. */
  async toMigrateByOwner(limit = EVERYTHING): Promise<readonly OwnedCredential[]> {
    return this.#credentials.byOwner(TO_MIGRATE, limit);
  }

  async get(technicalAccountId: string): Promise<ListedCredential | null> {
    return this.#credentials.get(technicalAccountId);
  }

  /** The first eligible credential that is not on hold, in the order of the list. */
  async nextEligible(): Promise<ListedCredential | null> {
    return this.#credentials.first({ statuses: ['eligible'], isHeld: false });
  }

  /** Searches by technical account id, then by exact name, then by words; the first with a match decides. */
  async find(text: string): Promise<Found> {
    const named = await this.#credentials.named(text);
    if (named.length > 0) return oneOrSeveral(named.slice(0, MAX_MATCHES), named.length, true);
    const { rows, total } = await this.#credentials.page({ words: wordsOf(text) }, 0, MAX_MATCHES);
    if (total > 0) return oneOrSeveral(rows, total, false);
    return { kind: 'none', nearest: await this.#nearest(text) };
  }

  async #nearest(text: string): Promise<string[]> {
    const wanted = text.toLowerCase().slice(0, MAX_COMPARED);
    const names = new Set(await this.#credentials.names());
    const similar: { name: string; edits: number }[] = [];
    // A name much less similar than the best match is not a suggestion.
    let maxEdits = Number.POSITIVE_INFINITY;
    for (const name of names) {
      const compared = name.toLowerCase().slice(0, MAX_COMPARED);
      // The distance is at least the difference in length.
      if (Math.abs(compared.length - wanted.length) > maxEdits) continue;
      const edits = distance(wanted, compared);
      // A name that has nothing in common with the text is not a suggestion either.
      if (edits > maxEdits || edits >= Math.max(wanted.length, compared.length)) continue;
      maxEdits = Math.min(maxEdits, edits + 2);
      similar.push({ name, edits });
    }
    return similar
      .filter(({ edits }) => edits <= maxEdits)
      .sort((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1))
      .slice(0, MAX_SUGGESTIONS)
      .map(({ name }) => name);
  }
}

export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function oneOrSeveral(credentials: readonly ListedCredential[], total: number, isExact: boolean): Found {
  const [only] = credentials;
  return total === 1 && only !== undefined
    ? { kind: 'one', credential: only, isExact }
    : { kind: 'several', credentials, total };
}
