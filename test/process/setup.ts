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

/** A workspace with the playground's people, stopped when the test ends; on a free port unless one is given. */
export function startSlack(port = 0): Promise<{ slack: LocalSlack; apiUrl: string }> {
  return openSlack(port, onTestFinished);
}

/**
 * Both stand-ins and a folder for the database, all removed when the test ends. `onTestFinished`: from the test's own
 * context, where tests run concurrently.
 */
export function startWorld({
  onTestFinished: atEnd = onTestFinished,
  ...options
}: WorldOptions & { readonly onTestFinished?: AtEnd } = {}): Promise<World> {
  return openWorld(atEnd, options);
}
