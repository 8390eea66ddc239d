import type { Member } from '../access/access.ts';
import type { ListedCredential } from './credential.ts';

/** Whether a person is responsible for a credential: assigned by Adobe, or taken over. `takeovers`: by technical account id. */
export function isOwnedBy(
  { id, email }: Pick<Member, 'id' | 'email'>,
  { owner, technicalAccountId }: Pick<ListedCredential, 'owner' | 'technicalAccountId'>,
  takeovers: ReadonlyMap<string, string>,
): boolean {
  const isAssigned = email !== null && owner !== null && email.trim().toLowerCase() === owner.trim().toLowerCase();
  return isAssigned || takeovers.get(technicalAccountId) === id;
}
