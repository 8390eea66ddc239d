import { setTimeout as delay } from 'node:timers/promises';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { CHANNEL, type World } from '../process/world.ts';
import { ADMIN } from '../support/people.ts';
import type { Fleet } from './fleet.ts';
import type { ConfirmationPlan } from './plan.ts';

/** How long a person looks at a message that does not change before trying again. Milliseconds. */
const PATIENCE = 4_000;

/** What came of a yes, as the person sees it. */
export interface ConfirmationEvidence {
  readonly name: string;
  /** The question says that it was confirmed. */
  readonly isAccepted: boolean;
  /** That, or its progress is there. */
  readonly isVisible: boolean;
  /** Presses that Slack saw answered, after which the question stood unchanged. */
  readonly ignored: number;
}

export function isDigest({ ephemeral, text }: Pick<SeenMessage, 'ephemeral' | 'text'>): boolean {
  return !ephemeral && text.startsWith('*Query Service credentials: ');
}

/** The messages in the channel in which a migration is shown, from its beginning to its end. */
export function progressOf(world: World, name: string): SeenMessage[] {
  return world.postedAbout(`\`${name}\``).filter((message) => !isDigest(message));
}

/**
 * Asks for a migration and says yes to it, again and again until Slack shows that it counts. Resolves then, or when
 * `over` says that the trial is.
 */
export async function confirmMigration(
  world: World,
  fleet: Fleet,
  { name, presses }: ConfirmationPlan,
  { pressing, over }: { pressing: () => void; over: AbortSignal },
): Promise<ConfirmationEvidence> {
  const mine = (words: string) => world.messages.findLast(({ ephemeral, text }) => ephemeral && text.includes(words));
  const question = () => mine(`Migrate \`${name}\`?`);
  const accepted = () => mine(`The migration of \`${name}\` was confirmed`);
  const isVisible = () => accepted() !== undefined || progressOf(world, name).length > 0;
  const changed = async (isChanged: () => boolean) => {
    const until = performance.now() + PATIENCE;
    while (!isChanged() && !over.aborted && performance.now() < until) await delay(20);
  };
  let ignored = 0;
  while (!isVisible() && !over.aborted) {
    const open = question();
    if (open === undefined) {
      const [sent] = await fleet.send(() => world.slack.command(ADMIN, CHANNEL, `migrate ${name}`));
      if (sent?.status === 200) await changed(() => question() !== undefined || isVisible());
    } else {
      pressing();
      const place = { channel: open.channel, ts: open.ts };
      const sent = await fleet
        .send(() => world.slack.press(ADMIN, place, 'confirm'), presses)
        // It was answered at this very moment: there is no button any more.
        .catch(() => []);
      if (sent.some(({ status }) => status === 200)) {
        await changed(() => question()?.ts !== open.ts || isVisible());
        if (question()?.ts === open.ts && !over.aborted) ignored += 1;
      }
    }
    await delay(100);
  }
  return { name, isAccepted: accepted() !== undefined, isVisible: isVisible(), ignored };
}
