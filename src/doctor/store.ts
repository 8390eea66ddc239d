import { sql } from 'kysely';
import type { AdobeProblem } from '../credentials/adobe-error.ts';
import { SqlSyncStore } from '../credentials/sync-store.ts';
import type { Database } from '../db/database.ts';
import { fromJson } from '../db/values.ts';
import { problemFacts } from './faults.ts';
import type { Facts } from './outcome.ts';

type Count = Readonly<Record<string, number>>;

/** The content of a database in numbers, and its last errors in codes. */
export interface DatabaseSummary {
  readonly counts: {
    readonly credentials: Count;
    readonly migrations: Count;
    readonly reminderRounds: Count;
    /** Sent messages, and why people could not be reached. */
    readonly reminderMessages: Count;
    readonly integrations: number;
    readonly auditRows: number;
  };
  readonly lastErrors: {
    readonly sync: Facts | null;
    readonly syncTriedAt: string | null;
    readonly syncSucceededAt: string | null;
    /** What the latest sync could not read. */
    readonly unread: readonly Facts[];
    /** The latest starts that failed. */
    readonly starts: readonly Facts[];
    /** Slack's code for why the reminder channel took no message. */
    readonly channel: string | null;
  };
}

const STARTS_SHOWN = 10;
/** The format of Slack's codes; most ids and names do not match it. */
const SLACK_CODE = /^[a-z][a-z_]{2,60}$/;

/** Reads only numbers and codes: no name, no text from outside. */
export async function summarizeDatabase(db: Database): Promise<DatabaseSummary> {
  const sync = await new SqlSyncStore(db).syncState();
  const credentials = await db
    .selectFrom('credentials')
    .select(['status as key', sql<number>`count(*)`.as('n')])
    .where('gone_at', 'is', null)
    .groupBy('status')
    .execute();
  const migrations = await db
    .selectFrom('migrations')
    .select(['state as key', sql<number>`count(*)`.as('n')])
    .groupBy('state')
    .execute();
  const rounds = await db
    .selectFrom('reminder_rounds')
    .select(['kind as key', sql<number>`count(*)`.as('n')])
    .groupBy('kind')
    .execute();
  const messages = await db
    .selectFrom('reminder_messages')
    .select([sql<string>`coalesce(why, case when message is null then 'not sent' else 'sent' end)`.as('key')])
    .select(sql<number>`count(*)`.as('n'))
    .groupBy('key')
    .execute();
  const integrations = await db.selectFrom('integrations').select(sql<number>`count(*)`.as('n')).executeTakeFirst();
  const head = await db.selectFrom('audit_head').select('count').executeTakeFirst();
  const starts = await db
    .selectFrom('migrations')
    .select(['state', 'start_problem'])
    .where('start_problem', 'is not', null)
    .orderBy('asked_at', 'desc')
    .limit(STARTS_SHOWN)
    .execute();
  const channel = await db
    .selectFrom('reminder_state')
    .select('value')
    .where('name', '=', 'channel_error')
    .executeTakeFirst();
  return {
    counts: {
      credentials: toCount(credentials),
      migrations: toCount(migrations),
      reminderRounds: toCount(rounds),
      reminderMessages: toCount(messages),
      integrations: Number(integrations?.n ?? 0),
      auditRows: Number(head?.count ?? 0),
    },
    lastErrors: {
      sync: sync.problem && problemFacts(sync.problem),
      syncTriedAt: sync.triedAt?.toISOString() ?? null,
      syncSucceededAt: sync.succeededAt?.toISOString() ?? null,
      unread: sync.unread.map(({ what, count, problem }) => ({ what, count, ...problemFacts(problem) })),
      starts: starts.map((row) => ({ state: row.state, ...problemFacts(problemIn(row.start_problem)) })),
      channel: channel === undefined ? null : SLACK_CODE.test(channel.value) ? channel.value : 'another code',
    },
  };
}

function toCount(rows: readonly { readonly key: string; readonly n: number }[]): Count {
  return Object.fromEntries(rows.map(({ key, n }) => [key, Number(n)]));
}

function problemIn(json: string | null): AdobeProblem {
  return fromJson<AdobeProblem>(json) ?? { kind: 'bad_answer', operation: '' };
}
