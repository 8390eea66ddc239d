import type { AdobeProblem } from '../credentials/adobe-error.ts';
import type { Database } from '../db/database.ts';
import { fromJson, toDate, toJson } from '../db/values.ts';
import type { StartRefusal } from './start-refusal.ts';

/** Keeps it with its migration; null: Adobe took a start, so no earlier refusal counts any more. */
export async function writeStartRefusal(
  db: Database,
  organisation: string,
  id: string,
  problem: AdobeProblem | null,
): Promise<void> {
  const update = db.updateTable('migrations').set({ start_refusal: toJson(problem) });
  const which = problem === null ? update.where('start_refusal', 'is not', null) : update.where('id', '=', id);
  await which.where('organisation', '=', organisation).execute();
}

/** The latest. */
export async function readStartRefusal(db: Database, organisation: string): Promise<StartRefusal | null> {
  const row = await db
    .selectFrom('migrations')
    .select(['start_refusal', 'decided_at'])
    .where('organisation', '=', organisation)
    .where('start_refusal', 'is not', null)
    .orderBy('decided_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { problem: fromJson<AdobeProblem>(row.start_refusal as string), confirmedAt: toDate(row.decided_at) };
}
