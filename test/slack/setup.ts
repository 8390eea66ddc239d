import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { webApi } from '@slack/bolt';
import { onTestFinished } from 'vitest';
import { TEAM_ID } from '../../playground/slack/state.ts';
import type { Migrators } from '../../src/access/access.ts';
import { createLogger } from '../../src/lib/log.ts';
import { boltLogger } from '../../src/slack/bolt-logger.ts';
import { MIGRATION_CLIENT, PROGRESS_CLIENT, REMINDER_CLIENT, SlackMessenger } from '../../src/slack/messenger.ts';
import { PEOPLE_CLIENT, SlackPeople } from '../../src/slack/people.ts';
import { SlackRecipients } from '../../src/slack/recipients.ts';
import { BOT_TOKEN } from '../playground/slack-bolt.ts';
import { TestClock } from '../support/clock.ts';
import { NOW } from './samples.ts';

/** A server on this machine, closed when the test ends. @returns its URL, with a slash at the end */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A Slack that responds to every call with these fields. @returns its API URL */
export async function serveSlack(fields: object): Promise<string> {
  return serve((_, res) => {
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ ok: true, ...fields }));
  });
}

/** A `response_url` that accepts everything, and the replies sent to it. */
export async function responseUrl() {
  const replies: unknown[] = [];
  const url = await serve(async (req, res) => {
    replies.push(await json(req));
    res.end('ok');
  });
  return { url, replies };
}

/** The real web client for another Slack, without retries. */
export function webClient(apiUrl: string, options: webApi.WebClientOptions = {}): webApi.WebClient {
  return new webApi.WebClient(BOT_TOKEN, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    logger: boltLogger(createLogger({ level: 'silent', secrets: [] })),
    ...options,
  });
}

/** The lookup of people in this Slack, a clock for it, and what it noted about user groups. */
export function watchedPeopleAt(apiUrl: string) {
  const clock = new TestClock(NOW.toISOString());
  const noted: (readonly [groupId: string, code: string | null])[] = [];
  const onGroupLookup = (...note: readonly [string, string | null]) => void noted.push(note);
  return { clock, noted, people: new SlackPeople(webClient(apiUrl, PEOPLE_CLIENT), { clock, onGroupLookup }) };
}

export function peopleAt(apiUrl: string): SlackPeople {
  return watchedPeopleAt(apiUrl).people;
}

/** No one is configured: the workspace's admins may migrate. */
const NO_MIGRATORS: Migrators = { users: [], groups: [] };

interface MessengerOptions {
  readonly migrators?: Migrators;
  readonly teamId?: string;
  readonly requireSecondPerson?: boolean;
  readonly isShared?: () => Promise<boolean>;
}

/** The messenger and the lookup of recipients for this Slack, and the details of their warnings. */
export function messengerAt(
  apiUrl: string,
  {
    migrators = NO_MIGRATORS,
    teamId = TEAM_ID,
    requireSecondPerson = true,
    isShared = async () => false,
  }: MessengerOptions = {},
  clientOptions: webApi.WebClientOptions = {},
) {
  const warnings: object[] = [];
  const silent = () => {};
  const logger = { debug: silent, info: silent, error: silent, warn: (details: object) => void warnings.push(details) };
  const clients = {
    replies: webClient(apiUrl, clientOptions),
    migrations: webClient(apiUrl, { ...clientOptions, ...MIGRATION_CLIENT }),
    progress: webClient(apiUrl, { ...clientOptions, ...PROGRESS_CLIENT }),
    reminders: webClient(apiUrl, { ...clientOptions, ...REMINDER_CLIENT }),
  };
  const people = peopleAt(apiUrl);
  const recipients = new SlackRecipients(clients.reminders, people, { migrators, teamId });
  const messenger = new SlackMessenger(
    {
      clients,
      recipients,
      channels: { isShared, isPublic: async () => true },
      clock: { now: () => NOW, monotonicMs: () => 0 },
      logger,
    },
    { migrators, requireSecondPerson },
  );
  return { clients, messenger, recipients, warnings };
}
