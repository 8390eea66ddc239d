import { expressionBuilder, type RawBuilder, type SelectQueryBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../db/database.ts';
import type { CredentialsTable, HoldsTable, Tables } from '../db/tables.ts';
import { fromJson, inChunks, storable, toDate, toJson, toText } from '../db/values.ts';
import type { Hold } from '../holds/hold.ts';
import type { Page } from '../lib/page.ts';
import { ACTIVE_STATES, type MigrationState } from '../migrations/migration.ts';
import { toUsage } from '../usage/store.ts';
import {
  type AdobeStatus,
  bareAccountId,
  type Counts,
  CREDENTIAL_STATUSES,
  type Credential,
  type ListedCredential,
  NO_CREDENTIALS,
  type OwnStatus,
  type ProductionSandboxes,
  productionAmong,
  statusOf,
  type UnknownReason,
} from './credential.ts';
import type { CredentialFilter, CredentialStore } from './ports.ts';

/** A credential's place by status, as `CREDENTIAL_STATUSES` orders them. */
const STATUS_ORDER = sql`case status ${sql.join(
  CREDENTIAL_STATUSES.map((status, place) => sql`when ${sql.lit(status)} then ${sql.lit(place)}`),
  sql` `,
)} end`;

type Nullable<T> = { readonly [Key in keyof T]: T[Key] | null };
type ListedRow = CredentialsTable & { readonly usage: string | null } & Nullable<
    Omit<HoldsTable, 'technical_account_id'>
  >;

export class SqlCredentialStore implements CredentialStore {
  readonly #db: Database;
  readonly #production: ProductionSandboxes;
  readonly #nonProduction: RawBuilder<number>;
  /** What a list is ordered by. */
  readonly #byUrgency: RawBuilder<unknown>;

  constructor(db: Database, production: ProductionSandboxes = null) {
    this.#db = db;
    this.#production = production;
    this.#nonProduction = nonProduction(production);
    this.#byUrgency = byUrgency(this.#nonProduction);
  }

  async page(filter: CredentialFilter, offset: number, limit: number): Promise<Page<ListedCredential>> {
    let rows = this.#present();
    if (filter.statuses !== undefined) rows = rows.where('status', 'in', filter.statuses);
    const { owner, orIds = [] } = filter;
    if (owner !== undefined) {
      rows = rows.where((eb) =>
        eb.or([
          eb('owner_key', '=', searchKey(owner)),
          ...(orIds.length === 0 ? [] : [eb('credentials.technical_account_id', 'in', orIds)]),
        ]),
      );
    }
    if (filter.isOwned === false) rows = rows.where('owner_key', 'is', null);
    if (filter.isProduction) rows = rows.where(this.#nonProduction, '=', 0);
    const used = this.#db.selectFrom('credential_usage').select('technical_account_id');
    const uses = [
      ...(filter.isFailing ? [used.where('failing_since', 'is not', null)] : []),
      ...(filter.isInUse ? [used.where('triage', '=', 'in_use')] : []),
      ...(filter.isIdle
        ? [used.where('triage', '=', 'idle').where('as_of', '>=', filter.isIdle.since.toISOString())]
        : []),
    ];
    for (const each of uses) rows = rows.where('credentials.technical_account_id', 'in', each);
    if (filter.isHeld !== undefined)
      rows = rows.where(
        'credentials.technical_account_id',
        filter.isHeld ? 'in' : 'not in',
        this.#db.selectFrom('holds').select('technical_account_id'),
      );
    for (const word of filter.words ?? []) {
      rows = rows.where('search_text', 'like', sql<string>`${`%${likeLiteral(searchKey(word))}%`} escape '!'`);
    }
    // Only ids are sorted; what a page shows is read for its few rows.
    const ids = rows
      .leftJoin('credential_usage', 'credential_usage.technical_account_id', 'credentials.technical_account_id')
      .select(['credentials.technical_account_id as id', sql<number>`count(*) over ()`.as('total')])
      .orderBy(this.#byUrgency)
      .offset(offset)
      .limit(limit);
    const page = await withDetails(
      this.#db
        .selectFrom(ids.as('ids'))
        .innerJoin('credentials', 'credentials.technical_account_id', 'ids.id')
        .select('total'),
    )
      .orderBy(this.#byUrgency)
      .execute();
    // Beyond the last page there is no row to say how many there are.
    const total = page[0]?.total ?? (offset === 0 ? 0 : await this.#count(rows));
    return { total: Number(total), rows: page.map((row) => this.#toCredential(row)) };
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

  async named(name: string): Promise<ListedCredential[]> {
    const rows = await withDetails(this.#present())
      .where('name_key', '=', searchKey(name))
      .orderBy('credentials.technical_account_id')
      .execute();
    return rows.map((row) => this.#toCredential(row));
  }

  async names(): Promise<{ technicalAccountId: string; name: string }[]> {
    const rows = await this.#present()
      .select(['technical_account_id', 'name'])
      .orderBy('name_key')
      .orderBy('technical_account_id')
      .execute();
    return rows.map((row) => ({ technicalAccountId: row.technical_account_id, name: row.name }));
  }

  async counts(): Promise<Counts> {
    const rows = await this.#present()
      .select((eb) => ['status', eb.fn.countAll<number>().as('count')])
      .groupBy('status')
      .execute();
    return { ...NO_CREDENTIALS, ...Object.fromEntries(rows.map((row) => [row.status, Number(row.count)])) };
  }

  async setAdobeStatus(technicalAccountId: string, status: AdobeStatus): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      await trx
        .updateTable('credentials')
        .set({ adobe_status: status, unknown_because: null })
        .where('technical_account_id', '=', technicalAccountId)
        // Final: a stale reading must not undo it.
        .where('adobe_status', '!=', 'completed')
        .execute();
      await deriveStatusOf(trx, technicalAccountId);
    });
  }

  async #count(rows: SelectQueryBuilder<Tables, 'credentials', object>): Promise<number> {
    const { total } = await rows.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
    return total;
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

function withDetails<O>(rows: SelectQueryBuilder<Tables, 'credentials', O>) {
  return rows
    .leftJoin('credential_usage', 'credential_usage.technical_account_id', 'credentials.technical_account_id')
    .leftJoin('holds', 'holds.technical_account_id', 'credentials.technical_account_id')
    .selectAll('credentials')
    .select(['credential_usage.usage', 'holds.held_by', 'holds.held_at', 'holds.reason', 'holds.last_day']);
}

function toHold({ held_by: by, held_at, reason, last_day: lastDay }: ListedRow): Hold | null {
  if (by === null || held_at === null || reason === null || lastDay === null) return null;
  return { by, at: toDate(held_at), reason, lastDay };
}

/** The order of `usage/order.ts`; where there is no next run, last on both engines. */
function byUrgency(nonProduction: RawBuilder<number>): RawBuilder<unknown> {
  return sql`${STATUS_ORDER}, case when failing_since is null then 1 else 0 end, ${nonProduction},
    case when next_run_at is null then 1 else 0 end, next_run_at, name_key, credentials.technical_account_id`;
}

/** 0 for a credential in production, by the same rule as `productionAmong`. */
function nonProduction(set: ProductionSandboxes): RawBuilder<number> {
  const parts = set === null ? ['prod', 'prd', 'live'] : set.map((name) => JSON.stringify(name));
  // A bare number would name a column.
  if (parts.length === 0) return sql<number>`case when 1 = 0 then 0 else 1 end`;
  const column = set === null ? sql`lower(sandboxes)` : sql`sandboxes`;
  const isProduction = parts.map((part) => sql<boolean>`${column} like ${`%${likeLiteral(part)}%`} escape '!'`);
  return sql<number>`case when ${sql.join(isProduction, sql` or `)} then 0 else 1 end`;
}

/** Text in the form it is compared in: NFKC, lower case, trimmed. */
export function searchKey(text: string): string {
  return storable(text).normalize('NFKC').toLowerCase().trim();
}

/** The row of a credential of which we have no migration; `deriveStatusOf` and `rederiveAll` correct the others. */
export function toRow(credential: Credential): CredentialsTable {
  const { technicalAccountId, name, description, owner, sandboxes } = credential;
  return {
    technical_account_id: technicalAccountId,
    name: storable(name),
    description: storable(description),
    owner: owner === null ? null : storable(owner),
    sandboxes: JSON.stringify(sandboxes),
    changed_at: toText(credential.changedAt),
    adobe_status: credential.adobeStatus,
    unknown_because: toJson(credential.unknownBecause),
    console_id: credential.consoleId,
    certificate_until: toText(credential.certificateUntil),
    status: statusOf(credential.adobeStatus, null),
    name_key: searchKey(name),
    owner_key: owner === null ? null : searchKey(owner),
    search_text: searchKey([name, description, owner ?? '', ...sandboxes, technicalAccountId].join('\n')),
    gone_at: null,
  };
}

/** Updates the `status` of one credential after it or its migrations changed, in the same transaction. */
export async function deriveStatusOf(trx: Transaction<Tables>, technicalAccountId: string): Promise<void> {
  const credential = trx.updateTable('credentials').where('technical_account_id', '=', technicalAccountId);
  // Changes nothing but locks the row, since SQLite has no FOR UPDATE: what is read below is the latest.
  const row = await credential
    .set((eb) => ({ status: eb.ref('status') }))
    .returning(['adobe_status', 'status'])
    .executeTakeFirst();
  if (row === undefined) return;
  const migrations = await relevantMigrations(trx).where('technical_account_id', '=', technicalAccountId).execute();
  const status = statusOf(row.adobe_status, ownStatus(migrations));
  if (status !== row.status) await credential.set({ status }).execute();
}

/** Updates the `status` of every credential after all of them were replaced, in the same transaction. */
export async function rederiveAll(trx: Transaction<Tables>): Promise<void> {
  const migrations = Map.groupBy(await relevantMigrations(trx).execute(), (row) => row.technical_account_id);
  const rows = await trx
    .selectFrom('credentials')
    .select(['technical_account_id as id', 'adobe_status', 'status'])
    .execute();
  const changed = rows.flatMap(({ id, adobe_status, status: before }) => {
    const status = statusOf(adobe_status, ownStatus(migrations.get(id) ?? []));
    return status === before ? [] : [{ id, status }];
  });
  for (const [status, credentials] of Map.groupBy(changed, (row) => row.status)) {
    for await (const chunk of inChunks(credentials)) {
      const ids = chunk.map(({ id }) => id);
      await trx.updateTable('credentials').set({ status }).where('technical_account_id', 'in', ids).execute();
    }
  }
}

/** The migrations that bear on the status of their credential. */
function relevantMigrations(trx: Transaction<Tables>) {
  return trx
    .selectFrom('migrations')
    .select(['technical_account_id', 'state'])
    .where('state', 'in', [...ACTIVE_STATES, 'needs_attention']);
}

function ownStatus(relevant: readonly { readonly state: MigrationState }[]): OwnStatus | null {
  if (relevant.length === 0) return null;
  return relevant.every(({ state }) => state === 'needs_attention') ? 'needs_attention' : 'active';
}

function likeLiteral(text: string): string {
  return text.replace(/[!%_]/g, (character) => `!${character}`);
}
