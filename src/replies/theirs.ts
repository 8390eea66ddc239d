import type { Person } from '../services/access.ts';
import type { CredentialFilter } from '../services/stores.ts';
import type { Services } from './services.ts';

/** What somebody is responsible for: assigned by Adobe, or taken over. Null when Slack does not tell the email. */
export async function theirs(
  { reminders }: Pick<Services, 'reminders'>,
  { id, email }: Person,
): Promise<CredentialFilter | null> {
  return email === null ? null : { owner: email, orIds: await reminders.takenOverBy(id) };
}
