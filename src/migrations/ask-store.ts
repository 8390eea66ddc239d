import { ACTOR_BOT } from '../audit/audit-entry.ts';
import { writeAudit } from '../audit/store.ts';
import type { Database } from '../db/database.ts';
import { toMigrationRow } from '../db/migration-row.ts';
import { toDate, toJson } from '../db/values.ts';
import { MAX_OPEN_REQUESTS, type Migration, type Reason } from './migration.ts';
import { recordMove, withKind } from './move-store.ts';

/** Rolls a request back: the asker has too many open ones. */
class TooManyOpen extends Error {}
/** Rolls a request back: meanwhile, the asker has asked about the same credential at another instance. */
class AskedMeanwhile extends Error {}

const ASKED_AGAIN: Reason = { code: 'asked_again' };

/** As `MigrationStore.ask`. */
export async function recordRequest(
  db: Database,
  organisation: string,
  request: Migration,
): Promise<readonly Migration[] | null> {
  for (;;) {
    try {
      return await replaceRequests(db, organisation, request);
    } catch (error) {
      if (error instanceof TooManyOpen) return null;
      if (!(error instanceof AskedMeanwhile)) throw error;
    }
  }
}

async function replaceRequests(db: Database, organisation: string, request: Migration): Promise<Migration[]> {
  const { askedAt, askedBy: actor, technicalAccountId, id: migrationId } = request;
  return db.transaction().execute(async (trx) => {
    // Like every move, row before audit row: the other way round a concurrent confirmation would be a deadlock.
    const rows = await trx
      .updateTable('migrations')
      .set({ state: 'void', reason: toJson(ASKED_AGAIN) })
      .where('organisation', '=', organisation)
      .where('state', '=', 'asked')
      .where('asked_by', '=', actor)
      .where('technical_account_id', '=', technicalAccountId)
      .returningAll()
      .execute();
    const replaced: Migration[] = [];
    for (const row of rows) {
      const at = new Date(Math.max(askedAt.getTime(), toDate(row.asked_at).getTime()));
      const note = { at, actor: ACTOR_BOT, detail: { why: ASKED_AGAIN.code } };
      replaced.push(await recordMove(trx, row, 'void', note));
    }
    await trx.insertInto('migrations').values(toMigrationRow(request, organisation)).execute();
    const detail = withKind(null, request.step, request.isDryRun);
    await writeAudit(trx, { at: askedAt, actor, action: 'asked', technicalAccountId, migrationId, detail });
    // Read after the audit row, for which concurrent requests wait.
    const openRequests = await trx
      .selectFrom('migrations')
      .select(['id', 'technical_account_id'])
      .where('organisation', '=', organisation)
      .where('state', '=', 'asked')
      .where('asked_by', '=', actor)
      .execute();
    const isOther = (row: (typeof openRequests)[number]) =>
      row.id !== migrationId && row.technical_account_id === technicalAccountId;
    if (openRequests.some(isOther)) throw new AskedMeanwhile();
    if (openRequests.length > MAX_OPEN_REQUESTS) throw new TooManyOpen();
    return replaced;
  });
}
