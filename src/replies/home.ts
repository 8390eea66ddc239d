import type { HomeView } from '@slack/types';
import { daysUntil } from '../domain/deadline.ts';
import type { Person } from '../services/access.ts';
import { migratorWords } from '../slack/views/answers.ts';
import { HOME_SHOWN, homeView } from '../slack/views/home.ts';
import type { Services } from './services.ts';
import { theirs } from './theirs.ts';

const NONE = { rows: [], total: 0 };

/** The App Home as this person may see it. */
export async function homeReply(services: Services, person: Person): Promise<HomeView> {
  const { inventory, migrations, reminders, clock, settings } = services;
  const now = clock.now();
  const filter = await theirs(services, person);
  const [overview, line, attention, eligible, mine, pause] = await Promise.all([
    inventory.overview(),
    migrations.line(),
    inventory.page({ status: 'needs_attention' }, 0, HOME_SHOWN),
    inventory.page({ status: 'eligible' }, 0, HOME_SHOWN),
    filter === null ? NONE : inventory.page(filter, 0, HOME_SHOWN),
    reminders.activePause(),
  ]);
  return homeView({
    overview,
    line,
    attention,
    eligible,
    mine,
    pause,
    mayMigrate: person.mayMigrate,
    mayAskHere: !settings.requireSecondPerson,
    migrators: migratorWords(settings.migrators),
    days: daysUntil(settings.deadline, now, settings.timeZone),
    now,
  });
}
