import { ADMIN, MEMBER, OWNER, SECOND } from '../support/people.ts';
import type { Instance } from './instance.ts';
import type { World } from './world.ts';

/** Milliseconds. */
const SECOND_MS = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The event after which confirmed requests are too old to be sent. */
export const KILLED_FOR_A_NIGHT = 'every process is killed, and a night passes';

/** Events outside of the bot: in Adobe and Slack, to people, processes and time. */
export const EVENTS: Readonly<Record<string, (world: World, instance: Instance) => void>> = {
  'migrated elsewhere': ({ adobe, random }) => adobe.moveElsewhere(random.pick(adobe.credentials)),
  'all migrated elsewhere': ({ adobe }) => {
    for (const credential of adobe.credentials) adobe.moveElsewhere(credential, true);
  },
  'begun in the Developer Console': ({ adobe, ledger, random }) => {
    // Often the credential asked about last, which may be in the queue.
    const asked = random.chance(0.6) ? ledger.requests.at(-1)?.technicalAccountId : undefined;
    adobe.beginInConsole(asked === undefined ? random.pick(adobe.credentials) : adobe.credential(asked));
  },
  'finished in the Developer Console': ({ adobe, random }) => {
    adobe.endInConsole(random.pick(adobe.credentials), 'completed');
  },
  'cancelled in the Developer Console': ({ adobe, random }) => {
    adobe.endInConsole(random.pick(adobe.credentials), 'not_started');
  },
  'a schedule enabled or disabled': ({ adobe, ledger, random }) => {
    // Often a schedule of the credential asked about last, which may be in the queue.
    const asked = random.chance(0.6) ? ledger.requests.at(-1)?.technicalAccountId : undefined;
    const credential = asked === undefined ? random.pick(adobe.credentials) : adobe.credential(asked);
    credential.hasJob = !credential.hasJob;
  },
  'created in Adobe': (world) => world.addCredential(),
  'renamed in Adobe': ({ adobe, random }) => {
    const credential = random.pick(adobe.credentials);
    credential.name = `${credential.name}'`;
  },
  'owner changed in Adobe': ({ adobe, random }) => {
    random.pick(adobe.credentials).owner = `${ADMIN.toLowerCase()}@example.com`;
  },
  'removed from Adobe, or restored': ({ adobe, random }) => {
    random.pick(adobe.credentials).isGone = random.chance(0.3);
  },
  'right to migrate revoked': ({ slack }) => slack.setRight(SECOND, false),
  'right to migrate granted': ({ slack, random }) => slack.setRight(random.pick([SECOND, MEMBER]), true),
  'owner deactivated': ({ slack }) => slack.deactivate(OWNER),
  'channel archived': ({ slack }) => {
    slack.isChannelGone = true;
  },
  'channel unarchived': ({ slack }) => {
    slack.isChannelGone = false;
  },
  'nothing happens for minutes': ({ schedule, random }) => schedule.idle(random.between(30 * SECOND_MS, 9 * MINUTE)),
  'a night passes': (world) => world.schedule.idle(nightOf(world)),
  'a process is killed': (world, instance) => world.kill(instance),
  [KILLED_FOR_A_NIGHT]: (world) => {
    for (const each of world.running) world.kill(each);
    world.schedule.idle(nightOf(world));
  },
};

export function cause(world: World, instance: Instance, event: string): void {
  world.log(() => event);
  world.count(event);
  EVENTS[event]?.(world, instance);
}

/** Longer than a confirmation is valid. */
function nightOf({ random }: World): number {
  return random.between(16, 30) * HOUR;
}
