import { type Kysely, sql } from 'kysely';
import { type AuditRow, BEGINNING, hashOf } from '../audit/chain.ts';
import type { Engine, Tables } from './tables.ts';

/** Runs statements one after the other. */
export async function run(db: Kysely<Tables>, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/** Schema change 001. */
export async function createFirstTables(db: Kysely<Tables>, engine: Engine): Promise<void> {
  // Sorted by bytes on both engines; PostgreSQL would use the locale of the server.
  const byBytes = engine === 'sqlite' ? '' : 'collate "C"';
  // SQLite numbers an integer primary key automatically.
  const serial = engine === 'sqlite' ? 'integer' : 'serial';
  await run(db, [
    `create table credentials (
      technical_account_id text primary key, name text not null, description text not null, owner text,
      sandboxes text not null, changed_at text, adobe_status text not null, unknown_because text, console_id text,
      status text not null, name_key text ${byBytes} not null, owner_key text, search_text text not null, gone_at text)`,
    'create table integrations (id text primary key, technical_account_id text)',
    'create table sync_state (id integer primary key, tried_at text not null, succeeded_at text, problem text)',
    `create table migrations (
      id text primary key, organisation text not null, technical_account_id text not null, console_id text not null,
      state text not null, shown text not null, channel text not null, asked_by text not null, asked_at text not null,
      expires_at text not null, decided_by text, decided_at text, started_at text, ended_at text, told_at text,
      start_problem text, reason text, message text, question text, question_url text)`,
    'create index migrations_by_state on migrations (state, asked_at)',
    // The two rules that must hold even if the code is wrong; the database rejects a second row.
    `create unique index one_open_per_credential on migrations (organisation, technical_account_id)
      where state in ('confirmed', 'submitted', 'running')`,
    `create unique index one_in_flight_per_organisation on migrations (organisation)
      where state in ('submitted', 'running')`,
    `create table audit (
      id ${serial} primary key, at text not null, actor text not null, action text not null, technical_account_id text,
      migration_id text, detail text)`,
    'create index audit_by_credential on audit (technical_account_id, id)',
    'create table leases (name text primary key, holder text not null, until text not null)',
  ]);
}

/** Schema change 002. */
export async function addReminders(db: Kysely<Tables>): Promise<void> {
  await run(db, [
    'create table reminder_batches (key text primary key, days integer not null, started_at text not null, finished_at text)',
    `create table reminder_messages (
      batch text not null, recipient text not null, claimed_until text, closed_at text, message text, why text,
      constraint reminder_messages_key primary key (batch, recipient))`,
    'create table addressees (email text primary key, addressee text not null, looked_up_at text not null)',
    'create table snoozes (user_id text primary key, until text not null)',
    'create table takeovers (technical_account_id text primary key, user_id text not null)',
    'create table reminder_state (name text primary key, value text not null)',
  ]);
}

/** Rows per statement when the trail is copied. */
const COPY_CHUNK = 500;

/** Schema change 003. Rewrites the trail with gapless numbers and a hash for every row, existing rows included. */
export async function chainAudit(kysely: Kysely<Tables>): Promise<void> {
  const db = kysely.withTables<{ audit_chained: AuditRow }>();
  await run(kysely, [
    `create table audit_chained (
      id integer primary key, at text not null, actor text not null, action text not null, technical_account_id text,
      migration_id text, detail text, previous_hash text not null, hash text not null)`,
  ]);
  let count = 0;
  let hash = BEGINNING;
  let copied = 0;
  for (;;) {
    const rows = await db
      .selectFrom('audit')
      .select(['id', 'at', 'actor', 'action', 'technical_account_id', 'migration_id', 'detail'])
      .where('id', '>', copied)
      .orderBy('id')
      .limit(COPY_CHUNK)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) break;
    copied = last.id;
    const chained = rows.map((old) => {
      count += 1;
      const row = { ...old, id: count, previous_hash: hash };
      hash = hashOf(row);
      return { ...row, hash };
    });
    await db.insertInto('audit_chained').values(chained).execute();
  }
  await run(kysely, [
    'drop table audit',
    'alter table audit_chained rename to audit',
    'create index audit_by_credential on audit (technical_account_id, id)',
    'create table audit_head (id integer primary key, count integer not null, hash text not null)',
  ]);
  await db.insertInto('audit_head').values({ id: 1, count, hash }).execute();
}

