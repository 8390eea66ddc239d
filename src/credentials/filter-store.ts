import { expressionBuilder, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { CountedTrait, Tables } from '../db/tables.ts';
import type { Triage } from '../usage/triage.ts';
import { storedTotal } from './counts-store.ts';
import { CREDENTIAL_STATUSES } from './credential.ts';
import { containing, indexed, isKey, searchKey } from './key-store.ts';
import { IS_PRODUCTION, placedAmong } from './order-store.ts';
import type { CredentialFilter, FirstPage } from './ports.ts';

/** The traits of which it is kept how many have them. */
const COUNTED: Partial<Record<keyof CredentialFilter, CountedTrait>> = {
  isFailing: 'failing',
  isInUse: 'in_use',
  isIdle: 'idle',
  isProduction: 'production',
};

/** The oldest reading that its triage rests on; as a subquery of its own, so that no plan begins with it. */
const AS_OF = sql<string | null>`(select as_of from credential_usage
  where credential_usage.technical_account_id = credentials.technical_account_id)`;

/** The credentials that exist. */
export function present(db: Database) {
  return db.selectFrom('credentials').where('gone_at', 'is', null);
}

/** Those of them that match. */
export function matching(db: Database, filter: CredentialFilter) {
  let rows = present(db);
  const { statuses, ownedBy, isFailing, isInUse, isIdle } = filter;
  if (statuses !== undefined) rows = rows.where(placedAmong(statuses));
  if (ownedBy !== undefined) rows = rows.where('credentials.technical_account_id', 'in', idsOf(ownedBy));
  if (filter.isOwned === false) rows = rows.where(indexed('owner_key'), 'is', null);
  if (filter.isProduction) rows = rows.where(IS_PRODUCTION);
  // What a person owns is found first: walking all that are used so, in the order of the list, would take longer.
  const triage = ownedBy === undefined ? sql.ref('credentials.triage') : sql`(credentials.triage || '')`;
  const isUsedAs = (kind: Triage['kind']) => sql<boolean>`${triage} = ${kind}`;
  if (isFailing) rows = rows.where(isUsedAs('failing'));
  if (isInUse) rows = rows.where(isUsedAs('in_use'));
  if (isIdle) rows = rows.where(isUsedAs('idle')).where(AS_OF, '>=', isIdle.since.toISOString());
  if (filter.isHeld !== undefined)
    rows = rows.where(
      'credentials.technical_account_id',
      filter.isHeld ? 'in' : 'not in',
      db.selectFrom('holds').select('technical_account_id'),
    );
  for (const word of filter.words ?? []) {
    rows = rows.where('search_text', 'like', containing(word));
  }
  return rows;
}

export type WantedPage = FirstPage & { readonly offset: number };

/** The ids of a page in their order, each with the total. */
export function idsOn(db: Database, { filter, offset, limit }: WantedPage) {
  const rows = matching(db, filter).select('credentials.technical_account_id as id');
  const total = keptTotalOf(db, filter);
  // Where it is kept how many there are, the page ends with its last row.
  if (total !== null) return inOrder(rows).select(total.as('total')).offset(offset).limit(limit).as('ids');
  // Otherwise all are found: once, for both.
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

/** The one order of lists. */
export function inOrder<O>(rows: SelectQueryBuilder<Tables, 'credentials', O>) {
  return rows.orderBy('sort_key').orderBy('credentials.technical_account_id');
}

/** How many match, as part of another statement. */
export function totalOf(db: Database, filter: CredentialFilter): RawBuilder<number> {
  return keptTotalOf(db, filter) ?? counted(matching(db, filter));
}

/** The same from what is kept; null where that does not say it. */
function keptTotalOf(db: Database, filter: CredentialFilter): RawBuilder<number> | null {
  const trait = onlyTraitOf(filter);
  if (trait === undefined) return null;
  const { statuses, isIdle } = filter;
  const stored = storedTotal(statuses ?? CREDENTIAL_STATUSES, trait);
  if (isIdle === undefined) return stored;
  // Few are too old, unless nothing was read for long.
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

/** The one trait that narrows a list, of which it is kept how many have it; null: none does; undefined: anything else does. */
function onlyTraitOf({ statuses, words = [], ...others }: CredentialFilter): CountedTrait | null | undefined {
  const [first, ...further] = Object.keys(others) as (keyof typeof others)[];
  if (further.length > 0 || words.length > 0) return undefined;
  return first === undefined ? null : COUNTED[first];
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
export function presentIds(condition: RawBuilder<boolean>) {
  const ids = expressionBuilder<Tables>().selectFrom('credentials as present').select('technical_account_id');
  return ids.where('gone_at', 'is', null).where(condition);
}
