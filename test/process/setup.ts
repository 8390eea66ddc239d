import { onTestFinished } from 'vitest';
import type { LocalSlack } from '../../playground/slack/local-slack.ts';

export { ADMIN } from '../support/people.ts';

import { type AtEnd, openSlack, openWorld, type World, type WorldOptions } from './world.ts';

export {
  Bot,
  CHANNEL,
  FIRST,
  SECOND,
  SECRETS,
  type Settings,
  World,
  type WorldOptions,
} from './world.ts';

/** A workspace with the playground's people, gone when the test is over; on a port of its own unless one is given. */
export function startSlack(port = 0): Promise<{ slack: LocalSlack; apiUrl: string }> {
  return openSlack(port, onTestFinished);
}

/**
 * Both stand-ins and a folder for the database, all gone when the test is over. `onTestFinished` is that of the test's
 * own context, where tests run side by side.
 */
export function startWorld({
  onTestFinished: atEnd = onTestFinished,
  ...options
}: WorldOptions & { readonly onTestFinished?: AtEnd } = {}): Promise<World> {
  return openWorld(atEnd, options);
}