/** Schema change 004: renames columns to the usual words for what they hold. */
export async function renameColumns(db: Kysely<Tables>): Promise<void> {
  await run(db, [
    'alter table migrations rename column told_at to notified_at',
    'alter table migrations rename column question to question_message',
    'alter table migrations rename column question_url to response_url',
  ]);
}

/** The tables during the change: new names, old values. */
type OldTables = Omit<Tables, 'reminder_messages' | 'reminder_state'> & {
  reminder_messages: Omit<Tables['reminder_messages'], 'why'> & { why: string | null };
  reminder_state: { name: string; value: string };
};

const MANUAL = 'by-hand/';
const ALL_DONE = 'done/';
/** The recipient whose message was the lock of a manual round, and how long it was claimed. Milliseconds. */
const LOCK = 'opening';
const LOCK_MS = 20_000;

/** Schema change 005: the kind of a round is a column, not a prefix of its key, and its lock is its own row. */
export async function addRoundKinds(kysely: Kysely<Tables>): Promise<void> {
  const db = kysely as unknown as Kysely<OldTables>;
  await run(kysely, [
    'alter table reminder_batches rename to reminder_rounds',
    "alter table reminder_rounds add column kind text not null default 'window'",
    'alter table reminder_rounds drop column days',
    'alter table reminder_messages rename column batch to round',
    'alter table addressees rename to recipients',
    'alter table recipients rename column addressee to recipient',
  ]);

  await db.updateTable('reminder_rounds').set({ kind: 'all_done' }).where('key', 'like', `${ALL_DONE}%`).execute();
  const rounds = await db.selectFrom('reminder_rounds').select('key').where('key', 'like', `${MANUAL}%`).execute();
  for (const { key } of rounds) {
    await db
      .updateTable('reminder_rounds')
      .set({ key: key.slice(MANUAL.length), kind: 'manual' })
      .where('key', '=', key)
      .execute();
  }
  const messages = await db.selectFrom('reminder_messages').selectAll().where('round', 'like', `${MANUAL}%`).execute();
  for (const { round, recipient, claimed_until, closed_at } of messages) {
    const key = round.slice(MANUAL.length);
    const message = () => db.updateTable('reminder_messages').where('round', '=', round);
    if (recipient !== LOCK) {
      await message().set({ round: key }).where('recipient', '=', recipient).execute();
      continue;
    }
    // A finished lock is kept as a round, even where it was used for a window's round, so that no other round starts.
    if (closed_at !== null) {
      const locked = claimed_until === null ? closed_at : earlier(claimed_until, LOCK_MS);
      await db
        .insertInto('reminder_rounds')
        .values({ key, kind: 'manual', started_at: locked, finished_at: closed_at })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .execute();
    }
  }
  await db.deleteFrom('reminder_messages').where('recipient', '=', LOCK).execute();
  await db.updateTable('reminder_messages').set({ why: 'rejected' }).where('why', '=', 'refused').execute();
  await db.updateTable('reminder_state').set({ name: 'channel_error' }).where('name', '=', 'fault').execute();
}

function earlier(time: string, ms: number): string {
  return new Date(Date.parse(time) - ms).toISOString();
}

/** Schema change 006: what the latest sync could not read. */
export async function addUnread(db: Kysely<Tables>): Promise<void> {
  await run(db, ['alter table sync_state add column unread text']);
}

