import type { Transaction } from 'kysely';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { lockTrail, writeAudits } from '../audit/store.ts';
import type { Database } from '../db/database.ts';
import type { Tables } from '../db/tables.ts';
import { fromJson, storable, toDate, toJson } from '../db/values.ts';
import { isChannelId } from '../migrations/channel-id.ts';
import { END_STATES, type MessageRef, type Migration, type MigrationState } from '../migrations/migration.ts';
import {
  type AddressedNotice,
  type AskAnswer,
  type AskNotice,
  type Notice,
  type PressNotice,
  THREAD,
} from './notice.ts';
import type { AnsweredAsk, NoticeStore, WaitingNotice } from './ports.ts';

export class SqlNoticeStore implements NoticeStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async add(notices: readonly AddressedNotice[], entries: readonly AuditEntry[], at: Date): Promise<number> {
    return this.#db.transaction().execute(async (trx) => {
      await lockTrail(trx);
      let written = 0;
      for (const notice of notices) if (await writeNotice(trx, notice, at)) written++;
      if (written > 0) await writeAudits(trx, entries);
      return written;
    });
  }

  async waiting(now: Date, atMost: number): Promise<WaitingNotice[]> {
    const rows = await this.#db
      .selectFrom('notices')
      .selectAll()
      .where('closed_at', 'is', null)
      .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', now.toISOString())]))
      .orderBy('created_at')
      .orderBy('subject')
      .orderBy('address')
      .limit(atMost)
      .execute();
    return rows.map(({ subject, address, content, created_at }) => ({
      subject,
      address,
      notice: fromJson<Notice>(content),
      createdAt: toDate(created_at),
    }));
  }

  async claim({ subject, address }: AddressedNotice, now: Date, until: Date): Promise<boolean> {
    const claimed = await this.#row(subject, address)
      .set({ claimed_until: until.toISOString() })
      .where('closed_at', 'is', null)
      .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', now.toISOString())]))
      .returning('subject')
      .executeTakeFirst();
    return claimed !== undefined;
  }

  async release({ subject, address }: AddressedNotice): Promise<void> {
    await this.#row(subject, address).set({ claimed_until: null }).where('closed_at', 'is', null).execute();
  }

  async close(sent: AddressedNotice, at: Date, sentTo: string | null, message: MessageRef | null): Promise<void> {
    const { subject, address, notice } = sent;
    const askColumns = notice.kind === 'owner_ask' && message !== null ? toAskColumns(notice, message) : {};
    await this.#row(subject, address)
      .set({ closed_at: at.toISOString(), sent_to: sentTo, ...askColumns })
      .execute();
  }

  async answeredAsks(atMost: number): Promise<AnsweredAsk[]> {
    const rows = await this.#db
      .selectFrom('notices')
      .innerJoin('credentials', 'credentials.technical_account_id', 'notices.asked_about')
      .select(['subject', 'address', 'content', 'notices.created_at', 'ask_message', 'status', 'gone_at'])
      .where('ask_message', 'is not', null)
      .where((eb) => eb.or([eb('gone_at', 'is not', null), eb('status', 'in', ['migrated', 'not_eligible'])]))
      .limit(atMost)
      .execute();
    return rows.map(({ subject, address, content, created_at, ask_message, status, gone_at }) => ({
      subject,
      address,
      notice: fromJson<AskNotice>(content),
      createdAt: toDate(created_at),
      message: fromJson<MessageRef>(ask_message ?? ''),
      answer: answerOf(status, gone_at),
    }));
  }

  async closeAsk({ subject, address }: AddressedNotice, outcome: AddressedNotice | null, at: Date): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      if (outcome !== null) await writeNotice(trx, outcome, at);
      await trx
        .updateTable('notices')
        .set({ ask_message: null, asked_about: null })
        .where('subject', '=', subject)
        .where('address', '=', address)
        .execute();
    });
  }

  async readdress(waiting: WaitingNotice, addresses: readonly string[], at: Date): Promise<void> {
    const { subject, address: replaced, notice, createdAt } = waiting;
    await this.#db.transaction().execute(async (trx) => {
      for (const address of addresses) await writeNotice(trx, { subject, address, notice }, createdAt);
      await trx
        .updateTable('notices')
        .set({ closed_at: at.toISOString() })
        .where('subject', '=', subject)
        .where('address', '=', replaced)
        .execute();
    });
  }

  async isSentTo(subject: string, userId: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('notices')
      .select('subject')
      .where('subject', '=', subject)
      .where('sent_to', '=', userId)
      .executeTakeFirst();
    return row !== undefined;
  }

  #row(subject: string, address: string) {
    return this.#db.updateTable('notices').where('subject', '=', subject).where('address', '=', address);
  }
}

