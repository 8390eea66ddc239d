import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Migration, Outcome } from '../../src/domain/migration.ts';
import { Access, type Caller, type Migrators, type Person, Refused } from '../../src/services/access.ts';
import { Attention } from '../../src/services/attention.ts';
import type { Logger } from '../../src/services/logger.ts';
import { Questions } from '../../src/services/questions.ts';
import { Reporter } from '../../src/services/reporter.ts';
import { Runner } from '../../src/services/runner.ts';
import { Sync } from '../../src/services/sync.ts';
import { SqlAuditTrail } from '../../src/store/audit.ts';
import { SqlCredentialStore } from '../../src/store/credentials.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { SqlLeases } from '../../src/store/leases.ts';
import { SqlMigrationStore } from '../../src/store/migrations.ts';
import { SqlSyncStore } from '../../src/store/sync.ts';
import { accountId } from '../store/samples.ts';
import { HandAdobe, HandBoards, HandClock, HandPeople, TEAM } from './stand-ins.ts';

/** Milliseconds. */
export const POLL = 5_000;
export const TIMEOUT = 60_000;
export const EXPECTED = 40_000;

export const ASKER: Caller = { userId: 'U-ASKER', teamId: TEAM };
export const OTHER: Caller = { userId: 'U-OTHER', teamId: TEAM };
/** Let in, but may not migrate. */
export const MEMBER: Caller = { userId: 'U-MEMBER', teamId: TEAM };
export const ASKER_PERSON: Person = { id: ASKER.userId, email: null, mayMigrate: true };
/** Where the asker's question is shown. */
export const PLACE = { channel: 'C1', questionUrl: 'https://slack.example/question' };

const silent = () => undefined;
export const SILENT: Logger = { debug: silent, info: silent, warn: silent, error: silent };

export interface Settings {
  readonly requireSecondPerson?: boolean;
  readonly migrators?: Migrators;
  readonly sandboxes?: readonly string[];
  readonly timeoutMs?: number;
}

/** Everything that outlives a process: the database, Adobe, Slack and the time. */
export interface World {
  readonly db: Database;
  readonly adobe: HandAdobe;
  readonly people: HandPeople;
  readonly boards: HandBoards;
  readonly clock: HandClock;
}

export async function newWorld(): Promise<World> {
  const db = await openDatabase({ kind: 'sqlite', path: ':memory:' });
  onTestFinished(() => db.destroy());
  const people = new HandPeople();
  people.add(ASKER.userId, { isAdmin: true });
  people.add(OTHER.userId, { isAdmin: true });
  people.add(MEMBER.userId);
  return { db, adobe: new HandAdobe(), people, boards: new HandBoards(), clock: new HandClock() };
}

let processes = 0;

/** Stores and services as one process has them. `through`: what every call from a service to a part passes. */
export function newProcess(
  { db, adobe, people, boards, clock }: World,
  settings: Settings = {},
  through: <T extends object>(part: T) => T = (part) => part,
) {
  const stores = {
    credentials: through(new SqlCredentialStore(db)),
    migrations: through(new SqlMigrationStore(db, 'org')),
    audit: through(new SqlAuditTrail(db)),
    sync: through(new SqlSyncStore(db)),
    leases: through(new SqlLeases(db, `process ${++processes}`)),
  };
  const { credentials, migrations, audit, leases } = stores;
  const outside = { adobe: through(adobe), people: through(people), boards: through(boards) };
  const board = outside.boards;
  const endings: Outcome[] = [];
  const ended = (outcome: Outcome) => void endings.push(outcome);
  const logger = SILENT;

  const access = new Access(
    { people: outside.people, audit, clock, logger },
    { migrators: settings.migrators ?? { users: [], groups: [] }, teamId: TEAM },
  );
  const questions = new Questions(
    { migrations, credentials, access, board, clock, ended },
    { requireSecondPerson: settings.requireSecondPerson ?? false },
  );
  const attention = new Attention({
    migrations,
    credentials,
    console: outside.adobe,
    audit,
    access,
    clock,
    ended,
  });
  const runner = new Runner(
    { migrations, credentials, console: outside.adobe, method: outside.adobe, audit, clock, logger, ended },
    { pollMs: POLL, timeoutMs: settings.timeoutMs ?? TIMEOUT },
  );
  const reporter = new Reporter({ migrations, board, clock, logger }, { expectedMs: EXPECTED });
  const sync = new Sync(
    {
      accounts: outside.adobe,
      console: outside.adobe,
      store: stores.sync,
      leases,
      watcher: questions,
      clock,
      logger,
    },
    { sandboxes: settings.sandboxes ?? ['dev', 'prod'] },
  );
  return { stores, access, questions, attention, runner, reporter, sync, endings };
}

export type Process = ReturnType<typeof newProcess>;

/** One process that has read Adobe, where these credentials are eligible. */
export async function startWith(numbers: readonly number[], settings: Settings = {}) {
  const world = await newWorld();
  for (const number of numbers) world.adobe.add(number);
  const process = newProcess(world, settings);
  await process.sync.run();
  world.adobe.calls.length = 0;
  return { ...world, ...process, world };
}

/** Asks about a credential; anything but a question fails the test. */
export async function ask({ questions }: Process, number: number): Promise<Migration> {
  const asked = await questions.ask(ASKER_PERSON, accountId(number), PLACE);
  if (asked.kind === 'asked') return asked.question;
  throw new Error(`asking gave ${asked.kind}`);
}

/** Asks and confirms; anything but a confirmed migration fails the test. */
export async function confirmed(process: Process, number: number): Promise<Migration> {
  const { id } = await ask(process, number);
  const answered = await process.questions.confirm(ASKER, id, { typed: null, pressUrl: null });
  if (answered.kind === 'confirmed') return answered.migration;
  throw new Error(`confirming gave ${answered.kind}`);
}

/** One confirmed migration whose turn it is. */
export async function oneConfirmed() {
  const now = await startWith([1]);
  const { id } = await confirmed(now, 1);
  const state = () => now.stores.migrations.get(id);
  /** Takes it one step further, and lets an answer to a start be noted. */
  const advance = async ({ runner }: Pick<Process, 'runner'> = now) => {
    await runner.advance();
    await setImmediate();
  };
  const later = async (seconds = 5) => {
    now.clock.advance(seconds);
    await advance();
  };
  return { ...now, id, state, advance, later };
}

/** The whole audit trail, oldest first: action, actor, why. */
export async function story({ stores }: Process): Promise<string[]> {
  const { rows } = await stores.audit.history(null, 0, 1000);
  return rows
    .map(({ action, actor, detail }) => [action, `by ${actor}`, detail?.why].filter((part) => part).join(' '))
    .reverse();
}

/** Why this call is refused; anything else fails the test. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  const thrown = await call.then(
    () => new Error('it was not refused'),
    (error: unknown) => error,
  );
  if (thrown instanceof Refused) return thrown.why;
  throw thrown;
}