/** Schema change 008: how far a first sync is, before any has been tried, and the last day of certificates. */
export async function addReadings(db: Kysely<Tables>): Promise<void> {
  await run(db, [
    // SQLite cannot make a column nullable.
    `create table sync_state_now (
      id integer primary key, tried_at text, succeeded_at text, problem text, unread text, progress text)`,
    `insert into sync_state_now (id, tried_at, succeeded_at, problem, unread)
      select id, tried_at, succeeded_at, problem, unread from sync_state`,
    'drop table sync_state',
    'alter table sync_state_now rename to sync_state',
    'alter table integrations add column certificate_read_at text',
    'alter table integrations add column certificate_until text',
    'alter table credentials add column certificate_until text',
  ]);
}

/** Schema change 009: how a credential is migrated, and which step of that a request asks for. */
export async function addMethods(db: Kysely<Tables>): Promise<void> {
  await run(db, [
    "alter table migrations add column method text not null default 'query-service'",
    "alter table migrations add column step text not null default 'start'",
  ]);
}

/** Schema change 010: when a person was reminded to press Migrate in Adobe. */
export async function addHandOff(db: Kysely<Tables>): Promise<void> {
  await run(db, ['alter table migrations add column reminded_at text']);
}

/** Schema change 011: what a first sync has read of the Console, until it is done. */
export async function addFirstStatuses(db: Kysely<Tables>): Promise<void> {
  await run(db, [
    'create table first_statuses (console_id text primary key, status text not null, read_at text not null)',
  ]);
}

/** Schema change 012: what each credential is used for, and the columns that determine the order of lists. */
export async function addUsage(db: Kysely<Tables>): Promise<void> {
  await run(db, [
    `create table credential_usage (
      technical_account_id text primary key, read_at text not null, usage text not null, failing_since text,
      next_run_at text)`,
  ]);
}

/** Schema change 013: what depends on a credential, as its question showed it. */
export async function addImpact(db: Kysely<Tables>): Promise<void> {
  await run(db, ['alter table migrations add column impact text']);
}

/** Schema change 014: requests for which nothing is ever sent. */
export async function addDryRuns(db: Kysely<Tables>): Promise<void> {
  await run(db, ['alter table migrations add column dry_run integer not null default 0']);
}

/** Schema change 015: how many were left on each day. */
export async function addDailyCounts(db: Kysely<Tables>): Promise<void> {
  // "left" is a reserved word.
  await run(db, [
    'create table daily_counts (day text primary key, "left" integer not null, migrated integer not null, failing integer)',
  ]);
}

/** Schema change 016: which credentials are not to be migrated yet, and what people are still to be notified of. */
export async function addHolds(db: Kysely<Tables>): Promise<void> {
  await run(db, [
    `create table holds (
      technical_account_id text primary key, held_by text not null, held_at text not null, reason text not null,
      last_day text not null)`,
    `create table notices (
      subject text not null, address text not null, content text not null, created_at text not null,
      claimed_until text, closed_at text, sent_to text, constraint notices_key primary key (subject, address))`,
    'create index notices_waiting on notices (created_at) where closed_at is null',
  ]);
}

/** Schema change 017: starts that Adobe refuses until a setting is changed. */
export async function addStartRefusals(db: Kysely<Tables>): Promise<void> {
  await run(db, ['alter table migrations add column start_refusal text']);
}

/** Schema change 018: how a credential's jobs have run since its migration. */
export async function addWatches(db: Kysely<Tables>): Promise<void> {
  await run(db, [
    `create table watches (
      migration_id text primary key, since text not null, until text not null, looks integer not null,
      next_look_at text, found text not null, failures text, told text, acknowledged_by text, acknowledged_at text)`,
    'create index watches_due on watches (next_look_at) where next_look_at is not null',
  ]);
}

/** Schema change 019: the pauses that Adobe's hosts ask for. */
export async function addAdobePauses(db: Kysely<Tables>): Promise<void> {
  await run(db, ['create table adobe_pauses (host text primary key, noted_at text not null, until text not null)']);
}

/** Schema change 020: the judged use of each credential, for filters; null until its usage is next read. */
export async function addTriage(db: Kysely<Tables>): Promise<void> {
  await run(db, [
    'alter table credential_usage add column triage text',
    'alter table credential_usage add column as_of text',
  ]);
}
