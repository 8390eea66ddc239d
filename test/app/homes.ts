import { readableText } from '../../playground/slack/blocks.ts';
import type { World } from './world.ts';

/** Opens the Home and waits until it is published again. */
export async function openHome(world: World, userId: string) {
  const before = world.slack.homeOf(userId)?.hash;
  await world.slack.openHome(userId);
  return publishedHome(world, userId, before);
}

/** Waits for a Home with a different hash. */
export async function publishedHome(world: World, userId: string, before: string | undefined) {
  const changed = () => {
    const now = world.slack.homeOf(userId);
    return now?.hash === before ? null : now;
  };
  const home = await world.slack.waitFor(changed, { what: 'a Home' });
  return { ...home, text: readableText(home.blocks) };
}
