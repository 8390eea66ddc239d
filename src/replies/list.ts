import { daysUntil } from '../domain/deadline.ts';
import type { Person } from '../services/access.ts';
import type { CredentialFilter } from '../services/stores.ts';
import { type Message, message } from '../slack/views/blocks.ts';
import { LIST_PAGE, type ListView, listMessage } from '../slack/views/list.ts';
import type { Services } from './services.ts';
import { theirs } from './theirs.ts';

/** The list as this person may see it, from the database alone. */
export async function listReply(services: Services, person: Person, view: ListView): Promise<Message> {
  const { inventory, clock, settings } = services;
  const mine = view.mine ? await theirs(services, person) : {};
  if (mine === null) {
    return message([
      'Slack does not tell me your email address, by which Adobe knows owners. An operator checks the scope `users:read.email`; `/qs-creds list` shows all.',
    ]);
  }
  const filter: CredentialFilter = {
    ...mine,
    ...(view.status !== undefined && { status: view.status }),
    ...(view.words !== undefined && { words: view.words }),
  };
  const now = clock.now();
  const [overview, page] = await Promise.all([
    inventory.overview(),
    inventory.page(filter, view.offset, LIST_PAGE),
  ]);
  const days = daysUntil(settings.deadline, now, settings.timeZone);
  return listMessage({ view, overview, page, mayMigrate: person.mayMigrate, days, now });
}
