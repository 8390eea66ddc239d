import type { Member } from '../access/access.ts';
import type { CredentialFilter } from '../credentials/ports.ts';
import type { Services } from '../services.ts';

/** What somebody is responsible for: assigned by Adobe, or taken over. Null when Slack does not tell the email. */
export async function ownedBy(
  { reminders }: Pick<Services, 'reminders'>,
  { id, email }: Member,
): Promise<CredentialFilter | null> {
  return email === null ? null : { owner: email, orIds: await reminders.takenOverBy(id) };
}
