import type { Member } from '../access/access.ts';
import type { ReminderStore } from '../reminders/ports.ts';
import type { ListedCredential } from './credential.ts';

/** Whether a person is responsible for a credential: assigned to any of their addresses at Adobe, or taken over. */
export async function isOwnedBy(
  { id, email }: Pick<Member, 'id' | 'email'>,
  credential: Pick<ListedCredential, 'owner' | 'technicalAccountId'>,
  reminders: Pick<ReminderStore, 'answersFor'>,
): Promise<boolean> {
  const { owner } = credential;
  const isAssigned = email !== null && owner !== null && email.trim().toLowerCase() === owner.trim().toLowerCase();
  return isAssigned || reminders.answersFor(id, credential);
}
