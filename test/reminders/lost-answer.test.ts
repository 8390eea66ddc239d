import { webApi } from '@slack/bolt';
import { expect, test } from 'vitest';
import { TEAM_ID } from '../../playground/slack/state.ts';
import { boltLogger, createLogger } from '../../src/log.ts';
import { assembleReminders } from '../../src/reminders.ts';
import { Inventory } from '../../src/services/inventory.ts';
import { BOT_TOKEN, MEMBER, startSlack } from '../playground/slack-bolt.ts';
import { newProcess, newWorld, SILENT } from '../services/setup.ts';
import { DEADLINE } from './setup.ts';

/** One owner and no channel: nothing has to wait for Slack's pace, which is the machine's time here. */
async function assembled() {
  const { slack, apiUrl } = await startSlack();
  const world = await newWorld();
  world.adobe.add(1, { owner: 'member@example.com' });
  const { sync, stores } = newProcess(world);
  await sync.run();
  const clientOptions = {
    slackApiUrl: apiUrl,
    timeout: 1_000,
    // As every other client of the bot has it.
    retryConfig: { retries: 2, minTimeout: 1, maxTimeout: 1 },
    logger: boltLogger(createLogger({ level: 'silent', secrets: [] })),
  };
  const client = new webApi.WebClient(BOT_TOKEN, clientOptions);
  const { audit, leases } = stores;
  const inventory = new Inventory(stores.credentials, stores.sync);
  const { db, clock } = world;
  const { reminders, store } = assembleReminders(
    { db, client, clientOptions, inventory, sync, audit, leases, clock, logger: SILENT },
    {
      botToken: BOT_TOKEN,
      teamId: TEAM_ID,
      migrators: { users: [], groups: [] },
      deadline: DEADLINE,
      days: [60],
      timeZone: 'UTC',
      channel: null,
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
  expect(slack.refused).toEqual([]);
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
