import { expressionBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { builtOnce } from '../db/built-once.ts';
import type { Database } from '../db/database.ts';
import type { CredentialsTable, HoldsTable, Tables } from '../db/tables.ts';
import { fromJson, storable, toDate, toJson, toText } from '../db/values.ts';
import type { Hold } from '../holds/hold.ts';
import type { Page } from '../lib/page.ts';
import { toUsage } from '../usage/store.ts';
import { lockCounts } from './counts-store.ts';
import {
  type AdobeStatus,
  bareAccountId,
  type Credential,
  type CredentialStatus,
  type ListedCredential,
  type OwnedCredential,
  type ProductionSandboxes,
  productionAmong,
  statusOf,
  type UnknownReason,
} from './credential.ts';
import {
  allPresent,
  inOrder,
  matching,
  pageIds,
  present,
  presentIds,
  rankedByOwner,
  totalOf,
  type WantedPage,
} from './filter-store.ts';
import { indexedColumn, indexedPart, isKey, searchKey } from './key-store.ts';
import type { CredentialFilter, CredentialStore, FirstPage } from './ports.ts';
import { deriveStatusOf } from './status-store.ts';

type Nullable<T> = { readonly [Key in keyof T]: T[Key] | null };
/** The columns that are read of a credential to show it. */
const LISTED_COLUMNS = [
  'credentials.technical_account_id',
  'name',
  'description',
  'owner',
  'sandboxes',
  'changed_at',
  'adobe_status',
  'unknown_because',
  'console_id',
  'certificate_until',
  'status',
] as const;
type ListedRow = Pick<
  CredentialsTable,
  Exclude<(typeof LISTED_COLUMNS)[number], 'credentials.technical_account_id'> | 'technical_account_id'
> & { readonly usage: string | null } & Nullable<Omit<HoldsTable, 'technical_account_id'>>;

export class SqlCredentialStore implements CredentialStore {
  readonly #db: Database;
  readonly #production: ProductionSandboxes;

  readonly #rowsOfPages = builtOnce((wanted: readonly WantedPage[]) => pagesIn(this.#db, wanted));

  constructor(db: Database, production: ProductionSandboxes = null) {
    this.#db = db;
    this.#production = production;
  }

  async page(filter: CredentialFilter, offset: number, limit: number): Promise<Page<ListedCredential>> {
    const [page = { rows: [], total: 0 }] = await this.#pages([{ filter, offset, limit }]);
    // Beyond the last page there is no row to carry the total.
    if (page.rows.length > 0 || offset === 0) return page;
    const { total } = await this.#db.selectNoFrom(totalOf(this.#db, filter).as('total')).executeTakeFirstOrThrow();
    return { rows: [], total: Number(total) };
  }

  async firstPages(wanted: readonly FirstPage[]): Promise<Page<ListedCredential>[]> {
    return this.#pages(wanted.map((page) => ({ ...page, offset: 0 })));
  }

  async first(filter: CredentialFilter): Promise<ListedCredential | null> {
    const row = await inOrder(withDetails(matching(this.#db, filter)))
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : this.#toCredential(row);
  }

  async byOwner(statuses: readonly CredentialStatus[], limit: number): Promise<OwnedCredential[]> {
    const rows = await inOrder(
      withDetails(
        this.#db
          .with(
            (cte) => cte('ranked').materialized(),
            () => rankedByOwner(this.#db, { statuses }),
          )
          .with(
            (cte) => cte('further').materialized(),
            (db) =>
              db
                .selectFrom('ranked')
                .where('place', '>', limit)
                .groupBy(['of', 'taker'])
                .select(['of', 'taker'])
                .select((eb) => [
                  eb.fn.countAll<number>().as('count'),
                  eb.fn.sum<number>('production').as('in_production'),
                  eb.fn.sum<number>('failing').as('fail'),
                ]),
          )
          .selectFrom('ranked')
          .innerJoin('credentials', 'credentials.technical_account_id', 'ranked.id')
          .leftJoin('further', (join) =>
            join.onRef('further.of', '=', 'ranked.of').onRef('further.taker', '=', 'ranked.taker'),
          )
          .where('place', '<=', limit)
          .select(['ranked.taker', 'further.count', 'in_production', 'fail']),
      ),
    ).execute();
    return rows.map((row) => ({
      credential: this.#toCredential(row),
      takenBy: row.taker === '' ? null : row.taker,
      further: {
        count: Number(row.count ?? 0),
        production: Number(row.in_production ?? 0),
        failing: Number(row.fail ?? 0),
      },
    }));
  }

  /** Reads all pages in one statement. The total of a page without rows is not read: it is 0. */
  async #pages(wanted: readonly WantedPage[]): Promise<Page<ListedCredential>[]> {
    if (wanted.length === 0) return [];
    const { rows } = await this.#db.executeQuery(this.#rowsOfPages(wanted));
    const credentials = new Map<string, ListedCredential>();
    const pages = wanted.map(() => ({ rows: [] as ListedCredential[], total: 0 }));
    for (const row of rows) {
      const page = pages[row.page];
      if (page === undefined) continue;
      // Pages may share a credential.
      const credential = credentials.get(row.technical_account_id) ?? this.#toCredential(row);
      credentials.set(row.technical_account_id, credential);
      page.rows.push(credential);
      page.total = Number(row.total);
    }
    return pages;
  }

  async after(last: ListedCredential | null, limit: number): Promise<ListedCredential[]> {
    const { eb, refTuple, tuple } = expressionBuilder<Tables, 'credentials'>();
    const order = refTuple('name_key', 'credentials.technical_account_id');
    const key = last === null ? '' : searchKey(last.name);
    // Also without a last one, or SQLite would not follow the index and would sort them all.
    let rows = present(this.#db).where(indexedColumn('name_key'), '>=', indexedPart(key));
    if (last !== null) rows = rows.where(eb(order, '>', tuple(key, last.technicalAccountId)));
    const page = await withDetails(rows)
      .orderBy(indexedColumn('name_key'))
      .orderBy('name_key')
      .orderBy('credentials.technical_account_id')
      .limit(limit)
      .execute();
    return page.map((row) => this.#toCredential(row));
  }

  async get(technicalAccountId: string): Promise<ListedCredential | null> {
    const row = await withDetails(present(this.#db))
      .where('credentials.technical_account_id', '=', bareAccountId(storable(technicalAccountId)))
      .executeTakeFirst();
    return row === undefined ? null : this.#toCredential(row);
  }

  async named(text: string): Promise<ListedCredential[]> {
    const id = bareAccountId(storable(text));
    const rows = await withDetails(present(this.#db))
      .where(
        'credentials.technical_account_id',
        'in',
        presentIds(isKey('name_key', searchKey(text))).unionAll(presentIds(sql<boolean>`technical_account_id = ${id}`)),
      )
      .orderBy('credentials.technical_account_id')
      .execute();
    const byId = rows.find((row) => row.technical_account_id === id);
    return (byId === undefined ? rows : [byId]).map((row) => this.#toCredential(row));
  }

  async names(): Promise<string[]> {
    const rows = await allPresent(this.#db).select('name').execute();
    return rows.map(({ name }) => name);
  }

  async setAdobeStatus(technicalAccountId: string, status: AdobeStatus, at: Date): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      await lockCounts(trx);
      await trx
        .updateTable('credentials')
        .set({ adobe_status: status, status_read_at: at.toISOString(), unknown_because: null })
        .where('technical_account_id', '=', technicalAccountId)
        // Final: a stale reading must not undo it.
        .where('adobe_status', '!=', 'completed')
        .execute();
      await deriveStatusOf(trx, technicalAccountId);
    });
  }

  #toCredential(row: ListedRow): ListedCredential {
    const sandboxes = fromJson<string[]>(row.sandboxes);
    return {
      technicalAccountId: row.technical_account_id,
      name: row.name,
      description: row.description,
      owner: row.owner,
      sandboxes,
      production: productionAmong(sandboxes, this.#production),
      changedAt: toDate(row.changed_at),
      adobeStatus: row.adobe_status,
      unknownBecause: fromJson<UnknownReason>(row.unknown_because),
      consoleId: row.console_id,
      certificateUntil: toDate(row.certificate_until),
      status: row.status,
      usage: toUsage(row.usage),
      hold: toHold(row),
    };
  }
}

/** The rows of all these pages (at least one), each with the number and the total of its page. */
function pagesIn(db: Database, wanted: readonly WantedPage[]) {
  const ids = wanted
    .map((page, number) =>
      db.selectFrom(pageIds(db, page)).select(['id', 'total', sql<number>`${sql.lit(number)}`.as('page')]),
    )
    .reduce((union, page) => union.unionAll(page));
  // Only ids are sorted; the other columns are read just for the rows of a page.
  return inOrder(
    withDetails(
      db
        .selectFrom(ids.as('ids'))
        .innerJoin('credentials', 'credentials.technical_account_id', 'ids.id')
        .select(['page', 'total']),
    ),
  );
}

function withDetails<O>(rows: SelectQueryBuilder<Tables, 'credentials', O>) {
  return rows
    .leftJoin('credential_usage', 'credential_usage.technical_account_id', 'credentials.technical_account_id')
    .leftJoin('holds', 'holds.technical_account_id', 'credentials.technical_account_id')
    .select(LISTED_COLUMNS)
    .select(['credential_usage.usage', 'holds.held_by', 'holds.held_at', 'holds.reason', 'holds.last_day']);
}

function toHold({ held_by: by, held_at, reason, last_day: lastDay }: ListedRow): Hold | null {
  if (by === null || held_at === null || reason === null || lastDay === null) return null;
  return { by, at: toDate(held_at), reason, lastDay };
}

/**
 * The row of a credential, with the status that it has without a migration of ours; `deriveStatusOf` and `rederiveAll`
 * correct it. It has no sort key yet.
 */
export function toRow(credential: Credential, production: ProductionSandboxes): CredentialsTable {
  const { technicalAccountId, name, description, owner, sandboxes } = credential;
  return {
    technical_account_id: technicalAccountId,
    name: storable(name),
    description: storable(description),
    owner: owner === null ? null : storable(owner),
    sandboxes: JSON.stringify(sandboxes),
    changed_at: toText(credential.changedAt),
    adobe_status: credential.adobeStatus,
    status_read_at: null,
    unknown_because: toJson(credential.unknownBecause),
    console_id: credential.consoleId,
    certificate_until: toText(credential.certificateUntil),
    status: statusOf(credential.adobeStatus, null),
    name_key: searchKey(name),
    owner_key: owner === null ? null : searchKey(owner),
    search_text: searchKey([name, description, owner ?? '', ...sandboxes, technicalAccountId].join('\n')),
    gone_at: null,
    is_production: productionAmong(sandboxes, production).length > 0 ? 1 : 0,
    sort_key: '',
    triage: 'unread',
  };
}
