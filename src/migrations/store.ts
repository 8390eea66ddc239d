import type { AuditAction } from '../audit/audit-entry.ts';
import type { AdobeProblem } from '../credentials/adobe-error.ts';
import type { AdobeStatus } from '../credentials/credential.ts';
import { builtOnce } from '../db/built-once.ts';
import { type Database, isUniqueViolation } from '../db/database.ts';
import { toColumns, toMigration } from '../db/migration-row.ts';
import type { MigrationsTable } from '../db/tables.ts';
import { fromJson, storable, toDate, toJson } from '../db/values.ts';
import type { Impact } from '../usage/impact.ts';
import { recordRequest } from './ask-store.ts';
import {
  ACTIVE_STATES,
  type DryRunResult,
  END_STATES,
  IN_FLIGHT_STATES,
  type MessageLink,
  type MessageRef,
  type Migration,
  type MigrationState,
  mayMove,
} from './migration.ts';
import { OnHold, recordMove, recordReminder, recordShownEnd } from './move-store.ts';
import type { AuditNote, LateEnd, MigrationChanges, MigrationStore, ShownEnd, StartRefusal } from './ports.ts';
import { type MethodName, planOf } from './steps.ts';
import { lateEnd } from './verdicts.ts';

/** Further conditions of a move. */
interface MoveConditions {
  /** The time in this column must be after `time`. */
  readonly after?: { readonly column: 'expires_at' | 'decided_at'; readonly time: Date };
  readonly method?: MethodName;
  readonly isDryRun?: boolean;
}

