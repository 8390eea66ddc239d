import type { AuditEntry } from '../audit/audit-entry.ts';
import { writeAudit } from '../audit/store.ts';
import type { Database } from '../db/database.ts';
import { fromJson, inChunks, toDate, toJson } from '../db/values.ts';
import type { AdobeProblem } from './adobe-error.ts';
import type { Credential } from './credential.ts';
import type { AccountInSandboxes, AdobeState, SyncState, SyncStore, Unread } from './ports.ts';
import { rederiveAll, toRow } from './store.ts';

export class SqlSyncStore implements SyncStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async replaceCredentials(
    credentials: readonly Credential[],
    at: Date,
    externalChanges: readonly AuditEntry[] = [],
  ): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      // Audit first: a migration's move locks the trail, then its credential; the same order here avoids a deadlock.
      for (const entry of externalChanges) await writeAudit(trx, entry);
      await trx.updateTable('credentials').set({ gone_at: at.toISOString() }).where('gone_at', 'is', null).execute();
      for await (const chunk of inChunks(credentials)) {
        await trx
          .insertInto('credentials')
          .values(chunk.map(toRow))
          .onConflict((conflict) =>
            conflict.column('technical_account_id').doUpdateSet((eb) => ({
              name: eb.ref('excluded.name'),
              description: eb.ref('excluded.description'),
              owner: eb.ref('excluded.owner'),
              sandboxes: eb.ref('excluded.sandboxes'),
              changed_at: eb.ref('excluded.changed_at'),
              // Final: a status read before the migration ended must not undo it.
              adobe_status: eb
                .case()
                .when('credentials.adobe_status', '=', 'completed')
                .then(eb.ref('credentials.adobe_status'))
                .else(eb.ref('excluded.adobe_status'))
                .end(),
              unknown_because: eb
                .case()
                .when('credentials.adobe_status', '!=', 'completed')
                .then(eb.ref('excluded.unknown_because'))
                .end(),
              console_id: eb.ref('excluded.console_id'),
              status: eb.ref('excluded.status'),
              name_key: eb.ref('excluded.name_key'),
              owner_key: eb.ref('excluded.owner_key'),
              search_text: eb.ref('excluded.search_text'),
              gone_at: eb.ref('excluded.gone_at'),
            })),
          )
          .execute();
      }
      await rederiveAll(trx);
    });
  }

  async present(): Promise<AccountInSandboxes[]> {
    const rows = await this.#db.selectFrom('credentials').selectAll().where('gone_at', 'is', null).execute();
    return rows.map((row) => ({
      technicalAccountId: row.technical_account_id,
      name: row.name,
      description: row.description,
      owner: row.owner,
      sandboxes: fromJson<string[]>(row.sandboxes),
      changedAt: toDate(row.changed_at),
    }));
  }

  async adobeStates(): Promise<Map<string, AdobeState>> {
    const rows = await this.#db
      .selectFrom('credentials')
      .select(['technical_account_id', 'adobe_status', 'console_id'])
      .execute();
    return new Map(
      rows.map((row) => [row.technical_account_id, { status: row.adobe_status, consoleId: row.console_id }]),
    );
  }

  async knownIntegrations(): Promise<Map<string, string | null>> {
    const rows = await this.#db.selectFrom('integrations').selectAll().execute();
    return new Map(rows.map((row) => [row.id, row.technical_account_id]));
  }

  async rememberIntegrations(found: ReadonlyMap<string, string | null>): Promise<void> {
    const rows = [...found].map(([id, technicalAccountId]) => ({ id, technical_account_id: technicalAccountId }));
    for await (const chunk of inChunks(rows)) {
      await this.#db
        .insertInto('integrations')
        .values(chunk)
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
    }
  }

  async syncState(): Promise<SyncState> {
    const row = await this.#db.selectFrom('sync_state').selectAll().where('id', '=', 1).executeTakeFirst();
    return {
      triedAt: toDate(row?.tried_at ?? null),
      succeededAt: toDate(row?.succeeded_at ?? null),
      problem: fromJson<AdobeProblem>(row?.problem ?? null),
      unread: fromJson<Unread[]>(row?.unread ?? '[]'),
    };
  }

  async noteSync({ triedAt, problem, unread }: Parameters<SyncStore['noteSync']>[0]): Promise<void> {
    const tried_at = triedAt.toISOString();
    // A failed sync leaves the time of the last success.
    const noted = { tried_at, problem: toJson(problem), unread: JSON.stringify(unread) };
    const changes = { ...noted, ...(problem === null && { succeeded_at: tried_at }) };
    await this.#db
      .insertInto('sync_state')
      .values({ id: 1, succeeded_at: null, ...changes })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
      .execute();
  }
}
