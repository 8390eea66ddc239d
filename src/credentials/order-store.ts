import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../db/database.ts';
import type { CredentialsTable, Tables } from '../db/tables.ts';
import { fromJson, inChunks } from '../db/values.ts';
import { lockCounts, recount } from './counts-store.ts';
import { CREDENTIAL_STATUSES, type CredentialStatus, type ProductionSandboxes, productionAmong } from './credential.ts';
import { INDEXED_LENGTH } from './key-store.ts';

/** A status as one digit, so that the next digit ends its range. */
const placeOf = (status: CredentialStatus) => String(CREDENTIAL_STATUSES.indexOf(status));

const PLACE = sql`case status ${sql.join(
  CREDENTIAL_STATUSES.map((status) => sql`when ${sql.lit(status)} then ${sql.lit(placeOf(status))}`),
  sql` `,
)} end`;

const USAGE = sql`from credential_usage where credential_usage.technical_account_id = credentials.technical_account_id`;

/** The order of the list as text: status, failing, production, next run (those without one come last), name. */
const SORT_KEY = sql<string>`${PLACE} || case when exists (select 1 ${USAGE} and failing_since is not null) then '0' else '1' end
  || case is_production when 1 then '0' else '1' end || coalesce((select next_run_at ${USAGE}), '~')
  || substr(name_key, 1, ${sql.lit(INDEXED_LENGTH)})`;

/** The triage of its usage; rows of an earlier version only say whether it fails. */
const TRIAGE = sql<CredentialsTable['triage']>`coalesce(
  (select case when failing_since is not null then 'failing' else triage end ${USAGE}), 'unread')`;

/** Both are read from the sort key, which is indexed. */
export const IS_FAILING = sql<boolean>`substr(sort_key, 2, 1) = '0'`;
export const IS_PRODUCTION = sql<boolean>`substr(sort_key, 3, 1) = '0'`;

/** Writes the sort keys and triage of these credentials after a change, in the same transaction. */
export async function writeSortKeys(trx: Transaction<Tables>, ids: readonly string[]): Promise<void> {
  await trx
    .updateTable('credentials')
    .set({ sort_key: SORT_KEY, triage: TRIAGE })
    .where('technical_account_id', 'in', ids)
    .where((eb) => eb.or([eb('sort_key', '!=', SORT_KEY), eb('triage', '!=', TRIAGE)]))
    .execute();
}

/** The sort key of a credential after a change of only its status. */
export function sortKeyWithStatus(status: CredentialStatus, sortKey: string): string {
  return placeOf(status) + sortKey.slice(1);
}

/** Condition that a credential has one of these statuses, as ranges of the sort key. */
export function hasStatusAmong(statuses: readonly CredentialStatus[]): RawBuilder<boolean> {
  const places = [...new Set(statuses)].map((status) => CREDENTIAL_STATUSES.indexOf(status)).sort((a, b) => a - b);
  const ranges: { from: number; to: number }[] = [];
  for (const place of places) {
    const last = ranges.at(-1);
    if (last?.to === place) last.to = place + 1;
    else ranges.push({ from: place, to: place + 1 });
  }
  if (ranges.length === 0) return sql<boolean>`1 = 0`;
  return sql<boolean>`(${sql.join(
    ranges.map(({ from, to }) => sql`(sort_key >= ${String(from)} and sort_key < ${String(to)})`),
    sql` or `,
  )})`;
}

/** The setting with which sort keys are written; if it differs from the stored one, they have to be rewritten. */
export function orderSettingOf(production: ProductionSandboxes): string {
  return JSON.stringify([CREDENTIAL_STATUSES, production]);
}

/**
 * Rewrites all sort keys and counts that were written with another setting, or by a version that did not store them.
 * Called at the start, possibly by several instances at once.
 */
export async function updateStoredOrder(db: Database, production: ProductionSandboxes): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const written = await lockCounts(trx);
    if (written.ordered_by === orderSettingOf(production)) return;
    const rows = await trx.selectFrom('credentials').select(['technical_account_id as id', 'sandboxes']).execute();
    const productionFlag = ({ sandboxes }: (typeof rows)[number]) =>
      productionAmong(fromJson<string[]>(sandboxes), production).length > 0 ? 1 : 0;
    for await (const chunk of inChunks(rows)) {
      for (const [is_production, credentials] of Map.groupBy(chunk, productionFlag)) {
        await trx
          .updateTable('credentials')
          .set({ is_production })
          .where('technical_account_id', 'in', idsOf(credentials))
          .where('is_production', '!=', is_production)
          .execute();
      }
      await writeSortKeys(trx, idsOf(chunk));
    }
    await recount(trx, orderSettingOf(production));
  });
}

function idsOf(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id);
}