export class SqlMigrationStore implements MigrationStore {
  readonly #db: Database;
  readonly #organisation: string;
  readonly #queue = builtOnce(() =>
    this.#rows()
      .where('state', 'in', ACTIVE_STATES)
      .orderBy((eb) => eb.case().when('state', 'in', IN_FLIGHT_STATES).then(0).else(1).end())
      .orderBy('decided_at')
      .orderBy('id'),
  );

  constructor(db: Database, organisation: string) {
    this.#db = db;
    this.#organisation = organisation;
  }

  async ask(request: Migration): Promise<readonly Migration[] | null> {
    return recordRequest(this.#db, this.#organisation, request);
  }

  async get(id: string): Promise<Migration | null> {
    // From a button's value, so it may be any text.
    const row = await this.#rows().where('id', '=', storable(id)).executeTakeFirst();
    return row === undefined ? null : toMigration(row);
  }

  async move(
    id: string,
    from: MigrationState,
    to: MigrationState,
    changes: MigrationChanges,
    note: AuditNote,
  ): Promise<Migration | null> {
    if (!mayMove(from, to)) throw new Error(`A migration cannot move from ${from} to ${to}.`);
    return this.#move(id, from, to, toColumns(changes), note);
  }

  async confirm(
    id: string,
    by: string,
    at: Date,
    responseUrl: string | null = null,
    seen?: Impact | null,
  ): Promise<Migration | null> {
    const decided = { ...toColumns({ decidedBy: by, decidedAt: at }), response_url: responseUrl };
    const columns = { ...decided, ...(seen !== undefined && { impact: toJson(seen) }) };
    const conditions = { after: { column: 'expires_at', time: at }, isDryRun: false } as const;
    return this.#move(id, 'asked', 'confirmed', columns, { at, actor: by, detail: null }, conditions);
  }

  async endDryRun(id: string, by: string, at: Date, found: DryRunResult): Promise<Migration | null> {
    const columns = toColumns({ decidedBy: by, decidedAt: at, reason: { code: 'dry_run', ...found } });
    const conditions = { after: { column: 'expires_at', time: at }, isDryRun: true } as const;
    const detail = found.call === null ? null : { call: `${found.call.method} ${found.call.path}` };
    return this.#move(id, 'asked', 'dry_run', columns, { at, actor: by, detail }, conditions);
  }

  async continueByHand(id: string, by: string, at: Date, confirmedSince: Date): Promise<Migration | null> {
    const ended = { started_at: null, ended_at: null, notified_at: null, start_problem: null, reason: null };
    const columns = { ...ended, method: 'hand-off' } as const;
    const conditions = { after: { column: 'decided_at', time: confirmedSince }, method: 'query-service' } as const;
    return this.#move(id, 'failed', 'confirmed', columns, { at, actor: by, detail: null }, conditions, 'continued');
  }

  async recordReminder(id: string, at: Date): Promise<boolean> {
    return recordReminder(this.#db, this.#organisation, id, at);
  }

  async #move(
    id: string,
    from: MigrationState,
    to: MigrationState,
    columns: Partial<MigrationsTable>,
    note: AuditNote,
    { after, method, isDryRun }: MoveConditions = {},
    action: AuditAction = to,
  ): Promise<Migration | null> {
    try {
      return await this.#db.transaction().execute(async (trx) => {
        let update = trx
          .updateTable('migrations')
          .set({ state: to, ...columns })
          .where('id', '=', storable(id))
          .where('organisation', '=', this.#organisation)
          .where('state', '=', from);
        if (after !== undefined) update = update.where(after.column, '>', after.time.toISOString());
        if (method !== undefined) update = update.where('method', '=', method);
        if (isDryRun !== undefined) update = update.where('dry_run', '=', Number(isDryRun));
        const row = await update.returningAll().executeTakeFirst();
        return row === undefined ? null : recordMove(trx, row, action, note);
      });
    } catch (error) {
      // The unique indexes hold two rules: one active per credential, one in flight per organisation. Another
      // transaction won; ours is rolled back.
      if (isUniqueViolation(error) || error instanceof OnHold) return null;
      throw error;
    }
  }

  async queue(): Promise<Migration[]> {
    const { rows } = await this.#db.executeQuery(this.#queue());
    return rows.map(toMigration);
  }

  async activeOf(technicalAccountId: string): Promise<Migration | null> {
    const row = await this.#rows()
      .where('technical_account_id', '=', technicalAccountId)
      .where('state', 'in', ACTIVE_STATES)
      .executeTakeFirst();
    return row === undefined ? null : toMigration(row);
  }

  async latestConfirmed(technicalAccountId: string): Promise<Migration | null> {
    const row = await this.#rows()
      .where('technical_account_id', '=', technicalAccountId)
      .where('state', 'in', [...ACTIVE_STATES, ...END_STATES, 'resolved'])
      .orderBy('decided_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : toMigration(row);
  }

  async overdueRequests(now: Date): Promise<Migration[]> {
    const rows = await this.#rows()
      .where('state', '=', 'asked')
      .where('expires_at', '<=', now.toISOString())
      .orderBy('expires_at')
      .orderBy('id')
      .execute();
    return rows.map(toMigration);
  }

  async pendingRequests(technicalAccountId: string): Promise<Migration[]> {
    const rows = await this.#rows()
      .where('technical_account_id', '=', technicalAccountId)
      .where('state', '=', 'asked')
      .orderBy('asked_at')
      .orderBy('id')
      .execute();
    return rows.map(toMigration);
  }

  async supersededRequests(): Promise<Migration[]> {
    const rows = await this.#rows()
      .where('state', '=', 'asked')
      .where((eb) =>
        eb.or([
          eb('technical_account_id', 'in', this.#credentialsIn('completed')),
          eb.and([eb('step', '=', 'start'), eb('technical_account_id', 'in', this.#credentialsIn('started'))]),
          eb.and([eb('step', '!=', 'start'), eb('technical_account_id', 'in', this.#credentialsIn('not_started'))]),
        ]),
      )
      .orderBy('asked_at')
      .orderBy('id')
      .execute();
    return rows.map(toMigration);
  }

  async lateEnds(): Promise<LateEnd[]> {
    const rows = await this.#db
      .selectFrom('migrations')
      .innerJoin('credentials', 'credentials.technical_account_id', 'migrations.technical_account_id')
      .selectAll('migrations')
      .select('credentials.adobe_status')
      .where('organisation', '=', this.#organisation)
      .where('migrations.state', '=', 'needs_attention')
      .where('credentials.adobe_status', 'in', ['not_started', 'started', 'completed'])
      .orderBy('ended_at')
      .orderBy('id')
      .execute();
    return rows.flatMap(({ adobe_status, ...row }) => {
      const migration = toMigration(row);
      const to = lateEnd(planOf(migration), adobe_status);
      return to === null ? [] : [{ migration, to }];
    });
  }

  async noteStartProblem(id: string, problem: AdobeProblem): Promise<void> {
    await this.#set(id, { start_problem: toJson(problem) });
  }

  async noteStartRefusal(id: string, problem: AdobeProblem | null): Promise<void> {
    const update = this.#db.updateTable('migrations').set({ start_refusal: toJson(problem) });
    const affected = problem === null ? update.where('start_refusal', 'is not', null) : update.where('id', '=', id);
    await affected.where('organisation', '=', this.#organisation).execute();
  }

  async startRefusal(): Promise<StartRefusal | null> {
    const row = await this.#db
      .selectFrom('migrations')
      .select(['start_refusal', 'decided_at'])
      .where('organisation', '=', this.#organisation)
      .where('start_refusal', 'is not', null)
      .orderBy('decided_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) return null;
    return { problem: fromJson<AdobeProblem>(row.start_refusal as string), confirmedAt: toDate(row.decided_at) };
  }

  async setMessage(id: string, message: MessageRef, previous: MessageRef | null): Promise<void> {
    await this.#update(id)
      .set({ message: toJson(message), message_link: null })
      .where('message', previous === null ? 'is' : '=', toJson(previous))
      .execute();
  }

  async setMessageLink(id: string, message: MessageRef, link: MessageLink): Promise<boolean> {
    const row = await this.#update(id)
      .set({ message_link: toJson(link) })
      .where('message', '=', toJson(message))
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async setImpact(id: string, impact: Impact): Promise<Migration | null> {
    const row = await this.#update(id)
      .set(({ ref }) => ({ impact: JSON.stringify(impact), impact_before: ref('impact') }))
      .where('state', '=', 'asked')
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? null : toMigration(row);
  }

  async setQuestionMessage(id: string, message: MessageRef): Promise<void> {
    await this.#set(id, { question_message: toJson(message) });
  }

  async unnotified(): Promise<Migration[]> {
    const rows = await this.#rows()
      .where('ended_at', 'is not', null)
      .where('notified_at', 'is', null)
      .orderBy('ended_at')
      .orderBy('id')
      .execute();
    return rows.map(toMigration);
  }

  async markNotified(shown: ShownEnd, at: Date): Promise<void> {
    await recordShownEnd(this.#db, this.#organisation, shown, at);
  }

  async notifyAgain(id: string): Promise<void> {
    await this.#update(id).set({ notified_at: null }).execute();
  }

  #credentialsIn(status: AdobeStatus) {
    return this.#db.selectFrom('credentials').select('technical_account_id').where('adobe_status', '=', status);
  }

  #rows() {
    return this.#db.selectFrom('migrations').selectAll().where('organisation', '=', this.#organisation);
  }

  async #set(id: string, columns: Partial<MigrationsTable>): Promise<void> {
    await this.#update(id).set(columns).execute();
  }

  #update(id: string) {
    return this.#db.updateTable('migrations').where('id', '=', id).where('organisation', '=', this.#organisation);
  }
}
