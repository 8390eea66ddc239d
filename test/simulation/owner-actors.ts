import type { Instance } from './instance.ts';
import { callerOf, confirmerOf, pressConfirm, recordPress } from './presses.ts';
import { ADMINS, PEOPLE, type World } from './world.ts';

/** What owners do, and what migrators do about it. */

const DAY_MS = 24 * 60 * 60_000;

/** Often what was asked about last, which may be in the queue. */
function target({ random, ledger, adobe }: World): string {
  const asked = random.chance(0.7) ? ledger.requests.at(-1)?.technicalAccountId : undefined;
  return asked ?? random.pick(adobe.credentials).id;
}

/** Days that have passed and days after the deadline, too. */
function lastDay({ random, schedule }: World): string {
  return new Date(schedule.ms + random.pick([0, 0, 1, 2, 9, -1]) * DAY_MS).toISOString().slice(0, 10);
}

/** Sometimes at the moment at which somebody else confirms it, at whatever process. */
export async function hold(world: World, instance: Instance): Promise<void> {
  const { random, ledger, running } = world;
  const open = ledger.requests.findLast(({ id }) => !ledger.presses.some((press) => press.id === id));
  const by = open === undefined ? undefined : confirmerOf(world, open.askedBy);
  if (open === undefined || by === undefined || random.chance(0.4)) return pressHold(world, instance, target(world));
  const press = { what: 'confirm', by, id: open.id, typed: open.phrase } as const;
  await Promise.all([
    pressConfirm(world, random.pick(running), press),
    pressHold(world, instance, open.technicalAccountId),
  ]);
}

async function pressHold(world: World, { access, holds }: Instance, aim: string): Promise<void> {
  const { random } = world;
  const by = random.chance(0.6) ? random.pick(ADMINS) : random.pick(PEOPLE);
  const { id } = recordPress(world, { what: 'hold', by, id: aim, typed: null });
  const person = await access.admit(callerOf(by), { action: 'hold', technicalAccountId: id });
  const set = await holds.set(person, id, { reason: 'Month-end close', lastDay: lastDay(world) });
  world.count(`hold: ${set.kind === 'set' && set.stopped ? 'stopped a migration' : set.kind}`);
}

/** Mostly of one that is on hold. */
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
