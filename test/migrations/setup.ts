import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { AccessDenied, type Caller, type Migrators } from '../../src/access/access.ts';
import { wantedForRequest } from '../../src/actions/buttons.ts';
import type { Database } from '../../src/db/database.ts';
import type { Migration, Outcome } from '../../src/migrations/migration.ts';
import type { MethodName } from '../../src/migrations/steps.ts';
import { createServices } from '../../src/services.ts';
import { TestClock } from '../support/clock.ts';
import { openInMemory } from '../support/database.ts';
import { FakeMessages, FakePeople, TEAM } from '../support/fake-messages.ts';
import { FakeSlack } from '../support/fake-slack.ts';
import { FakeAdobe } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { portsOf, SETTINGS, SILENT } from '../support/services.ts';

/** Milliseconds. */
const POLL = 5_000;
export const TIMEOUT = 60_000;
export const EXPECTED = 40_000;

export const ASKER: Caller = { userId: 'U0ADMIN001', teamId: TEAM };
export const OTHER: Caller = { userId: 'U0ADMIN002', teamId: TEAM };
/** A member who may not migrate. */
export const MEMBER: Caller = { userId: 'U0MEMBER01', teamId: TEAM };
/** Where the asker's question is shown. */
export const PLACE = { channel: 'C1', responseUrl: 'https://slack.example/question' };

export { SILENT };

export interface Settings {
  readonly requireSecondPerson?: boolean;
  readonly migrators?: Migrators;
  readonly sandboxes?: readonly string[];
  readonly timeoutMs?: number;
  readonly method?: MethodName;
  readonly dryRun?: boolean;
}

/** What outlives a process: the database, Adobe, Slack and the time. */
export interface World {
  readonly db: Database;
  readonly adobe: FakeAdobe;
  readonly people: FakePeople;
  readonly messages: FakeMessages;
  readonly clock: TestClock;
}

export async function newWorld(): Promise<World> {
  const db = await openInMemory();
  onTestFinished(() => db.destroy());
  const people = new FakePeople();
  people.add(ASKER.userId, { isAdmin: true });
  people.add(OTHER.userId, { isAdmin: true });
  people.add(MEMBER.userId);
  return { db, adobe: new FakeAdobe(), people, messages: new FakeMessages(), clock: new TestClock() };
}

/** Stores and services of one process. `through` wraps every part that services call. */
export function newProcess(
  world: World,
  settings: Settings = {},
  through: <T extends object>(part: T) => T = (part) => part,
) {
  const ports = portsOf({ ...world, slack: new FakeSlack(world.clock) }, through);
  const endings: Outcome[] = [];
  const services = createServices(
    { ...ports, ended: (outcome) => void endings.push(outcome) },
    {
      ...SETTINGS,
      access: {
        migrators: settings.migrators ?? { users: [], groups: [] },
        requireSecondPerson: settings.requireSecondPerson ?? false,
      },
      adobe: { ...SETTINGS.adobe, sandboxes: settings.sandboxes ?? SETTINGS.adobe.sandboxes },
      migration: {
        method: settings.method ?? 'query-service',
        dryRun: settings.dryRun ?? false,
        pollMs: POLL,
        expectedMs: EXPECTED,
        timeoutMs: settings.timeoutMs ?? TIMEOUT,
        uiUrl: 'https://adobe.example/{sandbox}',
      },
    },
  );
  return { stores: { ...ports, sync: ports.syncs }, ...services, endings };
}

export type Process = ReturnType<typeof newProcess>;

/** One process that has read Adobe, where these credentials are eligible. */
export async function startWith(numbers: readonly number[], settings: Settings = {}) {
  const world = await newWorld();
  for (const number of numbers) world.adobe.add(number);
  const process = newProcess(world, settings);
  await process.sync.run();
  world.adobe.calls.length = 0;
  return { ...process, ...world, world };
}

/** What a person may press. Each press is authorised first, as in the product. */
export function by(
  caller: Caller,
  { access, migrations, confirmations, manualResolution, handOffs, withdrawals, undo }: Process,
) {
  const admit = async (action: string, id: string) =>
    access.admitMigrator(caller, wantedForRequest(action, await migrations.get(id)));
  return {
    ask: async (
      technicalAccountId: string,
      where: Parameters<typeof confirmations.ask>[2] = PLACE,
      step: 'start' | 'finish' = 'start',
      isDryRun = false,
    ) =>
      confirmations.ask(
        await access.admitMigrator(caller, { action: 'migrate', technicalAccountId }),
        technicalAccountId,
        where,
        { step, isDryRun },
      ),
    undo: async (technicalAccountId: string) =>
      undo.undo(
        await access.admitMigrator(caller, { action: 'undo', technicalAccountId }),
        technicalAccountId,
        PLACE.channel,
      ),
    find: async (id: string) => confirmations.find(await admit('confirm', id), id),
    confirm: async (id: string, how: Partial<Parameters<typeof confirmations.confirm>[2]> = {}) =>
      confirmations.confirm(await admit('confirm', id), id, { typed: null, responseUrl: null, ...how }),
    cancel: async (id: string, responseUrl: string | null = null) =>
      confirmations.cancel(await admit('cancel', id), id, responseUrl),
    checkAgain: async (id: string) => manualResolution.checkAgain(await admit('check again', id), id),
    withdraw: async (id: string) => withdrawals.withdraw(await admit('withdraw', id), id),
    notNow: async (id: string) => handOffs.notNow(await admit('not now', id), id),
    finishInAdobe: async (id: string) => handOffs.finishInAdobe(await admit('finish in Adobe', id), id),
    resolve: async (id: string) => manualResolution.resolve(await admit('mark as resolved', id), id),
  };
}

/** Asks about a credential; fails the test when that is not possible. */
export async function ask(process: Process, number: number, asker = ASKER): Promise<Migration> {
  const asked = await by(asker, process).ask(accountId(number));
  if (asked.kind === 'asked') return asked.request;
  throw new Error(`asking gave ${asked.kind}`);
}

/** Asks and confirms; fails the test when that is not possible. */
export async function confirmed(process: Process, number: number): Promise<Migration> {
  const { id } = await ask(process, number);
  const result = await by(ASKER, process).confirm(id);
  if (result.kind === 'confirmed') return result.migration;
  throw new Error(`confirming gave ${result.kind}`);
}

/** Confirmed migrations of these credentials, a second apart; `queued` in that order. */
export async function confirmedInTurn(numbers: readonly number[], settings: Settings = {}) {
  const now = await startWith(numbers, settings);
  const queued: Migration[] = [];
  for (const number of numbers) {
    queued.push(await confirmed(now, number));
    now.clock.advance(1);
  }
  return { ...now, queued };
}

/** One confirmed migration whose turn it is. */
export async function oneConfirmed() {
  const now = await startWith([1]);
  const { id } = await confirmed(now, 1);
  const state = () => now.stores.migrations.get(id);
  /** Advances it by one step, and lets the response to a start be recorded. */
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

/** Why this call is denied; fails the test when it is not. */
export async function denialOf(call: Promise<unknown>): Promise<string> {
  const thrown = await call.then(
    () => new Error('it was not denied'),
    (error: unknown) => error,
  );
  if (thrown instanceof AccessDenied) return thrown.why;
  throw thrown;
}
