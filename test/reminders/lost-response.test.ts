import { webApi } from '@slack/bolt';
import { expect, test } from 'vitest';
import { TEAM_ID } from '../../playground/slack/state.ts';
import { createLogger } from '../../src/lib/log.ts';
import { boltLogger } from '../../src/slack/bolt-logger.ts';
import { REMINDER_CLIENT, SlackMessenger } from '../../src/slack/messenger.ts';
import { SlackRecipients } from '../../src/slack/recipients.ts';
import { BOT_TOKEN, MEMBER, startSlack } from '../playground/slack-bolt.ts';
import { SILENT } from '../support/services.ts';
import { newInstance, newWorld, of, put } from './setup.ts';

/** One owner and no channel: nothing waits for Slack's rate limits, which use the machine's time here. */
async function startWithOneOwner() {
  const { slack, apiUrl } = await startSlack();
  const world = await newWorld();
  await put(world, of('member@example.com', 1));
  const client = new webApi.WebClient(BOT_TOKEN, {
    slackApiUrl: apiUrl,
    timeout: 1_000,
    // As for every other client of the bot.
    retryConfig: { retries: 2, minTimeout: 1, maxTimeout: 1 },
    logger: boltLogger(createLogger({ level: 'silent', secrets: [] })),
    ...REMINDER_CLIENT,
  });
  const { clock, people } = world;
  const migrators = { users: [], groups: [] };
  const recipientLookup = new SlackRecipients(client, people, { migrators, teamId: TEAM_ID });
  const reminderMessenger = new SlackMessenger(
    {
      clients: { replies: client, migrations: client, progress: client, reminders: client },
      recipients: recipientLookup,
      channels: { isShared: async () => false, isPublic: async () => true },
      clock,
      logger: SILENT,
    },
    { migrators, requireSecondPerson: false },
  );
  const ports = { recipientLookup, reminderMessenger };
  const { rounds, store } = newInstance(world, { channel: null, ports });
  const posted = () => slack.calls.filter(({ method }) => method === 'chat.postMessage').length;
  const received = () => slack.messagesSeenBy(MEMBER, slack.directOf(MEMBER)).length;
  return { slack, clock, rounds, store, posted, received };
}

test('an owner is reminded in Slack, once', async () => {
  const { rounds, store, received, slack } = await startWithOneOwner();
  await rounds.check();
  expect(received()).toBe(1);
  expect(slack.rejected).toEqual([]);
  expect(await store.unfinishedRounds()).toEqual([]);
});

test.each([
  ['whose response is lost', { hangMs: 1_500, times: 3 }],
  ['at which Slack fails', { httpStatus: 500, times: 3 }],
  ['to which Slack responds with a pause', { retryAfter: 1, times: 3 }],
])('a message %s is sent once per check and not retried by the client', async (_, fault) => {
  const { slack, clock, rounds, store, posted, received } = await startWithOneOwner();
  slack.fail('chat.postMessage', fault);
  await rounds.check();
  expect(posted()).toBe(1);
  expect(await store.unfinishedRounds()).toHaveLength(1);
  slack.heal();
  clock.advance(10);
  await rounds.resume();
  expect(posted()).toBe(2);
  // Slack may have accepted the first one as well: the bot cannot know.
  expect(received()).toBe('hangMs' in fault ? 2 : 1);
  expect(await store.unfinishedRounds()).toEqual([]);
});
