import type { Member } from '../access/access.ts';
import type { ListedCredential } from './credential.ts';

/** By technical account id: the user id of the person who took it over. */
type Takeovers = ReadonlyMap<string, string>;

/** Whether a person is responsible for a credential: assigned by Adobe, or taken over. */
export function isOwnedBy(
  { id, email }: Pick<Member, 'id' | 'email'>,
  { owner, technicalAccountId }: Pick<ListedCredential, 'owner' | 'technicalAccountId'>,
  takeovers: Takeovers,
): boolean {
  const isAssigned = email !== null && owner !== null && email.trim().toLowerCase() === owner.trim().toLowerCase();
  return isAssigned || takeovers.get(technicalAccountId) === id;
}
