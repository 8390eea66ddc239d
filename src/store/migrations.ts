import type { AdobeProblem } from '../domain/errors.ts';
import {
  END_STATES,
  IN_FLIGHT_STATES,
  type MessageRef,
  type Migration,
  type MigrationState,
  mayMove,
  OPEN_STATES,
} from '../domain/migration.ts';
import type { AuditNote, MigrationChanges, MigrationStore } from '../services/stores.ts';
import { writeAudit } from './audit.ts';
import { deriveStatus } from './credentials.ts';
import { type Database, isUniqueViolation } from './database.ts';
import { toColumns, toMigration, toRow } from './migration-rows.ts';
import { storable, toJson, toText } from './rows.ts';
import type { MigrationsTable } from './tables.ts';

export class SqlMigrationStore implements MigrationStore {
  readonly #db: Database;
  readonly #organisation: string;

  constructor(db: Database, organisation: string) {
    this.#db = db;
    this.#organisation = organisation;
  }

  async ask(migration: Migration): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      await trx.insertInto('migrations').values(toRow(migration, this.#organisation)).execute();
      await writeAudit(trx, {
        at: migration.askedAt,
        actor: migration.askedBy,
        action: 'asked',
        technicalAccountId: migration.technicalAccountId,
        migrationId: migration.id,
        detail: null,
      });
    });
  }

  async get(id: string): Promise<Migration | null> {
    // From a button's value, which may be any text.
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
    return this.#move(id, from, to, changes, note, null);
  }

  async confirm(id: string, by: string, at: Date): Promise<Migration | null> {
    const changes = { decidedBy: by, decidedAt: at };
    return this.#move(id, 'asked', 'confirmed', changes, { at, actor: by, detail: null }, at);
  }

  /** `unlapsedAt`: only a question that had not lapsed then. */
  async #move(
    id: string,
    from: MigrationState,
    to: MigrationState,
    changes: MigrationChanges,
    note: AuditNote,
    unlapsedAt: Date | null,
  ): Promise<Migration | null> {
    if (!mayMove(from, to)) throw new Error(`There is no way from ${from} to ${to}.`);
    try {
      return await this.#db.transaction().execute(async (trx) => {
        let update = trx
          .updateTable('migrations')
          .set({ state: to, ...toColumns(changes) })
          .where('id', '=', id)
          .where('organisation', '=', this.#organisation)
          .where('state', '=', from);
        if (unlapsedAt !== null) update = update.where('expires_at', '>', unlapsedAt.toISOString());
        const row = await update.returningAll().executeTakeFirst();
        if (row === undefined) return null;
        await writeAudit(trx, {
          ...note,
          action: to,
          technicalAccountId: row.technical_account_id,
          migrationId: id,
        });
        await deriveStatus(trx, row.technical_account_id);
        return toMigration(row);
      });
    } catch (error) {
      // The unique indexes hold the two rules (one open per credential, one in flight per organisation):
      // whoever was faster has the place, and nothing of this transaction remains.
      if (isUniqueViolation(error)) return null;
      throw error;
    }
  }

  async line(): Promise<Migration[]> {
    const rows = await this.#rows()
      .where('state', 'in', OPEN_STATES)
      .orderBy((eb) => eb.case().when('state', 'in', IN_FLIGHT_STATES).then(0).else(1).end())
      .orderBy('decided_at')
      .orderBy('id')
      .execute();
    return rows.map(toMigration);
  }

  async openOf(technicalAccountId: string): Promise<Migration | null> {
    const row = await this.#rows()
      .where('technical_account_id', '=', technicalAccountId)
      .where('state', 'in', OPEN_STATES)
      .executeTakeFirst();
    return row === undefined ? null : toMigration(row);
  }

  async latestConfirmed(technicalAccountId: string): Promise<Migration | null> {
    const row = await this.#rows()
      .where('technical_account_id', '=', technicalAccountId)
      .where('state', 'in', [...OPEN_STATES, ...END_STATES, 'resolved'])
      .orderBy('decided_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : toMigration(row);
  }

  async lapsed(now: Date): Promise<Migration[]> {
    const rows = await this.#rows()
      .where('state', '=', 'asked')
      .where('expires_at', '<=', now.toISOString())
      .orderBy('expires_at')
      .orderBy('id')
      .execute();
    return rows.map(toMigration);
  }

  async questions(technicalAccountId: string): Promise<Migration[]> {
    const rows = await this.#rows()
      .where('technical_account_id', '=', technicalAccountId)
      .where('state', '=', 'asked')
      .orderBy('asked_at')
      .orderBy('id')
      .execute();
    return rows.map(toMigration);
  }

  async overtaken(): Promise<Migration[]> {
    const rows = await this.#rows()
      .where('state', '=', 'asked')
      .where('technical_account_id', 'in', (eb) =>
        eb
          .selectFrom('credentials')
          .select('technical_account_id')
          .where('adobe_status', 'in', ['started', 'completed']),
      )
      .orderBy('asked_at')
      .orderBy('id')
      .execute();
    return rows.map(toMigration);
  }

  async lateEnds(): Promise<Migration[]> {
    const rows = await this.#rows()
      .where('state', '=', 'needs_attention')
      .where('technical_account_id', 'in', (eb) =>
        eb.selectFrom('credentials').select('technical_account_id').where('adobe_status', '=', 'completed'),
      )
      .orderBy('ended_at')
      .orderBy('id')
      .execute();
    return rows.map(toMigration);
  }

  async noteStartProblem(id: string, problem: AdobeProblem): Promise<void> {
    await this.#set(id, { start_problem: toJson(problem) });
  }

  async setMessage(id: string, message: MessageRef): Promise<void> {
    await this.#set(id, { message: toJson(message) });
  }

  async setQuestion(id: string, question: MessageRef): Promise<void> {
    await this.#set(id, { question: toJson(question) });
  }

  async untold(): Promise<Migration[]> {
    const rows = await this.#rows()
      .where('ended_at', 'is not', null)
      .where('told_at', 'is', null)
      .orderBy('ended_at')
      .orderBy('id')
      .execute();
    return rows.map(toMigration);
  }

  async markTold({ id, endedAt }: Pick<Migration, 'id' | 'endedAt'>, at: Date): Promise<void> {
    await this.#db
      .updateTable('migrations')
      .set({ told_at: at.toISOString() })
      .where('id', '=', id)
      .where('organisation', '=', this.#organisation)
      .where('ended_at', '=', toText(endedAt))
      .execute();
  }

  #rows() {
    return this.#db.selectFrom('migrations').selectAll().where('organisation', '=', this.#organisation);
  }

  async #set(id: string, columns: Partial<MigrationsTable>): Promise<void> {
    await this.#db
      .updateTable('migrations')
      .set(columns)
      .where('id', '=', id)
      .where('organisation', '=', this.#organisation)
      .execute();
  }
}
