import type { ReminderStore } from '../reminders/ports.ts';
import type { Shown } from './migration.ts';

/** The owners whom Slack has identified for a reminder or a notice. */
export type KnownOwners = Pick<ReminderStore, 'userIdsByEmail'>;

/** What the question about a credential shows of its owner: the person, where Slack has identified them already. */
export async function ownerIdOf(
  { owner }: Pick<Shown, 'owner'>,
  reminders: KnownOwners,
): Promise<Pick<Shown, 'ownerId'>> {
  if (owner === null) return {};
  const ownerId = (await reminders.userIdsByEmail([owner])).get(owner.toLowerCase());
  return ownerId === undefined ? {} : { ownerId };
}
