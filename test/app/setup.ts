import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Seed, SimulatedCredential } from '../../playground/adobe/organisation.ts';
import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { SIMULATED_CLIENT, SimulatedAdobe } from '../../playground/adobe/server.ts';
import { LocalSlack } from '../../playground/slack/local-slack.ts';
import type { Person } from '../../playground/slack/users.ts';
import { TestClock } from '../support/clock.ts';
import { ACK_LIMIT_MS } from '../support/effort.ts';
import { DATA, MEMBER, MEMBERS, people, RANDOM, SHARED } from '../support/people.ts';
import { World } from './world.ts';

const BOT_TOKEN = 'xoxb-test-token';
export const SIGNING_SECRET = 'test-signing-secret';

/** A credential as Adobe may have it; in `dev` by default, so that nothing has to be typed. */
export function credential(name: string, changes: Partial<SimulatedCredential> = {}): SimulatedCredential {
  const technicalAccountId = changes.technicalAccountId ?? technicalAccountIdOf(name);
  return {
    technicalAccountId,
    name,
    description: '',
    owner: 'owner@example.com',
    sandboxes: ['dev'],
    created: new Date('2025-01-02T03:04:05Z'),
    lastUpdated: new Date('2025-02-03T04:05:06Z'),
    consoleId: `console-${technicalAccountId}`,
    state: 'NOT_STARTED',
    ...changes,
  };
}

export function seedOf(...credentials: readonly SimulatedCredential[]): Seed {
  return { credentials, otherIntegrations: [], schedules: [] };
}

/** Registers something to be done at the end. */
type AtEnd = (done: () => Promise<void>) => void;

interface WorldOptions {
  /** From the test's own context, where tests run concurrently. */
  readonly onTestFinished?: AtEnd;
  readonly seed?: Seed;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with Adobe and Slack before the bot starts. */
  readonly before?: (world: { adobe: SimulatedAdobe; slack: LocalSlack }) => void;
  /** The members of the user group `S0MIGRATOR`; the member by default. */
  readonly group?: readonly string[];
  /** Further people. */
  readonly users?: readonly Person[];
  /** How many seconds a migration takes at Adobe. */
  readonly migrationSeconds?: number;
  /** The database outlives the bot, for tests of a restart. */
  readonly onDisk?: boolean;
  /** False: do not wait for the first sync. */
  readonly synced?: boolean;
  /** The scopes of the bot token; by default, all that the bot needs. */
  readonly scopes?: readonly string[];
  /** Rejections by Slack that the test provokes, in order; none by default. */
  readonly refused?: readonly string[];
  /** Messages of the error lines that the test provokes; none by default. */
  readonly errors?: readonly string[];
}

/**
 * The whole bot in this process, with a Slack and an Adobe on loopback; all stopped when the test ends. Then it is also
 * checked that Slack rejected nothing, that nothing failed unexpectedly, that no markup from outside went live and that
 * no secret was written anywhere.
 */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const clock = new TestClock();
  const { seed, migrationSeconds = 40, onTestFinished: atEnd = onTestFinished } = options;
  const adobe = new SimulatedAdobe({ clock, pageSize: 1000, migrationSeconds, ...(seed && { seed }) });
  const slack = new LocalSlack({
    signingSecret: SIGNING_SECRET,
    botToken: BOT_TOKEN,
    users: [...people(), ...(options.users ?? [])],
    channels: [
      { id: DATA, name: 'data-platform', members: MEMBERS },
      { id: SHARED, name: 'with-a-partner', members: MEMBERS, isShared: true },
      { id: RANDOM, name: 'random', members: MEMBERS, botIsMember: false },
    ],
    userGroups: [{ id: 'S0MIGRATOR', handle: 'migrators', users: options.group ?? [MEMBER] }],
    clock: clock.now,
    ackLimitMs: ACK_LIMIT_MS,
    ...(options.scopes && { scopes: options.scopes }),
  });
  const [{ url }, { apiUrl }] = await Promise.all([adobe.start(), slack.start()]);
  const world = new World(adobe, slack, clock, {
    PORT: '0',
    SLACK_BOT_TOKEN: BOT_TOKEN,
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    SLACK_API_URL: apiUrl,
    ADOBE_CLIENT_ID: SIMULATED_CLIENT.clientId,
    ADOBE_CLIENT_SECRET: SIMULATED_CLIENT.clientSecret,
    ADOBE_ORG_ID: SIMULATED_CLIENT.orgId,
    ADOBE_SCOPES: SIMULATED_CLIENT.scopes.join(','),
    ADOBE_IMS_URL: url,
    ADOBE_PLATFORM_URL: url,
    ADOBE_CONSOLE_URL: url,
    ADOBE_SANDBOXES: 'prod,dev,stage',
    MIGRATION_POLL_SECONDS: '0.02',
    DATABASE_URL: options.onDisk ? await databaseFile(atEnd) : 'file::memory:',
    // Nothing may run at random times: syncs run only at the start and by Refresh, and no one is reminded.
    SYNC_CRON: '0 0 29 2 *',
    REMINDER_CRON: '0 0 29 2 *',
    REMINDER_DAYS: '0',
    LOG_LEVEL: 'debug',
    ...options.env,
  });
  atEnd(async () => {
    await world.stop();
    await Promise.all([slack.stop(), adobe.stop()]);
    world.check(options.refused ?? [], options.errors ?? []);
  });
  options.before?.(world);
  await world.start();
  if (options.synced !== false) {
    await world.logged('sync done');
    await world.logged('usage read');
  }
  return world;
}

async function databaseFile(atEnd: AtEnd): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-app-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return `file:${join(folder, 'qs-creds.db')}`;
}
