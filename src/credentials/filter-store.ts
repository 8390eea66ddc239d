import { expressionBuilder, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { CountedTrait, Tables } from '../db/tables.ts';
import type { Triage } from '../usage/triage.ts';
import { storedTotal } from './counts-store.ts';
import { CREDENTIAL_STATUSES } from './credential.ts';
import { containing, indexedColumn, isKey, searchKey } from './key-store.ts';
import { hasStatusAmong, IS_FAILING, IS_PRODUCTION } from './order-store.ts';
import type { CredentialFilter, FirstPage } from './ports.ts';

/** Filters whose totals are stored in `credential_counts`, with the trait that is counted. */
const COUNTED: Partial<Record<keyof CredentialFilter, CountedTrait>> = {
  isFailing: 'failing',
  isInUse: 'in_use',
  isIdle: 'idle',
  isProduction: 'production',
};

/** The oldest reading that its triage is based on. A subquery, so that no query plan starts from it. */
const AS_OF = sql<string | null>`(select as_of from credential_usage
  where credential_usage.technical_account_id = credentials.technical_account_id)`;

/** The credentials that exist. */
export function present(db: Database) {
  return db.selectFrom('credentials').where('gone_at', 'is', null);
}

/**
 * The same, for a statement that has to read them all: row after row. SQLite would follow an index, which takes three
 * times as long; `|| ''` keeps it out of the plan.
 */
export function allPresent(db: Database) {
  return db.selectFrom('credentials').where(sql`(gone_at || '')`, 'is', null);
}

/** The existing credentials that match a filter. */
export function matching(db: Database, filter: CredentialFilter) {
  const { statuses, ownedBy, isOwned, isProduction, isFailing, isInUse, isIdle, isHeld, words = [] } = filter;
  // No index finds a word within a text.
  let rows = words.length > 0 && ownedBy === undefined ? allPresent(db) : present(db);
  if (statuses !== undefined) rows = rows.where(hasStatusAmong(statuses));
  if (ownedBy !== undefined) rows = rows.where('credentials.technical_account_id', 'in', ownedIds(ownedBy));
  if (isOwned === false) rows = rows.where(indexedColumn('owner_key'), 'is', null);
  if (isProduction) rows = rows.where(IS_PRODUCTION);
  // `|| ''` keeps the index on triage out of the plan: it is faster to start from what a person owns.
  const triage = ownedBy === undefined ? sql.ref('credentials.triage') : sql`(credentials.triage || '')`;
  const hasTriage = (kind: Triage['kind']) => sql<boolean>`${triage} = ${kind}`;
  if (isFailing) rows = rows.where(hasTriage('failing'));
  if (isInUse) rows = rows.where(hasTriage('in_use'));
  if (isIdle) rows = rows.where(hasTriage('idle')).where(AS_OF, '>=', isIdle.since.toISOString());
  if (isHeld !== undefined) {
    const held = db.selectFrom('holds').select('technical_account_id');
    rows = rows.where('credentials.technical_account_id', isHeld ? 'in' : 'not in', held);
  }
  for (const word of words) rows = rows.where('search_text', 'like', containing(word));
  return rows;
}

/** The ids of those that match, each with its place among those of its owner, or of the person who took them over. */
export function rankedByOwner(db: Database, filter: CredentialFilter) {
  // '' instead of null, so that a join can compare them.
  const owner = sql<string>`coalesce(owner, '')`;
  const taker = sql<string>`coalesce(takeovers.user_id, '')`;
  const place = sql<number>`row_number() over (partition by ${owner}, ${taker} order by sort_key, credentials.technical_account_id)`;
  return matching(db, filter)
    .leftJoin('takeovers', 'takeovers.technical_account_id', 'credentials.technical_account_id')
    .select(['credentials.technical_account_id as id', owner.as('of'), taker.as('taker')])
    .select([
      sql<number>`case when ${IS_PRODUCTION} then 1 else 0 end`.as('production'),
      sql<number>`case when ${IS_FAILING} then 1 else 0 end`.as('failing'),
      place.as('place'),
    ]);
}

export type WantedPage = FirstPage & { readonly offset: number };

/** The ids of a page in their order, each with the total. */
export function pageIds(db: Database, { filter, offset, limit }: WantedPage) {
  const rows = matching(db, filter).select('credentials.technical_account_id as id');
  const total = storedTotalOf(db, filter);
  // The total is stored, so the query can stop at the last row of the page.
  if (total !== null) return inOrder(rows).select(total.as('total')).offset(offset).limit(limit).as('ids');
  // Otherwise all matches are read once, for both the page and the total.
  return db
    .with(
      (cte) => cte('matched').materialized(),
      () => rows.select('sort_key'),
    )
    .selectFrom('matched')
    .select(['id', sql<number>`(select count(*) from matched)`.as('total')])
    .orderBy('sort_key')
    .orderBy('id')
    .offset(offset)
    .limit(limit)
    .as('ids');
}

/** The order of every list. */
export function inOrder<O>(rows: SelectQueryBuilder<Tables, 'credentials', O>) {
  return rows.orderBy('sort_key').orderBy('credentials.technical_account_id');
}

/** SQL expression: how many credentials match. */
export function totalOf(db: Database, filter: CredentialFilter): RawBuilder<number> {
  return storedTotalOf(db, filter) ?? counted(matching(db, filter));
}

/** The same from the stored counts; null if they do not contain it. */
function storedTotalOf(db: Database, filter: CredentialFilter): RawBuilder<number> | null {
  const trait = onlyTraitOf(filter);
  if (trait === undefined) return null;
  const { statuses, isIdle } = filter;
  const stored = storedTotal(statuses ?? CREDENTIAL_STATUSES, trait);
  if (isIdle === undefined) return stored;
  // Few are too old, unless nothing has been read for a long time.
  const tooOld = db
    .selectFrom('credential_usage')
    .select('technical_account_id')
    .where('triage', '=', 'idle')
    .where('as_of', '<', isIdle.since.toISOString());
  const others = matching(db, statuses === undefined ? {} : { statuses });
  return sql<number>`(${stored} - ${counted(others.where('credentials.technical_account_id', 'in', tooOld))})`;
}

function counted<O>(rows: SelectQueryBuilder<Tables, 'credentials', O>): RawBuilder<number> {
  return sql<number>`(${rows.select((eb) => eb.fn.countAll<number>().as('total'))})`;
}

/** The only condition apart from statuses; null: none; undefined: the stored counts do not cover the filter. */
function onlyTraitOf({ statuses, words = [], ...others }: CredentialFilter): CountedTrait | null | undefined {
  const conditions = Object.keys(others) as (keyof typeof others)[];
  if (conditions.length > 1 || words.length > 0) return undefined;
  const [only] = conditions;
  return only === undefined ? null : COUNTED[only];
}

/** The credentials of a person: assigned to their email or to another that Slack says is theirs, or taken over. */
function ownedIds({ id, email }: NonNullable<CredentialFilter['ownedBy']>) {
  const eb = expressionBuilder<Tables>();
  const takenOver = eb.selectFrom('takeovers').select('technical_account_id').where('user_id', '=', id);
  const ofOtherAddresses = eb
    .selectFrom('recipients')
    .innerJoin('credentials as present', (join) =>
      // The first condition uses the index; the second is needed since the index has only the beginning of a key.
      join
        .on(eb(indexedColumn('present.owner_key'), '=', indexedColumn('recipients.owner_key')))
        .onRef('present.owner_key', '=', 'recipients.owner_key'),
    )
    .select('technical_account_id')
    .where('recipients.user_id', '=', id)
    .where('gone_at', 'is', null);
  const ids = takenOver.unionAll(ofOtherAddresses);
  return email === null ? ids : ids.unionAll(presentIds(isKey('owner_key', searchKey(email))));
}

/** Existing credentials for which a condition holds. Combine several with union: joined by `or`, no index is used. */
export function presentIds(condition: RawBuilder<boolean>) {
  const ids = expressionBuilder<Tables>().selectFrom('credentials as present').select('technical_account_id');
  return ids.where('gone_at', 'is', null).where(condition);
}
