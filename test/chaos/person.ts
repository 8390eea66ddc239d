import { setTimeout as delay } from 'node:timers/promises';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { CHANNEL, type World } from '../process/world.ts';
import { ADMIN } from '../support/people.ts';
import type { Fleet } from './fleet.ts';
import type { ConfirmationPlan } from './plan.ts';

/** How long a person waits for a message to change before trying again. Milliseconds. */
const PATIENCE = 4_000;

/** What a person sees of a confirmation. */
export interface ConfirmationEvidence {
  readonly name: string;
  /** The question shows that it was confirmed. */
  readonly isAccepted: boolean;
  /** The question shows that, or a progress message exists. */
  readonly isVisible: boolean;
  /** Presses with a 200 response after which the question did not change. */
  readonly ignored: number;
}

export function isDigest({ ephemeral, text }: Pick<SeenMessage, 'ephemeral' | 'text'>): boolean {
  return !ephemeral && text.startsWith('*Query Service credentials: ');
}

/** The progress messages of a migration, in the channel or direct. */
export function progressOf(world: World, name: string): SeenMessage[] {
  const direct = world.slack.messagesSeenBy(ADMIN, world.slack.directOf(ADMIN));
  const isAbout = ({ text }: SeenMessage) => text.includes(`\`${name}\``);
  return [...world.postedAbout(), ...direct].filter((message) => isAbout(message) && !isDigest(message));
}

/**
 * Asks for a migration and presses Confirm, repeatedly until Slack shows that it was confirmed. Resolves then, or when
 * `signal` aborts.
 */
export async function confirmMigration(
  world: World,
  fleet: Fleet,
  { name, presses }: ConfirmationPlan,
  { pressing, signal }: { pressing: () => void; signal: AbortSignal },
): Promise<ConfirmationEvidence> {
  const latest = (words: string) => world.messages.findLast(({ ephemeral, text }) => ephemeral && text.includes(words));
  const question = () => latest(`Migrate \`${name}\`?`);
  const accepted = () => latest(`The migration of \`${name}\` was confirmed`);
  const isVisible = () => accepted() !== undefined || progressOf(world, name).length > 0;
  const waitUntil = async (isChanged: () => boolean) => {
    const until = performance.now() + PATIENCE;
    while (!isChanged() && !signal.aborted && performance.now() < until) await delay(20);
  };
  let ignored = 0;
  while (!isVisible() && !signal.aborted) {
    const asked = question();
    if (asked === undefined) {
      const [sent] = await fleet.send(() => world.slack.command(ADMIN, CHANNEL, `migrate ${name}`));
      if (sent?.status === 200) await waitUntil(() => question() !== undefined || isVisible());
    } else {
      pressing();
      const place = { channel: asked.channel, ts: asked.ts };
      const sent = await fleet
        .send(() => world.slack.press(ADMIN, place, 'confirm'), presses)
        // The question was closed at this moment: the button is gone.
        .catch(() => []);
      if (sent.some(({ status }) => status === 200)) {
        await waitUntil(() => question()?.ts !== asked.ts || isVisible());
        if (question()?.ts === asked.ts && !signal.aborted) ignored += 1;
      }
    }
    await delay(100);
  }
  return { name, isAccepted: accepted() !== undefined, isVisible: isVisible(), ignored };
}
