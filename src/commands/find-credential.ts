import type { ListedCredential } from '../credentials/credential.ts';
import type { Services } from '../services.ts';
import { stillReadingMessage } from '../slack/messages/first-reading.ts';
import { type Choosing, noneMessage, severalMessage } from '../slack/messages/search-results.ts';
import type { Invocation } from './subcommand.ts';

/**
 * Finds the one credential that the arguments name; null if they name none or several, which the reply then says.
 * `choosing`: the command that continues with the chosen one. `isExact`: only the id or the whole name counts, since
 * something is asked about the credential; any other match is offered.
 */
export async function findCredential(
  { args, reply }: Pick<Invocation, 'args' | 'reply'>,
  { catalogue, reminders, clock }: Pick<Services, 'catalogue' | 'reminders' | 'clock'>,
  { choosing, isExact = false }: { readonly choosing: Choosing | null; readonly isExact?: boolean },
): Promise<ListedCredential | null> {
  const found = await catalogue.find(args);
  const replySeveral = async (credentials: readonly ListedCredential[], total: number) => {
    const ownerIds = await reminders.ownersOf(credentials);
    await reply(severalMessage(args, credentials, total, choosing, clock.now(), ownerIds));
    return null;
  };
  switch (found.kind) {
    case 'one':
      if (found.isExact || !isExact) return found.credential;
      return replySeveral([found.credential], 1);
    case 'none': {
      const { sync } = await catalogue.overview();
      await reply(stillReadingMessage(sync, clock.now()) ?? noneMessage(args, found.nearest));
      return null;
    }
    case 'several':
      return replySeveral(found.credentials, found.total);
  }
}
