import type { HomeView } from '@slack/types';
import type { Member } from '../access/access.ts';
import { ownedBy } from '../commands/owned-by.ts';
import { daysUntil } from '../reminders/windows.ts';
import type { Services } from '../services.ts';
import { migratorWords } from '../slack/messages/answers.ts';
import { HOME_SHOWN, homeView } from '../slack/messages/home.ts';

const NONE = { rows: [], total: 0 };

/** The App Home as this person may see it. */
export async function homeReply(services: Services, person: Member): Promise<HomeView> {
  const { catalogue, migrations, reminders, clock, settings } = services;
  const now = clock.now();
  const filter = await ownedBy(services, person);
  const [overview, queue, attention, eligible, mine, pause] = await Promise.all([
    catalogue.overview(),
    migrations.queue(),
    catalogue.page({ status: 'needs_attention' }, 0, HOME_SHOWN),
    catalogue.page({ status: 'eligible' }, 0, HOME_SHOWN),
    filter === null ? NONE : catalogue.page(filter, 0, HOME_SHOWN),
    reminders.activePause(),
  ]);
  return homeView({
    overview,
    queue,
    attention,
    eligible,
    mine,
    pause,
    mayMigrate: person.mayMigrate,
    mayAskHere: !settings.access.requireSecondPerson,
    migrators: migratorWords(settings.access.migrators),
    days: daysUntil(settings.reminders.deadline, now, settings.reminders.timeZone),
    now,
  });
}
