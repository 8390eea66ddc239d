import { CREDENTIAL_STATUSES, type ProductionSandboxes, productionAmong } from '../../src/credentials/credential.ts';
import type { Database } from '../../src/db/database.ts';

/** Where the order and the counts that are kept beside the credentials are not those of the rows; empty if they are. */
export async function storedOrderFaults(db: Database, production: ProductionSandboxes = null): Promise<string[]> {
  const stored = await db.selectFrom('credential_counts').selectAll().executeTakeFirstOrThrow();
  const rows = await db
    .selectFrom('credentials')
    .leftJoin('credential_usage as usage', 'usage.technical_account_id', 'credentials.technical_account_id')
    .select(['credentials.technical_account_id as id', 'status', 'sandboxes', 'name_key'])
    .select(['failing_since', 'next_run_at'])
    .where('gone_at', 'is', null)
    .orderBy('sort_key')
    .orderBy('credentials.technical_account_id')
    .execute();
  type Row = (typeof rows)[number];
  const faults: string[] = [];
  for (const status of CREDENTIAL_STATUSES) {
    const are = rows.filter((row) => row.status === status);
    const fail = are.filter(({ failing_since }) => failing_since !== null);
    const kept = [stored[status], stored[`failing_${status}`]];
    if (`${kept}` !== `${[are.length, fail.length]}`)
      faults.push(`${status}: ${kept} are kept, but there are ${are.length}, of which ${fail.length} fail`);
  }
  const keyOf = ({ status, failing_since, sandboxes, next_run_at, name_key }: Row) =>
    Buffer.from(
      [
        CREDENTIAL_STATUSES.indexOf(status),
        Number(failing_since === null),
        Number(productionAmong(JSON.parse(sandboxes), production).length === 0),
        next_run_at ?? '~',
        name_key,
      ].join(''),
    );
  const ordered = rows.toSorted((a, b) => Buffer.compare(keyOf(a), keyOf(b)) || (a.id < b.id ? -1 : 1));
  const place = ordered.findIndex(({ id }, i) => id !== rows[i]?.id);
  if (place >= 0) faults.push(`place ${place} has ${rows[place]?.id}, not ${ordered[place]?.id}`);
  return faults;
}
