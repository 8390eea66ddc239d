import type { Instance } from './instance.ts';
import { admit, callerOf, confirmerOf, recordPress } from './presses.ts';
import { ADMINS, PEOPLE, type World } from './world.ts';

/** What owners do, and what migrators do about it. */

const DAY_MS = 24 * 60 * 60_000;

/** Often the credential asked about last, which may be in the queue. */
function target({ random, ledger, adobe }: World): string {
  const asked = random.chance(0.7) ? ledger.requests.at(-1)?.technicalAccountId : undefined;
  return asked ?? random.pick(adobe.credentials).id;
}

/** The last day of a hold; sometimes in the past or after the deadline. */
function lastDay({ random, schedule }: World): string {
  return new Date(schedule.ms + random.pick([0, 0, 1, 2, 9, -1]) * DAY_MS).toISOString().slice(0, 10);
}

/** Puts a credential on hold, often at the moment when somebody else confirms it, at any process. */
export async function hold(world: World, instance: Instance): Promise<void> {
  const { random, ledger, running } = world;
  const open = ledger.requests.findLast(({ id }) => !ledger.presses.some((press) => press.id === id));
  const confirmer = open === undefined ? undefined : confirmerOf(world, open.askedBy);
  const isContended = open !== undefined && confirmer !== undefined && random.chance(0.6);
  const by = isContended || random.chance(0.6) ? random.pick(ADMINS) : random.pick(PEOPLE);
  const { id } = recordPress(world, {
    ...{ what: 'hold', by, typed: null },
    id: isContended ? open.technicalAccountId : target(world),
  });
  const wanted = { action: 'hold', technicalAccountId: id };
  const holder = await instance.access.admit(callerOf(by), wanted);
  const set = async () => {
    const result = await instance.holds.set(holder, id, { reason: 'Month-end close', lastDay: lastDay(world) });
    world.count(`hold: ${result.kind === 'set' && result.isMigrationStopped ? 'stopped a migration' : result.kind}`);
  };
  if (!isContended) return set();
  const other = random.pick(running);
  const { typed } = recordPress(world, { what: 'confirm', by: confirmer, id: open.id, typed: open.phrase });
  const person = await admit(other, confirmer, 'confirm', open.id);
  await Promise.all([other.confirmations.confirm(person, open.id, { typed, responseUrl: null }), set()]);
}

/** Ends a hold, mostly of a credential that is on hold. */
export async function endHold(world: World, { access, holds }: Instance): Promise<void> {
  const { random, ledger } = world;
  const by = random.chance(0.7) ? random.pick(ADMINS) : random.pick(PEOPLE);
  const held = ledger.presses.filter(({ what }) => what === 'hold');
  const aim = held.length > 0 && random.chance(0.9) ? random.pick(held).id : target(world);
  const { id } = recordPress(world, { what: 'end a hold', by, id: aim, typed: null });
  const person = await access.admit(callerOf(by), { action: 'end a hold', technicalAccountId: id });
  const ended = await holds.end(person, id, random.chance(0.8) ? 'The deadline' : null);
  world.count(`hold: ${ended.kind}`);
}

export async function askForMigration(world: World, { access, ownerAsks }: Instance): Promise<void> {
  const id = target(world);
  const person = await access.admit(callerOf(world.random.pick(PEOPLE)), {
    action: 'ask for migration',
    technicalAccountId: id,
  });
  await ownerAsks.ask(person, id, 'Please');
}
