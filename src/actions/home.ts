import type { App } from '@slack/bolt';
import type { HomeView } from '@slack/types';
import { AccessDenied, type Member } from '../access/access.ts';
import { readAdobeAgain } from '../commands/list.ts';
import { LEFT } from '../credentials/credential.ts';
import type { CredentialFilter } from '../credentials/ports.ts';
import type { Page } from '../lib/page.ts';
import { hasTwoSteps } from '../migrations/steps.ts';
import { deadlineOf } from '../reminders/windows.ts';
import type { Services } from '../services.ts';
import { ACTIONS } from '../slack/ids.ts';
import { deniedHome, HOME_SHOWN, homeView, RECENT_SHOWN } from '../slack/messages/home.ts';
import { MAX_TABLE_ROWS } from '../slack/messages/new-blocks.ts';
import { callerOf } from '../slack/request.ts';
import type { WatchedMigration } from '../watch/watch.ts';
import type { Action, ListenerParts } from './press.ts';

export const homeRefresh: Action = {
  id: ACTIONS.homeRefresh,
  wants: 'refresh',
  async run({ showHome }, services) {
    await readAdobeAgain(services);
    await showHome();
  },
};

/** Registers the opening of the Home. */
export function registerHome(app: App, { services, boundary, slack, homes, count }: ListenerParts): void {
  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab !== 'home') return;
    const caller = callerOf(body);
    count('home');
    await boundary(
      'home',
      (message) => slack.publishHome(caller.userId, deniedHome(message)),
      async () => {
        const person = await services.access.admitReader(caller, { action: 'home' }).catch(async (error: unknown) => {
          if (error instanceof AccessDenied) await homes.forget(caller.userId);
          throw error;
        });
        await homes.show(caller, person);
      },
    );
  });
}

const NONE = { rows: [], total: 0 };

/** The App Home as this person may see it. `failedAfter`: migrated credentials whose jobs have failed since. */
export async function homeFor(
  person: Member,
  failedAfter: Page<WatchedMigration>,
  services: Services,
): Promise<HomeView> {
  const { audit, catalogue, migrations, reminders, trends, clock, settings } = services;
  const now = clock.now();
  const firstPage = (filter: CredentialFilter, limit = HOME_SHOWN) => ({ filter, limit });
  const [overview, queue, pages, pause, trend, recent] = await Promise.all([
    catalogue.overview(),
    migrations.queue(),
    catalogue.firstPages([
      firstPage({ statuses: ['needs_attention'] }),
      firstPage({ statuses: ['unfinished'] }),
      firstPage({ statuses: ['eligible'] }),
      firstPage({ statuses: ['eligible'], isFailing: true }),
      firstPage({ statuses: LEFT }, MAX_TABLE_ROWS),
      firstPage({ ownedBy: person }),
    ]),
    reminders.activePause(),
    trends.current(),
    audit.history(null, 0, RECENT_SHOWN),
  ]);
  const [attention = NONE, unfinished = NONE, eligible = NONE, failing = NONE, left = NONE, mine = NONE] = pages;
  const named = [attention, unfinished, eligible, failing, mine].flatMap(({ rows }) => rows);
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
    ownerIds: await reminders.ownersOf(named),
    pause,
    trend,
    readerId: person.id,
    mayMigrate: person.mayMigrate,
    endsHere: hasTwoSteps(settings.migration.method),
    mayAskHere: !settings.access.requireSecondPerson,
    migrators: settings.access.migrators,
    deadline: deadlineOf(settings.reminders, now),
    now,
  });
}
