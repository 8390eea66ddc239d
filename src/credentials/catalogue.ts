import { distance } from 'fastest-levenshtein';
import type { Page } from '../lib/page.ts';
import type { Counts, ListedCredential } from './credential.ts';
import type { CredentialFilter, CredentialStore, SyncState, SyncStore } from './ports.ts';

/** What was meant by a name that somebody typed. */
export type Found =
  | { readonly kind: 'one'; readonly credential: ListedCredential }
  | { readonly kind: 'several'; readonly credentials: readonly ListedCredential[]; readonly total: number }
  /** Nothing fits; `nearest` are the names that differ least, nearest first. */
  | { readonly kind: 'none'; readonly nearest: readonly string[] };

export interface Overview {
  readonly counts: Counts;
  readonly sync: SyncState;
}

const SEVERAL = 10;
const NEAREST = 3;
/** Names are compared by their beginnings: nobody types more, and the comparison is quadratic. */
const COMPARED = 60;

/** What is known of the credentials, from the database alone. */
export class Catalogue {
  readonly #credentials: CredentialStore;
  readonly #sync: Pick<SyncStore, 'syncState'>;

  constructor(credentials: CredentialStore, sync: Pick<SyncStore, 'syncState'>) {
    this.#credentials = credentials;
    this.#sync = sync;
  }

  async overview(): Promise<Overview> {
    const [counts, sync] = await Promise.all([this.#credentials.counts(), this.#sync.syncState()]);
    return { counts, sync };
  }

  async page(filter: CredentialFilter, offset: number, limit: number): Promise<Page<ListedCredential>> {
    return this.#credentials.page(filter, offset, limit);
  }

  async get(technicalAccountId: string): Promise<ListedCredential | null> {
    return this.#credentials.get(technicalAccountId);
  }

  /** The first that can be migrated, in the order of the list. */
  async nextEligible(): Promise<ListedCredential | null> {
    const { rows } = await this.#credentials.page({ status: 'eligible' }, 0, 1);
    return rows[0] ?? null;
  }

  /** By technical account id, by exact name, then by words; the first of these that fits anything decides. */
  async find(text: string): Promise<Found> {
    const byId = await this.#credentials.get(text);
    if (byId !== null) return { kind: 'one', credential: byId };
    const named = await this.#credentials.named(text);
    if (named.length > 0) return oneOrSeveral(named.slice(0, SEVERAL), named.length);
    const { rows, total } = await this.#credentials.page({ words: wordsOf(text) }, 0, SEVERAL);
    if (total > 0) return oneOrSeveral(rows, total);
    return { kind: 'none', nearest: await this.#nearest(text) };
  }

  async #nearest(text: string): Promise<string[]> {
    const wanted = text.toLowerCase().slice(0, COMPARED);
    const names = await this.#credentials.names();
    const byDistance = names
      .map(({ name }) => {
        const compared = name.toLowerCase().slice(0, COMPARED);
        return { name, compared, far: distance(wanted, compared) };
      })
      // A name that has nothing in common is no suggestion.
      .filter(({ compared, far }) => far < Math.max(wanted.length, compared.length))
      .sort((a, b) => a.far - b.far);
    // What is much further off than the best is no suggestion.
    const limit = (byDistance[0]?.far ?? 0) + 2;
    return byDistance
      .filter(({ far }) => far <= limit)
      .slice(0, NEAREST)
      .map(({ name }) => name);
  }
}

export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function oneOrSeveral(credentials: readonly ListedCredential[], total: number): Found {
  const [only] = credentials;
  return total === 1 && only !== undefined
    ? { kind: 'one', credential: only }
    : { kind: 'several', credentials, total };
}
