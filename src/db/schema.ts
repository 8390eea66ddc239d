import { type Kysely, sql } from 'kysely';
import { type Migration as SchemaChange, Migrator as SchemaMigrator } from 'kysely/migration';
import { DatabaseError } from './database-error.ts';
import {
  addAskMessages,
  addAssignments,
  addImpactBefore,
  addIndexes,
  addMessageLinks,
  addOrder,
  addPeopleBehind,
  addStatusTimes,
  addTriageOrder,
} from './later-schema-changes.ts';
import {
  addAdobePauses,
  addDailyCounts,
  addDryRuns,
  addFirstStatuses,
  addHandOff,
  addHolds,
  addImpact,
  addMethods,
  addReadings,
  addReminders,
  addRoundKinds,
  addStartRefusals,
  addTriage,
  addUnread,
  addUsage,
  addWatches,
  chainAudit,
  createFirstTables,
  renameColumns,
} from './schema-changes.ts';
import type { Engine, Tables } from './tables.ts';

const CHANGES_TABLE = 'schema_changes';
/** The key of PostgreSQL's advisory lock: Kysely's own, which earlier versions of qs-creds use. */
const ADVISORY_LOCK = 3_853_314_791_062_309_107n;

/** Every schema change, by name, in order. Never edit a released one; add the next. */
function changes(engine: Engine): Record<string, SchemaChange> {
  return {
    '001_first': { up: (db) => createFirstTables(db, engine) },
    '002_reminders': { up: addReminders },
    '003_audit_chain': { up: chainAudit },
    '004_names': { up: renameColumns },
    '005_reminder_rounds': { up: addRoundKinds },
    '006_unread': { up: addUnread },
    '008_readings': { up: addReadings },
    '009_methods': { up: addMethods },
    '010_hand_off': { up: addHandOff },
    '011_first_statuses': { up: addFirstStatuses },
    '012_usage': { up: addUsage },
    '013_impact': { up: addImpact },
    '014_dry_runs': { up: addDryRuns },
    '015_daily_counts': { up: addDailyCounts },
    '016_holds': { up: addHolds },
    '017_start_refusals': { up: addStartRefusals },
    '018_watches': { up: addWatches },
    '019_adobe_pauses': { up: addAdobePauses },
    '020_triage': { up: addTriage },
    '021_order': { up: (db) => addOrder(db, engine) },
    '022_indexes': { up: addIndexes },
    '023_status_times': { up: addStatusTimes },
    '024_ask_messages': { up: addAskMessages },
    '025_people_behind': { up: addPeopleBehind },
    '026_assignments': { up: addAssignments },
    '027_triage_order': { up: addTriageOrder },
    '028_impact_before': { up: addImpactBefore },
    '029_message_links': { up: addMessageLinks },
  };
}

/** Moves a database from one version of the schema to another. */
export function schemaMigratorFor(db: Kysely<Tables>, engine: Engine): SchemaMigrator {
  return new SchemaMigrator({
    db,
    provider: { getMigrations: async () => changes(engine) },
    migrationTableName: CHANGES_TABLE,
    migrationLockTableName: 'schema_changes_lock',
  });
}

/**
 * Brings the schema up to date. Safe when several instances start at the same moment.
 * @throws {Error} in words if a newer version has changed the database
 */
export async function updateSchema(db: Kysely<Tables>, engine: Engine): Promise<void> {
  try {
    await db.transaction().execute(async (trx) => {
      // Held until the transaction ends, not the session: PgBouncer may give every transaction another session.
      if (engine === 'postgres') await sql`select pg_advisory_xact_lock(${sql.lit(ADVISORY_LOCK)})`.execute(trx);
      const { error } = await schemaMigratorFor(trx, engine).migrateToLatest();
      if (error !== undefined) throw error;
    });
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    const unknown = await unknownChanges(db, engine).catch(() => []);
    if (unknown.length > 0) throw newerVersionError(unknown, error);
    throw new Error('The database schema could not be brought up to date.', { cause: error });
  }
}

/** How a database's schema differs from this version's: changes it lacks, and changes of a newer version. */
interface SchemaState {
  /** Whether it is a qs-creds database. */
  readonly isOurs: boolean;
  /** Whether it has tables at all. */
  readonly isEmpty: boolean;
  readonly missing: readonly string[];
  readonly unknown: readonly string[];
}

/** Reads the schema's version; changes nothing. */
export async function readSchemaState(db: Kysely<Tables>, engine: Engine): Promise<SchemaState> {
  const tables = await db.introspection.getTables();
  const known = Object.keys(changes(engine));
  const isEmpty = tables.length === 0;
  if (!tables.some(({ name }) => name === CHANGES_TABLE))
    return { isOurs: false, isEmpty, missing: known, unknown: [] };
  const applied = await appliedChanges(db);
  const missing = known.filter((name) => !applied.includes(name));
  return { isOurs: true, isEmpty, missing, unknown: await unknownChanges(db, engine) };
}

/** @throws {Error} in words if a database does not have the schema of exactly this version */
export async function checkSchema(db: Kysely<Tables>, engine: Engine): Promise<void> {
  const { isOurs, missing, unknown } = await readSchemaState(db, engine);
  if (!isOurs) throw new Error('This is not a qs-creds database.');
  if (unknown.length > 0) throw newerVersionError(unknown, null);
  if (missing.length > 0) {
    throw new Error(
      `The database has the schema of an older version of qs-creds (without ${missing.join(', ')}): start this version once, or use the older one.`,
    );
  }
}

/** Says in words which version to start. */
export function newerVersionError(unknown: readonly string[], cause: unknown): Error {
  return new Error(
    `The database was changed by a newer version of qs-creds (${unknown.join(', ')}): start that version.`,
    { cause },
  );
}

async function appliedChanges(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(CHANGES_TABLE)}`.execute(db);
  return rows.map(({ name }) => name);
}

/** Changes applied to this database that this version does not know. */
async function unknownChanges(db: Kysely<Tables>, engine: Engine): Promise<string[]> {
  const known = changes(engine);
  return (await appliedChanges(db)).filter((name) => !Object.hasOwn(known, name));
}
