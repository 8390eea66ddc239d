import { largeOrganisation } from '../playground/adobe/large-seed.ts';
import type { Schedule } from '../playground/adobe/organisation.ts';
import type { AdobeStatus } from '../src/credentials/credential.ts';
import { SqlSyncStore } from '../src/credentials/sync-store.ts';
import { openDatabase } from '../src/db/database.ts';
import { runAfter } from '../src/usage/cron-times.ts';
import { SqlUsageStore } from '../src/usage/store.ts';
import { type SandboxUsage, unreadUsage } from '../src/usage/usage.ts';

const STATUSES: Readonly<Record<string, AdobeStatus>> = {
  NOT_STARTED: 'not_started',
  STARTED: 'started',
  COMPLETED: 'completed',
};

/** Fills the database through the bot's own stores: a first sync of that size would take minutes. @returns seconds */
export async function fill(path: string, size: number): Promise<number> {
  const db = await openDatabase({ kind: 'sqlite', path });
  const { credentials, schedules } = largeOrganisation(size);
  const at = new Date();
  const started = performance.now();
  const syncs = new SqlSyncStore(db);
  await syncs.replaceCredentials(
    credentials.map(({ created, lastUpdated, state, consoleId, ...credential }) => ({
      ...credential,
      consoleId: consoleId === null ? null : String(consoleId),
      technicalAccountId: credential.technicalAccountId.toUpperCase(),
      changedAt: lastUpdated ?? created,
      adobeStatus: STATUSES[state] ?? 'none',
      unknownBecause: null,
      certificateUntil: null,
    })),
    at,
  );
  await syncs.noteSync({ triedAt: at, problem: null, unread: [] });
  const byAccount = Map.groupBy(schedules, ({ technicalAccountId }) => technicalAccountId.toUpperCase());
  const usage = credentials
    .filter(({ state }) => state !== 'COMPLETED')
    .map(({ technicalAccountId, sandboxes }) => {
      const own = byAccount.get(technicalAccountId.toUpperCase()) ?? [];
      return { technicalAccountId, sandboxes, usage: sandboxes.map((sandbox) => usageIn(sandbox, own, at)) };
    });
  await new SqlUsageStore(db).save(usage, at);
  await db.destroy();
  return (performance.now() - started) / 1000;
}

function usageIn(sandbox: string, schedules: readonly Schedule[], at: Date): SandboxUsage {
  const known = schedules
    .filter((each) => each.sandbox === sandbox)
    .map(({ id, name, cron }) => ({ id, name, cron, isEnabled: true, nextRunAt: runAfter(cron, at) }));
  return { ...unreadUsage(sandbox, null), readAt: at, schedules: known };
}
