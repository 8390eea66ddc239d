import type { Transaction } from 'kysely';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { writeAudit } from '../audit/store.ts';
import { searchKey } from '../credentials/key-store.ts';
import { builtOnce } from '../db/built-once.ts';
import type { Database } from '../db/database.ts';
import type { Tables } from '../db/tables.ts';
import { fromJson, toDate } from '../db/values.ts';
import type { Pause, Recipient, ReminderRound, ReminderStore } from './ports.ts';

export class SqlReminderStore implements ReminderStore {
  readonly #db: Database;
  readonly #recipientsOf = builtOnce((emails: readonly string[]) =>
    this.#db.selectFrom('recipients').select(['email', 'recipient']).where('email', 'in', emails),
  );

  constructor(db: Database) {
    this.#db = db;
  }

  async startRound(round: Omit<ReminderRound, 'finishedAt'>, servedWithIt: readonly string[] = []): Promise<void> {
    const { startedAt } = round;
    await this.#db.transaction().execute(async (trx) => {
      if (!(await insertRound(trx, { ...round, finishedAt: null }))) return;
      for (const key of servedWithIt) await insertRound(trx, { key, kind: 'window', startedAt, finishedAt: startedAt });
    });
  }

  async startManualRound([manual, ...windows]: readonly ReminderRound[], entry: AuditEntry): Promise<boolean> {
    return this.#db.transaction().execute(async (trx) => {
      if (manual === undefined || !(await insertRound(trx, manual))) return false;
      for (const round of windows) {
        await insertRound(trx, round);
        if (round.finishedAt !== null) await finishRound(trx, round.key, round.finishedAt);
      }
      await writeAudit(trx, entry);
      return true;
    });
  }

  async round(key: string): Promise<ReminderRound | null> {
    const row = await this.#rounds().where('key', '=', key).executeTakeFirst();
    return row === undefined ? null : toRound(row);
  }

  async unfinishedRounds(): Promise<ReminderRound[]> {
    const rows = await this.#rounds().where('finished_at', 'is', null).orderBy('started_at').execute();
    return rows.map(toRound);
  }

  async latestRound(): Promise<ReminderRound | null> {
    const row = await this.#rounds().orderBy('started_at', 'desc').orderBy('key').limit(1).executeTakeFirst();
    return row === undefined ? null : toRound(row);
  }

  async finishRound(key: string, at: Date): Promise<void> {
    await finishRound(this.#db, key, at);
  }

  async claim(round: string, recipientId: string, now: Date, until: Date): Promise<'claimed' | 'closed' | 'busy'> {
    const claimed_until = until.toISOString();
    const claimed = await this.#db
      .insertInto('reminder_messages')
      .values({
        round,
        recipient: recipientId,
        claimed_until,
        closed_at: null,
        message: null,
        why: null,
        content: null,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['round', 'recipient'])
          .doUpdateSet({ claimed_until })
          .where('reminder_messages.closed_at', 'is', null)
          .where((eb) =>
            eb.or([
              eb('reminder_messages.claimed_until', 'is', null),
              eb('reminder_messages.claimed_until', '<=', now.toISOString()),
            ]),
          ),
      )
      .returning('recipient')
      .executeTakeFirst();
    if (claimed !== undefined) return 'claimed';
    return (await this.isClosed(round, recipientId)) ? 'closed' : 'busy';
  }

  async release(round: string, recipientId: string): Promise<void> {
    await this.#message(round, recipientId).set({ claimed_until: null }).where('closed_at', 'is', null).execute();
  }

  async close(
    round: string,
    recipientId: string,
    at: Date,
    { message, why, content }: Parameters<ReminderStore['close']>[3],
  ): Promise<void> {
    await this.#message(round, recipientId)
      .set({
        closed_at: at.toISOString(),
        ...(message !== undefined && { message: JSON.stringify(message) }),
        ...(why !== undefined && { why }),
        ...(content !== undefined && { content }),
      })
      .execute();
  }

  async isClosed(round: string, recipientId: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('reminder_messages')
      .select('recipient')
      .where('round', '=', round)
      .where('recipient', '=', recipientId)
      .where('closed_at', 'is not', null)
      .executeTakeFirst();
    return row !== undefined;
  }

  async rejectedRecipients(round: string): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('reminder_messages')
      .select('recipient')
      .where('round', '=', round)
      .where('why', 'is not', null)
      .orderBy('recipient')
      .execute();
    return rows.map(({ recipient }) => recipient);
  }

  async recipient(email: string, since: Date): Promise<Recipient | null> {
    const row = await this.#db
      .selectFrom('recipients')
      .select('recipient')
      .where('email', '=', email)
      .where('looked_up_at', '>', since.toISOString())
      .executeTakeFirst();
    return fromJson<Recipient>(row?.recipient ?? null);
  }

  async userIdsByEmail(emails: readonly string[]): Promise<Map<string, string>> {
    if (emails.length === 0) return new Map();
    const keys = new Set(emails.flatMap((email) => [email, email.toLowerCase()]));
    const { rows } = await this.#db.executeQuery(this.#recipientsOf([...keys]));
    return new Map(
      rows.flatMap(({ email, recipient }) => {
        const known = fromJson<Recipient>(recipient);
        return known.kind === 'person' ? [[email.toLowerCase(), known.userId] as const] : [];
      }),
    );
  }

  async rememberRecipient(email: string, recipient: Recipient, at: Date): Promise<void> {
    const values = {
      recipient: JSON.stringify(recipient),
      looked_up_at: at.toISOString(),
      ...personColumns(email, recipient),
    };
    await this.#db
      .insertInto('recipients')
      .values({ email, ...values })
      .onConflict((conflict) => conflict.column('email').doUpdateSet(values))
      .execute();
  }

  async snoozedUntil(userId: string): Promise<string | null> {
    const row = await this.#db.selectFrom('snoozes').select('until').where('user_id', '=', userId).executeTakeFirst();
    return row?.until ?? null;
  }

  async snooze(userId: string, until: string): Promise<void> {
    await this.#db
      .insertInto('snoozes')
      .values({ user_id: userId, until })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ until }))
      .execute();
  }

  async endSnooze(userId: string, today: string): Promise<boolean> {
    const ended = await this.#db
      .deleteFrom('snoozes')
      .where('user_id', '=', userId)
      .where('until', '>', today)
      .returning('user_id')
      .executeTakeFirst();
    return ended !== undefined;
  }

  async takeovers(): Promise<Map<string, string>> {
    const rows = await this.#db.selectFrom('takeovers').selectAll().execute();
    return new Map(rows.map((row) => [row.technical_account_id, row.user_id]));
  }

  async answersFor(
    userId: string,
    { technicalAccountId, owner }: Parameters<ReminderStore['answersFor']>[1],
  ): Promise<boolean> {
    const row = await this.#db
      .selectFrom('takeovers')
      .select('user_id')
      .where('technical_account_id', '=', technicalAccountId)
      .where('user_id', '=', userId)
      .unionAll(({ selectFrom }) =>
        selectFrom('recipients')
          .select(({ ref }) => ref('user_id').$notNull().as('user_id'))
          .where('user_id', '=', userId)
          .where('owner_key', '=', owner === null ? null : searchKey(owner)),
      )
      .executeTakeFirst();
    return row !== undefined;
  }

  async pause(): Promise<Pause | null> {
    const pause = fromJson<Omit<Pause, 'at'> & { at: string }>(await this.#state('pause'));
    return pause === null ? null : { ...pause, at: toDate(pause.at) };
  }

  async setPause(pause: Pause | null): Promise<void> {
    await this.#setState('pause', pause === null ? null : JSON.stringify(pause));
  }

  async channelError(): Promise<string | null> {
    return this.#state('channel_error');
  }

  async setChannelError(code: string | null): Promise<boolean> {
    const known = await this.channelError();
    if (known !== code) await this.#setState('channel_error', code);
    return known !== code;
  }

  #rounds() {
    return this.#db.selectFrom('reminder_rounds').selectAll();
  }

  #message(round: string, recipientId: string) {
    return this.#db.updateTable('reminder_messages').where('round', '=', round).where('recipient', '=', recipientId);
  }

  async #state(name: Tables['reminder_state']['name']): Promise<string | null> {
    const row = await this.#db.selectFrom('reminder_state').select('value').where('name', '=', name).executeTakeFirst();
    return row?.value ?? null;
  }

  async #setState(name: Tables['reminder_state']['name'], value: string | null): Promise<void> {
    if (value === null) {
      await this.#db.deleteFrom('reminder_state').where('name', '=', name).execute();
      return;
    }
    await this.#db
      .insertInto('reminder_state')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute();
  }
}

/** Whose this email is, in the form in which owners are compared. */
function personColumns(email: string, recipient: Recipient) {
  return { user_id: recipient.kind === 'person' ? recipient.userId : null, owner_key: searchKey(email) };
}

/** False when there is a round with this key. */
async function insertRound(
  db: Database | Transaction<Tables>,
  { key, kind, startedAt, finishedAt }: ReminderRound,
): Promise<boolean> {
  const inserted = await db
    .insertInto('reminder_rounds')
    .values({ key, kind, started_at: startedAt.toISOString(), finished_at: finishedAt?.toISOString() ?? null })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key')
    .executeTakeFirst();
  return inserted !== undefined;
}

async function finishRound(db: Database | Transaction<Tables>, key: string, at: Date): Promise<void> {
  await db.updateTable('reminder_rounds').set({ finished_at: at.toISOString() }).where('key', '=', key).execute();
}

function toRound({ key, kind, started_at, finished_at }: Tables['reminder_rounds']): ReminderRound {
  return { key, kind, startedAt: toDate(started_at), finishedAt: toDate(finished_at) };
}