function answerOf(status: string, goneAt: string | null): AskAnswer {
  if (goneAt !== null) return 'gone';
  return status === 'migrated' ? 'migrated' : 'not_eligible';
}

function toAskColumns({ technicalAccountId }: AskNotice, message: MessageRef) {
  return { asked_about: technicalAccountId, ask_message: toJson(message) };
}

/** States that owners are notified of when somebody else migrates: the confirmation and the ends. */
const OWNER_NOTICE_STATES: ReadonlySet<MigrationState> = new Set(['confirmed', ...END_STATES]);

/** Records the notice for the owner of a credential about its migration, in the transaction of the state change. */
export async function writeMigrationNotice(
  trx: Transaction<Tables>,
  { id: migrationId, state, shown }: Migration,
  at: Date,
): Promise<void> {
  // An owner that is not an email leads to nobody, and must not be mistaken for somebody's id.
  if (!OWNER_NOTICE_STATES.has(state) || !shown.owner?.includes('@')) return;
  const notice = { kind: 'migration', migrationId, state } as const;
  await writeNotice(trx, { subject: `${migrationId}/${state}`, address: shown.owner, notice }, at);
}

/** Outcomes of a question that another person may decide. */
const DECISION_STATES: ReadonlySet<MigrationState> = new Set(['confirmed', 'dry_run', 'cancelled', 'expired']);

/** Records the notice for the asker on how a question to a second person ended, in the transaction of that end. */
export async function writeDecisionNotice(
  trx: Transaction<Tables>,
  { id: migrationId, state, askedBy, decidedBy, questionMessage }: Migration,
  at: Date,
): Promise<void> {
  // A question in a channel is one for a second person.
  if (!DECISION_STATES.has(state) || decidedBy === askedBy || !isChannelId(questionMessage?.channel ?? '')) return;
  const notice = { kind: 'decision', migrationId } as const;
  await writeNotice(trx, { subject: `decision/${migrationId}`, address: askedBy, notice }, at);
}

/** Records the notice that the confirmer has to press Migrate in Adobe, in the transaction that makes it so. */
export async function writePressNotice(
  trx: Transaction<Tables>,
  { id: migrationId, decidedBy, askedBy }: Migration,
  why: PressNotice['why'],
  at: Date,
): Promise<void> {
  const notice = { kind: 'press', migrationId, why } as const;
  await writeNotice(trx, { subject: `${migrationId}/${why}`, address: decidedBy ?? askedBy, notice }, at);
}

/** Records the notice of an end for asker and confirmer, in the transaction that marks the end as shown by an edit. */
export async function writeEndNotice(
  trx: Transaction<Tables>,
  { id: migrationId, endedAt }: Pick<Migration, 'id' | 'endedAt'>,
  at: Date,
): Promise<void> {
  if (endedAt === null) return;
  const notice = { kind: 'end', migrationId, endedAt: endedAt.toISOString() } as const;
  await writeNotice(trx, { subject: `end/${migrationId}/${notice.endedAt}`, address: THREAD, notice }, at);
}

/**
 * Records a notice to be sent, in the transaction of what it is about; once for each subject and address.
 * @returns whether it is new
 */
export async function writeNotice(
  trx: Transaction<Tables>,
  { subject, address, notice }: AddressedNotice,
  at: Date,
): Promise<boolean> {
  const written = await trx
    .insertInto('notices')
    .values({
      subject,
      address: storable(address),
      content: JSON.stringify(notice),
      created_at: at.toISOString(),
      claimed_until: null,
      closed_at: null,
      sent_to: null,
      ask_message: null,
      asked_about: null,
    })
    .onConflict((conflict) => conflict.columns(['subject', 'address']).doNothing())
    .returning('subject')
    .executeTakeFirst();
  return written !== undefined;
}
