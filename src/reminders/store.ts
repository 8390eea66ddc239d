import type { Database } from '../db/database.ts';
import type { Tables } from '../db/tables.ts';
import { fromJson, toDate } from '../db/values.ts';
import type { MessageRef } from '../migrations/migration.ts';
import type { Pause, Recipient, ReminderRound, ReminderStore, UnreachableCode } from './ports.ts';

export class SqlReminderStore implements ReminderStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async startRound({ key, days, startedAt }: Omit<ReminderRound, 'finishedAt'>): Promise<ReminderRound> {
    const batch = { key, days, started_at: startedAt.toISOString(), finished_at: null };
    await this.#db
      .insertInto('reminder_batches')
      .values(batch)
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute();
    return (await this.batch(key)) ?? toBatch(batch);
  }

  async batch(key: string): Promise<ReminderRound | null> {
    const row = await this.#batches().where('key', '=', key).executeTakeFirst();
    return row === undefined ? null : toBatch(row);
  }

  async unfinished(): Promise<ReminderRound[]> {
    const rows = await this.#batches().where('finished_at', 'is', null).orderBy('started_at').execute();
    return rows.map(toBatch);
  }

  async latestRound(): Promise<ReminderRound | null> {
    const row = await this.#batches()
      .orderBy('started_at', 'desc')
      .orderBy('key')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : toBatch(row);
  }

  async finish(key: string, at: Date): Promise<void> {
    await this.#db
      .updateTable('reminder_batches')
      .set({ finished_at: at.toISOString() })
      .where('key', '=', key)
      .execute();
  }

  async claim(
    batch: string,
    recipient: string,
    now: Date,
    until: Date,
  ): Promise<'claimed' | 'closed' | 'busy'> {
    const claimed_until = until.toISOString();
    const claimed = await this.#db
      .insertInto('reminder_messages')
      .values({ batch, recipient, claimed_until, closed_at: null, message: null, why: null })
      .onConflict((conflict) =>
        conflict
          .columns(['batch', 'recipient'])
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
    const { closed_at } = await this.#db
      .selectFrom('reminder_messages')
      .select('closed_at')
      .where('batch', '=', batch)
      .where('recipient', '=', recipient)
      .executeTakeFirstOrThrow();
    return closed_at === null ? 'busy' : 'closed';
  }

  async release(batch: string, recipient: string): Promise<void> {
    await this.#message(batch, recipient)
      .set({ claimed_until: null })
      .where('closed_at', 'is', null)
      .execute();
  }

  async close(
    batch: string,
    recipient: string,
    at: Date,
    { message, why }: { readonly message?: MessageRef; readonly why?: UnreachableCode },
  ): Promise<void> {
    await this.#message(batch, recipient)
      .set({
        closed_at: at.toISOString(),
        ...(message !== undefined && { message: JSON.stringify(message) }),
        ...(why !== undefined && { why }),
      })
      .execute();
  }

  async isClosed(batch: string, recipient: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('reminder_messages')
      .select('recipient')
      .where('batch', '=', batch)
      .where('recipient', '=', recipient)
      .where('closed_at', 'is not', null)
      .executeTakeFirst();
    return row !== undefined;
  }

  async refused(batch: string): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('reminder_messages')
      .select('recipient')
      .where('batch', '=', batch)
      .where('why', 'is not', null)
      .orderBy('recipient')
      .execute();
    return rows.map(({ recipient }) => recipient);
  }

  async recipient(email: string, since: Date): Promise<Recipient | null> {
    const row = await this.#db
      .selectFrom('addressees')
      .select('addressee')
      .where('email', '=', email)
      .where('looked_up_at', '>', since.toISOString())
      .executeTakeFirst();
    return fromJson<Recipient>(row?.addressee ?? null);
  }

  async rememberRecipient(email: string, addressee: Recipient, at: Date): Promise<void> {
    const values = { addressee: JSON.stringify(addressee), looked_up_at: at.toISOString() };
    await this.#db
      .insertInto('addressees')
      .values({ email, ...values })
      .onConflict((conflict) => conflict.column('email').doUpdateSet(values))
      .execute();
  }

  async snoozedUntil(userId: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('snoozes')
      .select('until')
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return row?.until ?? null;
  }

  async snooze(userId: string, until: string): Promise<void> {
    await this.#db
      .insertInto('snoozes')
      .values({ user_id: userId, until })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ until }))
      .execute();
  }

  async takeovers(): Promise<Map<string, string>> {
    const rows = await this.#db.selectFrom('takeovers').selectAll().execute();
    return new Map(rows.map((row) => [row.technical_account_id, row.user_id]));
  }

  async takeOver(technicalAccountId: string, userId: string): Promise<void> {
    await this.#db
      .insertInto('takeovers')
      .values({ technical_account_id: technicalAccountId, user_id: userId })
      .onConflict((conflict) => conflict.column('technical_account_id').doUpdateSet({ user_id: userId }))
      .execute();
  }

  async pause(): Promise<Pause | null> {
    const pause = fromJson<Omit<Pause, 'at'> & { at: string }>(await this.#state('pause'));
    return pause === null ? null : { ...pause, at: toDate(pause.at) };
  }

  async setPause(pause: Pause | null): Promise<void> {
    await this.#setState('pause', pause === null ? null : JSON.stringify(pause));
  }

  async fault(): Promise<string | null> {
    return this.#state('fault');
  }

  async setFault(code: string | null): Promise<boolean> {
    const known = await this.#state('fault');
    if (known !== code) await this.#setState('fault', code);
    return known !== code;
  }

  #batches() {
    return this.#db.selectFrom('reminder_batches').selectAll();
  }

  #message(batch: string, recipient: string) {
    return this.#db
      .updateTable('reminder_messages')
      .where('batch', '=', batch)
      .where('recipient', '=', recipient);
  }

  async #state(name: Tables['reminder_state']['name']): Promise<string | null> {
    const row = await this.#db
      .selectFrom('reminder_state')
      .select('value')
      .where('name', '=', name)
      .executeTakeFirst();
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

function toBatch(row: Tables['reminder_batches']): ReminderRound {
  return {
    key: row.key,
    days: row.days,
    startedAt: toDate(row.started_at),
    finishedAt: toDate(row.finished_at),
  };
}
