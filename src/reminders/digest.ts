import type { Catalogue, Overview } from '../credentials/catalogue.ts';
import type { Clock } from '../lib/clock.ts';
import type { Pause, ReminderStore } from './ports.ts';
import { mergedByPerson, type OwnerGroup } from './recipients.ts';
import { activePause, daysLeft, type ReminderPlan } from './windows.ts';

export interface Digest {
  readonly days: number;
  readonly overview: Overview;
  readonly groups: readonly OwnerGroup[];
  readonly pause: Pause | null;
  readonly now: Date;
}

/** What a digest of these groups says now. */
export async function composeDigest(
  { catalogue, store, clock }: { catalogue: Catalogue; store: Pick<ReminderStore, 'pause'>; clock: Clock },
  plan: ReminderPlan,
  groups: readonly OwnerGroup[],
): Promise<Digest> {
  const [overview, pause] = await Promise.all([catalogue.overview(), store.pause()]);
  const now = clock.now();
  return {
    days: daysLeft(plan, now),
    overview,
    groups: mergedByPerson(groups),
    pause: activePause(plan, pause, now),
    now,
  };
}
