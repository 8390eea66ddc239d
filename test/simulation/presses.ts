import type { Caller, Migrator } from '../../src/access/access.ts';
import { wantedForRequest } from '../../src/actions/buttons.ts';
import type { Migration } from '../../src/migrations/migration.ts';
import type { Instance } from './instance.ts';
import type { Press } from './ledger.ts';
import { TEAM } from './slack.ts';
import { ADMINS, PEOPLE, type World } from './world.ts';

/** Presses of buttons, as the product receives and authorises them. */

export function callerOf(userId: string): Caller {
  return { userId, teamId: TEAM };
}

/** Authorises a press on a request, as the product's buttons do. */
export async function admit(
  { access, migrations }: Instance,
  userId: string,
  action: string,
  id: string,
): Promise<Migrator> {
  return access.admitMigrator(callerOf(userId), wantedForRequest(action, await migrations.get(id)));
}

export function recordPress(world: World, press: Omit<Press, 'at'>): Press {
  const whole = { ...press, at: world.schedule.ms };
  world.ledger.presses.push(whole);
  world.count(`pressed: ${press.what}`);
  return whole;
}

/** Who may confirm what this person asked; undefined: nobody. */
export function confirmerOf({ settings }: World, askedBy: string): string | undefined {
  return settings.requireSecondPerson ? ADMINS.find((each) => each !== askedBy) : askedBy;
}

/** Somebody presses this button in the message of one of these migrations, if there are any. */
export async function pressOn(
  world: World,
  instance: Instance,
  all: readonly Migration[],
  what: Press['what'],
  act: (instance: Instance, person: Migrator, id: string) => Promise<unknown>,
): Promise<void> {
  const { random } = world;
  if (all.length === 0) return;
  const by = random.chance(0.8) ? random.pick(ADMINS) : random.pick(PEOPLE);
  const press = { what, by, id: random.pick(all).id, typed: null };
  await pressTwice(world, instance, press, async (each, person) => void (await act(each, person, press.id)));
}

/** Sometimes the press arrives at another process as well. */
async function pressTwice(
  world: World,
  instance: Instance,
  press: Omit<Press, 'at'>,
  act: (instance: Instance, person: Migrator) => Promise<unknown>,
): Promise<void> {
  const { random, running } = world;
  const others = random.chance(0.3) ? [random.pick(running)] : [];
  await Promise.all(
    [instance, ...others].map(async (each) => {
      recordPress(world, press);
      await act(each, await admit(each, press.by, press.what, press.id));
    }),
  );
}
