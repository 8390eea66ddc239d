import type { Member } from '../access/access.ts';
import type { CredentialFilter } from '../credentials/ports.ts';
import { daysUntil } from '../reminders/windows.ts';
import type { Services } from '../services.ts';
import { type Message, message } from '../slack/messages/blocks.ts';
import { LIST_PAGE, type ListView, listMessage } from '../slack/messages/list.ts';
import { ownedBy } from './owned-by.ts';

/** The list as this person may see it, from the database alone. */
export async function listReply(services: Services, person: Member, view: ListView): Promise<Message> {
  const { catalogue, clock, settings } = services;
  const mine = view.mine ? await ownedBy(services, person) : {};
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
    catalogue.overview(),
    catalogue.page(filter, view.offset, LIST_PAGE),
  ]);
  const days = daysUntil(settings.reminders.deadline, now, settings.reminders.timeZone);
  return listMessage({ view, overview, page, mayMigrate: person.mayMigrate, days, now });
}
