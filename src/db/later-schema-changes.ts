import type { Kysely } from 'kysely';
import { searchKey } from '../credentials/key-store.ts';
import type { Recipient } from '../reminders/ports.ts';
import { run } from './schema-changes.ts';
import type { Engine, Tables } from './tables.ts';
import { fromJson } from './values.ts';

/** Schema change 021: the stored order and counts of credentials. `updateStoredOrder` fills both at the start. */
export async function addOrder(db: Kysely<Tables>, engine: Engine): Promise<void> {
  // Sorted by bytes on both engines; PostgreSQL would use the locale of the server.
  const byBytes = engine === 'sqlite' ? '' : 'collate "C"';
  const statuses = ['needs_attention', 'migrating', 'unfinished', 'eligible', 'unknown', 'not_eligible', 'migrated'];
  const numbers = statuses.flatMap((status) => [status, `failing_${status}`]);
  await run(db, [
    'alter table credentials add column is_production integer not null default 0',
    `alter table credentials add column sort_key text ${byBytes} not null default ''`,
    'create index credentials_in_order on credentials (sort_key, technical_account_id) where gone_at is null',
    `create table credential_counts (
      id integer primary key, ordered_by text, ${numbers.map((column) => `${column} integer not null default 0`).join(', ')})`,
    'insert into credential_counts (id) values (1)',
  ]);
}

/** Schema change 022: indexes for what a person waits for, so that its cost does not grow with the data. */
export async function addIndexes(db: Kysely<Tables>): Promise<void> {
  await run(db, [
    // Only the beginnings of keys, since PostgreSQL limits the length of an index entry.
    'create index credentials_by_name on credentials (substr(name_key, 1, 400)) where gone_at is null',
    'create index credentials_by_owner on credentials (substr(owner_key, 1, 400)) where gone_at is null',
    'create index usage_by_triage on credential_usage (triage, as_of, technical_account_id)',
    'create index migrations_by_credential on migrations (technical_account_id, decided_at)',
    'create index migrations_to_notify on migrations (ended_at) where notified_at is null',
    'create index watches_failing on watches (since) where failures is not null and acknowledged_at is null',
  ]);
}

/** Schema change 023: when a status was read outside of a sync; a sync that began earlier does not overwrite it. */
export async function addStatusTimes(db: Kysely<Tables>): Promise<void> {
  await run(db, ['alter table credentials add column status_read_at text']);
}

/** Schema change 024: where an owner's ask was posted, until its outcome replaces its button. */
export async function addAskMessages(db: Kysely<Tables>): Promise<void> {
  await run(db, [
    'alter table notices add column ask_message text',
    'alter table notices add column asked_about text',
    'create index notices_open_asks on notices (asked_about) where ask_message is not null',
  ]);
}

/** Schema change 025: which addresses belong to one person, so that credentials of any of them are found as theirs. */
export async function addPeopleBehind(db: Kysely<Tables>): Promise<void> {
  await run(db, [
    'alter table recipients add column user_id text',
    'alter table recipients add column owner_key text',
    'create index recipients_by_person on recipients (user_id)',
  ]);
  for (const { email, recipient } of await db.selectFrom('recipients').select(['email', 'recipient']).execute()) {
    const known = fromJson<Recipient>(recipient);
    const user_id = known.kind === 'person' ? known.userId : null;
    await db
      .updateTable('recipients')
      .set({ user_id, owner_key: searchKey(email) })
      .where('email', '=', email)
      .execute();
  }
}

/** Schema change 026: who handed credentials over to whom, and what a posted digest is made of, to edit it then. */
export async function addAssignments(db: Kysely<Tables>): Promise<void> {
  await run(db, [
    'alter table takeovers add column assignment text',
    'alter table takeovers add column assigned_by text',
    'alter table takeovers add column assigned_at text',
    'alter table reminder_messages add column content text',
    'create index reminder_digests on reminder_messages (closed_at) where content is not null',
  ]);
}

/** Schema change 027: the use of each credential, for order and counts; `updateStoredOrder` fills both at the start. */
export async function addTriageOrder(db: Kysely<Tables>): Promise<void> {
  const statuses = ['needs_attention', 'migrating', 'unfinished', 'eligible', 'unknown', 'not_eligible', 'migrated'];
  const numbers = ['in_use', 'idle', 'production'].flatMap((trait) => statuses.map((status) => `${trait}_${status}`));
  await run(db, [
    "alter table credentials add column triage text not null default 'unread'",
    'create index credentials_by_triage on credentials (triage, sort_key, technical_account_id) where gone_at is null',
    ...numbers.map((column) => `alter table credential_counts add column ${column} integer not null default 0`),
    'update credential_counts set ordered_by = null',
  ]);
}

/**
 * Schema change 028: what a question showed before the dependencies of its credential had been read, so that what was
 * shown before and after can both be confirmed.
 */
export async function addImpactBefore(db: Kysely<Tables>): Promise<void> {
  await run(db, ['alter table migrations add column impact_before text']);
}

/** Schema change 029: the address of the message about a migration, so that others can link to it. */
export async function addMessageLinks(db: Kysely<Tables>): Promise<void> {
  await run(db, ['alter table migrations add column message_link text']);
}
