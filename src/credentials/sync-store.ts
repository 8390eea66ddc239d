import { sql } from 'kysely';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { writeAudits } from '../audit/store.ts';
import { builtOnce } from '../db/built-once.ts';
import type { Database } from '../db/database.ts';
import type { Tables } from '../db/tables.ts';
import { fromJson, inChunks, toDate, toJson, toText } from '../db/values.ts';
import type { AdobeProblem } from './adobe-error.ts';
import { lockCounts, recount, toCounts } from './counts-store.ts';
import { CREDENTIAL_STATUSES, type Credential, type KnownStatus, type ProductionSandboxes } from './credential.ts';
import { orderSettingOf, writeSortKeys } from './order-store.ts';
import type {
  AccountInSandboxes,
  AdobeState,
  Certificate,
  KnownIntegration,
  Overview,
  SyncProgress,
  SyncState,
  SyncStore,
  UnreadItems,
} from './ports.ts';
import { rederiveAll } from './status-store.ts';
import { toRow } from './store.ts';

export class SqlSyncStore implements SyncStore {
  readonly #db: Database;
  readonly #production: ProductionSandboxes;
  readonly #overview = builtOnce(() =>
    this.#db
      .selectFrom('credential_counts')
      .leftJoin('sync_state', 'sync_state.id', 'credential_counts.id')
      .select(CREDENTIAL_STATUSES)
      .select(['tried_at', 'succeeded_at', 'problem', 'unread', 'progress'])
      .where('credential_counts.id', '=', 1),
  );

  constructor(db: Database, production: ProductionSandboxes = null) {
    this.#db = db;
    this.#production = production;
  }

  async replaceCredentials(
    credentials: readonly Credential[],
    began: Date,
    externalChanges: readonly AuditEntry[] = [],
  ): Promise<void> {
    // Migrated is final, and a status that was read outside of a sync since `began` is newer.
    const keepsStatus = sql<boolean>`credentials.adobe_status = 'completed' or credentials.status_read_at >= ${began.toISOString()}`;
    const newer = <C extends 'adobe_status' | 'unknown_because'>(column: C) =>
      sql<
        Tables['credentials'][C]
      >`case when ${keepsStatus} then ${sql.ref(`credentials.${column}`)} else ${sql.ref(`excluded.${column}`)} end`;
    await this.#db.transaction().execute(async (trx) => {
      // Audit first: a migration's move locks the trail, then its credential; the same order here avoids a deadlock.
      await writeAudits(trx, externalChanges);
      await lockCounts(trx);
      const existing = await trx
        .selectFrom('credentials')
        .select('technical_account_id as id')
        .where('gone_at', 'is', null)
        .execute();
      for await (const chunk of inChunks(credentials)) {
        await trx
          .insertInto('credentials')
          .values(chunk.map((credential) => toRow(credential, this.#production)))
          .onConflict((conflict) =>
            conflict
              .column('technical_account_id')
              .doUpdateSet((eb) => ({
                name: eb.ref('excluded.name'),
                description: eb.ref('excluded.description'),
                owner: eb.ref('excluded.owner'),
                sandboxes: eb.ref('excluded.sandboxes'),
                changed_at: eb.ref('excluded.changed_at'),
                adobe_status: newer('adobe_status'),
                unknown_because: newer('unknown_because'),
                console_id: eb.ref('excluded.console_id'),
                certificate_until: eb.ref('excluded.certificate_until'),
                status: eb.ref('excluded.status'),
                name_key: eb.ref('excluded.name_key'),
                owner_key: eb.ref('excluded.owner_key'),
                search_text: eb.ref('excluded.search_text'),
                gone_at: eb.ref('excluded.gone_at'),
                is_production: eb.ref('excluded.is_production'),
              })),
          )
          .execute();
      }
      const found = new Set(credentials.map(({ technicalAccountId }) => technicalAccountId));
      for await (const chunk of inChunks(existing.filter(({ id }) => !found.has(id)))) {
        const ids = chunk.map(({ id }) => id);
        const gone_at = began.toISOString();
        await trx.updateTable('credentials').set({ gone_at }).where('technical_account_id', 'in', ids).execute();
      }
      await rederiveAll(trx);
      for await (const chunk of inChunks([...found])) await writeSortKeys(trx, chunk);
      await recount(trx, orderSettingOf(this.#production));
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
      .select(['technical_account_id', 'adobe_status', 'status_read_at', 'console_id'])
      .execute();
    return new Map(
      rows.map((row) => [
        row.technical_account_id,
        { status: row.adobe_status, statusReadAt: toDate(row.status_read_at), consoleId: row.console_id },
      ]),
    );
  }

  async knownIntegrations(): Promise<Map<string, KnownIntegration>> {
    const rows = await this.#db.selectFrom('integrations').selectAll().execute();
    return new Map(
      rows.map(({ id, technical_account_id, certificate_read_at, certificate_until }) => {
        const readAt = toDate(certificate_read_at);
        const certificate = readAt === null ? null : { until: toDate(certificate_until), readAt };
        return [id, { technicalAccountId: technical_account_id, certificate }];
      }),
    );
  }

  async rememberIntegrations(found: ReadonlyMap<string, string | null>): Promise<void> {
    const rows = [...found].map(([id, technicalAccountId]) => ({
      id,
      technical_account_id: technicalAccountId,
      certificate_read_at: null,
      certificate_until: null,
    }));
    for await (const chunk of inChunks(rows)) {
      await this.#db
        .insertInto('integrations')
        .values(chunk)
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
    }
  }

  async rememberCertificates(found: ReadonlyMap<string, Certificate>): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      for await (const chunk of inChunks([...found])) {
        for (const [id, { until, readAt }] of chunk) {
          await trx
            .updateTable('integrations')
            .set({ certificate_read_at: readAt.toISOString(), certificate_until: toText(until) })
            .where('id', '=', id)
            .execute();
        }
      }
    });
  }

  async rememberStatuses(found: ReadonlyMap<string, KnownStatus>, at: Date): Promise<void> {
    const rows = [...found].map(([console_id, status]) => ({ console_id, status, read_at: at.toISOString() }));
    for await (const chunk of inChunks(rows)) {
      await this.#db
        .insertInto('first_statuses')
        .values(chunk)
        .onConflict((conflict) =>
          conflict
            .column('console_id')
            .doUpdateSet((eb) => ({ status: eb.ref('excluded.status'), read_at: eb.ref('excluded.read_at') })),
        )
        .execute();
    }
  }

  async rememberedStatuses(since: Date): Promise<Map<string, KnownStatus>> {
    const rows = await this.#db
      .selectFrom('first_statuses')
      .select(['console_id', 'status'])
      .where('read_at', '>', since.toISOString())
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('credentials')
              .select('technical_account_id')
              .whereRef('credentials.console_id', '=', 'first_statuses.console_id')
              .whereRef('status_read_at', '>=', 'read_at'),
          ),
        ),
      )
      .execute();
    return new Map(rows.map(({ console_id, status }) => [console_id, status]));
  }

  async syncState(): Promise<SyncState> {
    return toSyncState(await this.#db.selectFrom('sync_state').selectAll().where('id', '=', 1).executeTakeFirst());
  }

  async overview(): Promise<Overview> {
    const [row] = (await this.#db.executeQuery(this.#overview())).rows;
    if (row === undefined) throw new Error('the database has no counts');
    return { counts: toCounts(row), sync: toSyncState(row) };
  }

  async noteProgress(progress: SyncProgress): Promise<void> {
    await this.#note({ progress: JSON.stringify(progress) });
  }

  async noteSync({ triedAt, problem, unread }: Parameters<SyncStore['noteSync']>[0]): Promise<void> {
    const tried_at = triedAt.toISOString();
    // A failed sync keeps the time of the last success and the progress of a first sync.
    const changesOnSuccess = { succeeded_at: tried_at, progress: null };
    await this.#note({
      tried_at,
      problem: toJson(problem),
      unread: JSON.stringify(unread),
      ...(problem === null && changesOnSuccess),
    });
    if (problem === null) await this.#db.deleteFrom('first_statuses').execute();
  }

  async #note(changes: Partial<Tables['sync_state']>): Promise<void> {
    const none = { tried_at: null, succeeded_at: null, problem: null, unread: null, progress: null };
    await this.#db
      .insertInto('sync_state')
      .values({ id: 1, ...none, ...changes })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
      .execute();
  }
}

function toSyncState(row: Omit<Tables['sync_state'], 'id'> | undefined): SyncState {
  const progress = fromJson<{ read: number; total: number | null; at: string }>(row?.progress ?? null);
  return {
    triedAt: toDate(row?.tried_at ?? null),
    succeededAt: toDate(row?.succeeded_at ?? null),
    problem: fromJson<AdobeProblem>(row?.problem ?? null),
    unread: fromJson<UnreadItems[]>(row?.unread ?? '[]'),
    progress: progress && { ...progress, at: new Date(progress.at) },
  };
}
