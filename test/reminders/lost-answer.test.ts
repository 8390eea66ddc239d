import { webApi } from '@slack/bolt';
import { expect, test } from 'vitest';
import { TEAM_ID } from '../../playground/slack/state.ts';
import { createLogger } from '../../src/lib/log.ts';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import { createServices } from '../../src/services.ts';
import { boltLogger } from '../../src/slack/bolt-logger.ts';
import { REMINDER_CLIENT, SlackMessenger } from '../../src/slack/messenger.ts';
import { SlackRecipients } from '../../src/slack/people.ts';
import { newProcess, newWorld, SILENT } from '../migrations/setup.ts';
import { BOT_TOKEN, MEMBER, startSlack } from '../playground/slack-bolt.ts';
import { DEADLINE } from './setup.ts';

/** One owner and no channel: nothing has to wait for Slack's pace, which is the machine's time here. */
async function assembled() {
  const { slack, apiUrl } = await startSlack();
  const world = await newWorld();
  world.adobe.add(1, { owner: 'member@example.com' });
  const { sync: first, stores } = newProcess(world);
  await first.run();
  const clientOptions = {
    slackApiUrl: apiUrl,
    timeout: 1_000,
    // As every other client of the bot has it.
    retryConfig: { retries: 2, minTimeout: 1, maxTimeout: 1 },
    logger: boltLogger(createLogger({ level: 'silent', secrets: [] })),
  };
  const { clock, people, adobe } = world;
  const store = new SqlReminderStore(world.db);
  const client = new webApi.WebClient(BOT_TOKEN, { ...clientOptions, ...REMINDER_CLIENT });
  const migrators = { users: [], groups: [] };
  const recipients = new SlackRecipients(client, people, { migrators, teamId: TEAM_ID });
  const messenger = new SlackMessenger(
    {
      clients: { replies: client, migrations: client, reminders: client },
      recipients,
      clock,
      logger: SILENT,
    },
    { migrators, requireSecondPerson: false },
  );
  const { rounds: reminders } = createServices(
    {
      ...stores,
      syncs: stores.sync,
      reminders: store,
      accounts: adobe,
      console: adobe,
      method: adobe,
      people,
      recipientLookup: recipients,
      confirmationMessages: world.messages,
      progressMessages: world.messages,
      reminderMessenger: messenger,
      timer: clock,
      logger: SILENT,
      ended: () => {},
    },
    {
      teamId: TEAM_ID,
      access: { migrators, requireSecondPerson: false },
      adobe: { sandboxes: ['dev'] },
      migration: { pollMs: 5_000, expectedMs: 40_000, timeoutMs: 60_000 },
      reminders: { deadline: DEADLINE, days: [60], timeZone: 'UTC', channel: null },
    },
  );
  const posted = () => slack.calls.filter(({ method }) => method === 'chat.postMessage').length;
  const received = () => slack.messagesSeenBy(MEMBER, slack.directOf(MEMBER)).length;
  return { slack, clock, reminders, store, posted, received };
}

test('an owner is reminded in Slack', async () => {
  const { reminders, store, received, slack } = await assembled();
  await reminders.look();
  expect(received()).toBe(1);
  expect(slack.rejected).toEqual([]);
  expect(await store.unfinished()).toEqual([]);
});

test.each([
  ['whose answer is lost', { hangMs: 1_500, times: 3 }],
  ['that Slack fails at', { httpStatus: 500, times: 3 }],
  ['that Slack asks a pause for', { retryAfter: 1, times: 3 }],
])('a message %s is sent once at a look, not again and again by the client itself', async (_, fault) => {
  const { slack, clock, reminders, store, posted, received } = await assembled();
  slack.fail('chat.postMessage', fault);
  await reminders.look();
  expect(posted()).toBe(1);
  expect(await store.unfinished()).toHaveLength(1);
  slack.heal();
  clock.advance(10);
  await reminders.resume();
  expect(posted()).toBe(2);
  // Slack may have taken the first as well: nobody can tell.
  expect(received()).toBe('hangMs' in fault ? 2 : 1);
  expect(await store.unfinished()).toEqual([]);
});
