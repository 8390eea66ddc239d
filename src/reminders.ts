import { setTimeout as delay } from 'node:timers/promises';
import { webApi } from '@slack/bolt';
import type { Migrators } from './services/access.ts';
import type { Clock } from './services/clock.ts';
import type { Inventory } from './services/inventory.ts';
import type { Logger } from './services/logger.ts';
import { Owners } from './services/owners.ts';
import { Pace } from './services/pace.ts';
import { ReminderCalendar } from './services/reminder-calendar.ts';
import { ReminderControl } from './services/reminder-control.ts';
import { ReminderDelivery } from './services/reminder-delivery.ts';
import { Reminders } from './services/reminders.ts';
import type { AuditTrail, Leases } from './services/stores.ts';
import type { Sync } from './services/sync.ts';
import { SlackPeople } from './slack/people.ts';
import { SlackReminderPost } from './slack/reminder-post.ts';
import type { Database } from './store/database.ts';
import { SqlReminderStore } from './store/reminders.ts';

/** Slack allows about 50 look-ups by email a minute, and one message a second and channel. Milliseconds. */
const LOOKUP_GAP_MS = 1_200;
const MESSAGE_GAP_MS = 1_000;

interface Parts {
  readonly db: Database;
  readonly client: webApi.WebClient;
  readonly clientOptions: webApi.WebClientOptions;
  readonly inventory: Inventory;
  readonly sync: Sync;
  readonly audit: AuditTrail;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Settings {
  readonly botToken: string;
  readonly teamId: string;
  readonly migrators: Migrators;
  readonly deadline: string;
  readonly days: readonly number[];
  readonly timeZone: string;
  readonly channel: string | null;
}

/** The part of the composition root that is about reminders. */
export function assembleReminders(
  { db, client, clientOptions, inventory, sync, audit, leases, clock, logger }: Parts,
  settings: Settings,
) {
  const stopping = new AbortController();
  const timer = {
    now: () => clock.now(),
    sleep: (ms: number) => delay(ms, undefined, { signal: stopping.signal }),
  };
  const bulk = new webApi.WebClient(settings.botToken, {
    ...clientOptions,
    // A pause that Slack asks for is kept by our own pace, which keeps the lease meanwhile.
    rejectRateLimitedCalls: true,
    // A call lasts no longer than its claim; and one whose answer is lost is not sent three times over.
    retryConfig: { retries: 0 },
  });
  const store = new SqlReminderStore(db);
  const calendar = new ReminderCalendar(settings, clock);
  const delivery = new ReminderDelivery({ store, leases, timer, logger });
  const post = new SlackReminderPost(
    { client: bulk, people: new SlackPeople(client), clock, logger },
    settings,
  );
  const owners = new Owners({
    store,
    inventory,
    people: post,
    delivery,
    pace: new Pace(clock, LOOKUP_GAP_MS),
    clock,
    logger,
  });
  const pace = new Pace(clock, MESSAGE_GAP_MS);
  const reminders = new Reminders(
    { store, inventory, owners, delivery, sync, post, pace, calendar, logger },
    settings,
  );
  const control = new ReminderControl({ store, inventory, owners, calendar, audit });
  return { store, delivery, reminders, control, stopWaiting: () => stopping.abort() };
}
