import type { Instance } from './instance.ts';
import type { World } from './world.ts';

/** Milliseconds. */
const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What happens outside of the bot: in Adobe, to people, to processes, to the time. */
export const EVENTS: Readonly<Record<string, (world: World, instance: Instance) => void>> = {
  'migrated elsewhere': ({ adobe, random }) => adobe.moveElsewhere(random.pick(adobe.credentials)),
  'all migrated elsewhere': ({ adobe }) => {
    for (const credential of adobe.credentials) adobe.moveElsewhere(credential, true);
  },
  'created in Adobe': (world) => world.addCredential(),
  'renamed in Adobe': ({ adobe, random }) => {
    const credential = random.pick(adobe.credentials);
    credential.name = `${credential.name}'`;
  },
  'given to another owner': ({ adobe, random }) => {
    random.pick(adobe.credentials).owner = 'u0admin001@example.com';
  },
  'gone from Adobe, or back': ({ adobe, random }) => {
    random.pick(adobe.credentials).isGone = random.chance(0.3);
  },
  'right to migrate taken': ({ slack }) => slack.setRight('U0ADMIN002', false),
  'right to migrate given': ({ slack, random }) => slack.setRight(random.pick(['U0ADMIN002', 'U0MEMBER01']), true),
  'owner deactivated': ({ slack }) => slack.deactivate('U0OWNER001'),
  'channel archived': ({ slack }) => {
    slack.isChannelGone = true;
  },
  'channel back': ({ slack }) => {
    slack.isChannelGone = false;
  },
  'nobody does anything for minutes': ({ schedule, random }) => schedule.idle(random.between(30 * SECOND, 9 * MINUTE)),
  'a night passes': ({ schedule, random }) => schedule.idle(random.between(16, 30) * HOUR),
  'a process is killed': (world, instance) => world.kill(instance),
};

export function cause(world: World, instance: Instance, event: string): void {
  world.log(() => event);
  world.count(event);
  EVENTS[event]?.(world, instance);
}
