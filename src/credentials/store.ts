import { expressionBuilder, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { CredentialsTable, HoldsTable, Tables } from '../db/tables.ts';
import { fromJson, storable, toDate, toJson, toText } from '../db/values.ts';
import type { Hold } from '../holds/hold.ts';
import type { Page } from '../lib/page.ts';
import { toUsage } from '../usage/store.ts';
import type { Triage } from '../usage/triage.ts';
import { lockCounts, storedTotal } from './counts-store.ts';
import {
  type AdobeStatus,
  bareAccountId,
  CREDENTIAL_STATUSES,
  type Credential,
  type ListedCredential,
  type ProductionSandboxes,
  productionAmong,
  statusOf,
  type UnknownReason,
} from './credential.ts';
import { containing, indexed, isKey, searchKey } from './key-store.ts';
import { IS_PRODUCTION, placedAmong } from './order-store.ts';
import type { CredentialFilter, CredentialStore, FirstPage } from './ports.ts';
import { deriveStatusOf } from './status-store.ts';

type Nullable<T> = { readonly [Key in keyof T]: T[Key] | null };
/** What is read of a row that is shown. */
const SHOWN = [
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
  Exclude<(typeof SHOWN)[number], 'credentials.technical_account_id'> | 'technical_account_id'
> & { readonly usage: string | null } & Nullable<Omit<HoldsTable, 'technical_account_id'>>;

export class SqlCredentialStore implements CredentialStore {
  readonly #db: Database;
  readonly #production: ProductionSandboxes;

  constructor(db: Database, production: ProductionSandboxes = null) {
    this.#db = db;
    this.#production = production;
  }

  async page(filter: CredentialFilter, offset: number, limit: number): Promise<Page<ListedCredential>> {
    const [page = { rows: [], total: 0 }] = await this.#pages([{ filter, offset, limit }]);
    // Beyond the last page there is no row to say how many there are.
    if (page.rows.length > 0 || offset === 0) return page;
    const { total } = await this.#matching(filter)
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    return { rows: [], total: Number(total) };
  }

  async firstPages(wanted: readonly FirstPage[]): Promise<Page<ListedCredential>[]> {
    return this.#pages(wanted.map((each) => ({ ...each, offset: 0 })));
  }

  async first(filter: CredentialFilter): Promise<ListedCredential | null> {
    const row = await inOrder(withDetails(this.#matching(filter)))
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : this.#toCredential(row);
  }

  /** In one statement. Of a page without rows, the total is not read. */
  async #pages(wanted: readonly (FirstPage & { offset: number })[]): Promise<Page<ListedCredential>[]> {
    // Only ids are sorted; what a page shows is read for its few rows.
    const [first, ...others] = wanted.map(({ filter, offset, limit }, page) => {
      const rows = this.#matching(filter);
      // Counted on its own, so that the page itself ends with its last row.
      const total =
        storedTotalOf(filter) ?? sql<number>`(${rows.select((eb) => eb.fn.countAll<number>().as('total'))})`;
      const ids = inOrder(rows).select('credentials.technical_account_id as id').offset(offset).limit(limit);
      return this.#db
        .selectFrom(ids.as('ids'))
        .select(['id', sql<number>`${sql.lit(page)}`.as('page'), total.as('total')]);
    });
    if (first === undefined) return [];
    const rows = await inOrder(
      withDetails(
        this.#db
          .selectFrom(others.reduce((all, each) => all.unionAll(each), first).as('ids'))
          .innerJoin('credentials', 'credentials.technical_account_id', 'ids.id')
          .select(['page', 'total']),
      ),
    ).execute();
    const credentials = new Map<string, ListedCredential>();
    const pages = wanted.map(() => ({ rows: [] as ListedCredential[], total: 0 }));
    for (const row of rows) {
      const page = pages[row.page];
      const known = credentials.get(row.technical_account_id) ?? this.#toCredential(row);
      credentials.set(row.technical_account_id, known);
      page?.rows.push(known);
      if (page !== undefined) page.total = Number(row.total);
    }
    return pages;
  }

  async after(last: ListedCredential | null, limit: number): Promise<ListedCredential[]> {
    const { eb, refTuple, tuple } = expressionBuilder<Tables, 'credentials'>();
    const order = refTuple('name_key', 'credentials.technical_account_id');
    let rows = this.#present();
    if (last !== null) rows = rows.where(eb(order, '>', tuple(searchKey(last.name), last.technicalAccountId)));
    const page = await withDetails(rows)
      .orderBy('name_key')
      .orderBy('credentials.technical_account_id')
      .limit(limit)
      .execute();
    return page.map((row) => this.#toCredential(row));
  }

  async get(technicalAccountId: string): Promise<ListedCredential | null> {
    const row = await withDetails(this.#present())
      .where('credentials.technical_account_id', '=', bareAccountId(storable(technicalAccountId)))
      .executeTakeFirst();
    return row === undefined ? null : this.#toCredential(row);
  }

  async named(text: string): Promise<ListedCredential[]> {
    const id = bareAccountId(storable(text));
    const rows = await withDetails(this.#present())
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

  async names(): Promise<{ technicalAccountId: string; name: string }[]> {
    const rows = await this.#present()
      .select(['technical_account_id', 'name'])
      .orderBy('name_key')
      .orderBy('technical_account_id')
      .execute();
    return rows.map((row) => ({ technicalAccountId: row.technical_account_id, name: row.name }));
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

  #matching(filter: CredentialFilter) {
    let rows = this.#present();
    const { statuses, ownedBy } = filter;
    if (statuses !== undefined || filter.isFailing)
      rows = rows.where(placedAmong(statuses ?? CREDENTIAL_STATUSES, filter.isFailing === true));
    if (ownedBy !== undefined) rows = rows.where('credentials.technical_account_id', 'in', idsOf(ownedBy));
    if (filter.isOwned === false) rows = rows.where(indexed('owner_key'), 'is', null);
    if (filter.isProduction) rows = rows.where(IS_PRODUCTION);
    const { isInUse, isIdle } = filter;
    const uses = [
      ...(isInUse ? [usedAs('in_use')] : []),
      ...(isIdle ? [usedAs('idle').where('as_of', '>=', isIdle.since.toISOString())] : []),
    ];
    for (const each of uses) rows = rows.where('credentials.technical_account_id', 'in', each);
    if (filter.isHeld !== undefined)
      rows = rows.where(
        'credentials.technical_account_id',
        filter.isHeld ? 'in' : 'not in',
        this.#db.selectFrom('holds').select('technical_account_id'),
      );
    for (const word of filter.words ?? []) {
      rows = rows.where('search_text', 'like', containing(word));
    }
    return rows;
  }

  #present() {
    return this.#db.selectFrom('credentials').where('gone_at', 'is', null);
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

function inOrder<O>(rows: SelectQueryBuilder<Tables, 'credentials', O>) {
  return rows.orderBy('sort_key').orderBy('credentials.technical_account_id');
}

function withDetails<O>(rows: SelectQueryBuilder<Tables, 'credentials', O>) {
  return rows
    .leftJoin('credential_usage', 'credential_usage.technical_account_id', 'credentials.technical_account_id')
    .leftJoin('holds', 'holds.technical_account_id', 'credentials.technical_account_id')
    .select(SHOWN)
    .select(['credential_usage.usage', 'holds.held_by', 'holds.held_at', 'holds.reason', 'holds.last_day']);
}

function toHold({ held_by: by, held_at, reason, last_day: lastDay }: ListedRow): Hold | null {
  if (by === null || held_at === null || reason === null || lastDay === null) return null;
  return { by, at: toDate(held_at), reason, lastDay };
}

/** The row of a credential of which we have no migration; `deriveStatusOf` and `rederiveAll` correct the others. Without its place. */
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
  };
}

/** The credentials of a person: by their email, by one that Slack has said is theirs, and taken over. */
function idsOf({ id, email }: NonNullable<CredentialFilter['ownedBy']>) {
  const eb = expressionBuilder<Tables>();
  const taken = eb.selectFrom('takeovers').select('technical_account_id').where('user_id', '=', id);
  const known = eb
    .selectFrom('recipients')
    .innerJoin('credentials as present', (join) =>
      // The first, by the index; the second, since that has only the beginning of a key.
      join
        .on(eb(indexed('present.owner_key'), '=', indexed('recipients.owner_key')))
        .onRef('present.owner_key', '=', 'recipients.owner_key'),
    )
    .select('technical_account_id')
    .where('recipients.user_id', '=', id)
    .where('gone_at', 'is', null);
  const others = taken.unionAll(known);
  return email === null ? others : others.unionAll(presentIds(isKey('owner_key', searchKey(email))));
}

/** To be joined by union: as alternatives of one condition, no index would serve them. */
function presentIds(condition: RawBuilder<boolean>) {
  const ids = expressionBuilder<Tables>().selectFrom('credentials as present').select('technical_account_id');
  return ids.where('gone_at', 'is', null).where(condition);
}

/** The credentials whose use was judged so. */
function usedAs(triage: Triage['kind']) {
  return expressionBuilder<Tables>()
    .selectFrom('credential_usage')
    .select('technical_account_id')
    .where('triage', '=', triage);
}

/** How many match, where that is counted already; null where it has to be counted. */
function storedTotalOf({ statuses, isFailing, words, ...others }: CredentialFilter): RawBuilder<number> | null {
  if (Object.keys(others).length > 0 || (words !== undefined && words.length > 0)) return null;
  return storedTotal(statuses ?? CREDENTIAL_STATUSES, isFailing === true);
}
