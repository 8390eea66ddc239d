import type { App } from '@slack/bolt';
import type { HomeView } from '@slack/types';
import { AccessDenied, type Member } from '../access/access.ts';
import { ownedBy, refresh } from '../commands/list.ts';
import { LEFT } from '../credentials/credential.ts';
import { endsHere } from '../migrations/steps.ts';
import { deadlineOf } from '../reminders/windows.ts';
import type { Services } from '../services.ts';
import { ACTIONS } from '../slack/ids.ts';
import { deniedHome, HOME_SHOWN, homeView, RECENT_SHOWN } from '../slack/messages/home.ts';
import { MAX_TABLE_ROWS } from '../slack/messages/new-blocks.ts';
import { callerOf } from '../slack/request.ts';
import type { Action, Listening } from './press.ts';

export const homeRefresh: Action = {
  id: ACTIONS.homeRefresh,
  wants: 'refresh',
  async run({ showHome }, services) {
    await refresh(services);
    await showHome();
  },
};

/** Registers the opening of the Home. */
export function registerHome(app: App, { services, boundary, slack, homes, count }: Listening): void {
  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab !== 'home') return;
    const caller = callerOf(body);
    count('home');
    await boundary(
      'home',
      (message) => slack.publishHome(caller.userId, deniedHome(message)),
      async () => {
        const person = await services.access.admitReader(caller, { action: 'home' }).catch((error: unknown) => {
          if (error instanceof AccessDenied) homes.forget(caller.userId);
          throw error;
        });
        await homes.show(caller, person);
      },
    );
  });
}

const NONE = { rows: [], total: 0 };

/** The App Home as this person may see it. */
export async function homeFor(person: Member, services: Services): Promise<HomeView> {
  const { audit, catalogue, migrations, watches, reminders, trends, clock, settings } = services;
  const now = clock.now();
  const filter = await ownedBy(services, person);
  const [overview, queue, attention, failedAfter, unfinished, eligible, failing, left, mine, pause, trend, recent] =
    await Promise.all([
      catalogue.overview(),
      migrations.queue(),
      catalogue.page({ statuses: ['needs_attention'] }, 0, HOME_SHOWN),
      watches.unacknowledged(HOME_SHOWN),
      catalogue.page({ statuses: ['unfinished'] }, 0, HOME_SHOWN),
      catalogue.page({ statuses: ['eligible'] }, 0, HOME_SHOWN),
      catalogue.page({ statuses: ['eligible'], isFailing: true }, 0, HOME_SHOWN),
      catalogue.page({ statuses: LEFT }, 0, MAX_TABLE_ROWS),
      filter === null ? NONE : catalogue.page(filter, 0, HOME_SHOWN),
      reminders.activePause(),
      trends.current(),
      audit.history(null, 0, RECENT_SHOWN, null),
    ]);
  const shown = [attention, unfinished, eligible, failing, mine].flatMap(({ rows }) => rows);
  return homeView({
    overview,
    queue,
    attention,
    failedAfter,
    unfinished,
    eligible,
    failing,
    left,
    recent: recent.rows,
    mine,
    people: await reminders.ownersOf(shown),
    pause,
    trend,
    mayMigrate: person.mayMigrate,
    endsHere: endsHere(settings.migration.method),
    mayAskHere: !settings.access.requireSecondPerson,
    migrators: settings.access.migrators,
    deadline: deadlineOf(settings.reminders, now),
    now,
  });
}
