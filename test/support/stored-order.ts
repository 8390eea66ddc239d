import { CREDENTIAL_STATUSES, type ProductionSandboxes, productionAmong } from '../../src/credentials/credential.ts';
import type { Database } from '../../src/db/database.ts';

/** How the stored order and counts of the credentials differ from what their rows say; empty if they agree. */
export async function storedOrderFaults(db: Database, production: ProductionSandboxes = null): Promise<string[]> {
  const stored = await db.selectFrom('credential_counts').selectAll().executeTakeFirstOrThrow();
  const rows = await db
    .selectFrom('credentials')
    .leftJoin('credential_usage as usage', 'usage.technical_account_id', 'credentials.technical_account_id')
    .select(['credentials.technical_account_id as id', 'status', 'sandboxes', 'name_key'])
    .select(['failing_since', 'next_run_at', 'usage.triage as read', 'credentials.triage as kept'])
    .where('gone_at', 'is', null)
    .orderBy('sort_key')
    .orderBy('credentials.technical_account_id')
    .execute();
  type Row = (typeof rows)[number];
  const isProduction = ({ sandboxes }: Row) => productionAmong(JSON.parse(sandboxes), production).length > 0;
  // Earlier versions stored only whether a credential fails.
  const triageOf = ({ failing_since, read }: Row) => (failing_since === null ? (read ?? 'unread') : 'failing');
  const faults = rows
    .filter((row) => row.kept !== triageOf(row))
    .map((row) => `${row.id} is kept as ${row.kept}, not ${triageOf(row)}`);
  for (const status of CREDENTIAL_STATUSES) {
    const are = rows.filter((row) => row.status === status);
    const kept = {
      all: stored[status],
      failing: stored[`failing_${status}`],
      inUse: stored[`in_use_${status}`],
      idle: stored[`idle_${status}`],
      production: stored[`production_${status}`],
    };
    const counted = {
      all: are.length,
      failing: are.filter(({ failing_since }) => failing_since !== null).length,
      inUse: are.filter(({ read }) => read === 'in_use').length,
      idle: are.filter(({ read }) => read === 'idle').length,
      production: are.filter(isProduction).length,
    };
    if (JSON.stringify(kept) !== JSON.stringify(counted))
      faults.push(`${status}: ${JSON.stringify(kept)} are kept, but there are ${JSON.stringify(counted)}`);
  }
  const keyOf = (row: Row) =>
    Buffer.from(
      [
        CREDENTIAL_STATUSES.indexOf(row.status),
        Number(row.failing_since === null),
        Number(!isProduction(row)),
        row.next_run_at ?? '~',
        row.name_key,
      ].join(''),
    );
  const ordered = rows.toSorted((a, b) => Buffer.compare(keyOf(a), keyOf(b)) || (a.id < b.id ? -1 : 1));
  const place = ordered.findIndex(({ id }, i) => id !== rows[i]?.id);
  if (place >= 0) faults.push(`place ${place} has ${rows[place]?.id}, not ${ordered[place]?.id}`);
  return faults;
}
