import { expect, test } from 'vitest';
import { credential, seedOf } from '../app/setup.ts';
import type { World } from '../app/world.ts';
import { ADMIN, DATA, MEMBER, OWNER, people, RANDOM, SECOND } from '../support/people.ts';
import { checked, DAY, digest, digests, PATIENT, reminder, reminders, startReminding } from './setup.ts';

const SEED = seedOf(credential('airflow-dev'));
const CANNOT = 'the reminder channel cannot be posted to';
/** Not in the workspace. */
const GONE = 'C0GONE0001';

/** Who was told that the channel does not take the digest, once for each time. */
function told(world: World, channel: string, code: string): readonly string[] {
  const words = `Reminders cannot be posted to <#${channel}> (\`${code}\`)`;
  return people().flatMap(({ id }) =>
    world.slack
      .messagesSeenBy(id, world.slack.directOf(id))
      .filter(({ text }) => text.startsWith(words))
      .map(() => id),
  );
}

function tries(world: World, channel: string): number {
  return world.slack.calls.filter(
    ({ method, args }) => method === 'chat.postMessage' && args['channel'] === channel,
  ).length;
}

/** Waits until the digest was tried so often. */
async function tried(world: World, channel: string, times: number): Promise<void> {
  await world.slack.waitFor(() => tries(world, channel) >= times, { ...PATIENT, what: `try ${times}` });
}

/** The half minute between two tries is over sooner. */
const SPEED = 20;

test.concurrent('where the app is no member: said in the log, at /readyz and to the migrators once; healed when invited', async ({
  onTestFinished,
}) => {
  const refused = Array.from({ length: 2 }, () => `chat.postMessage: not_in_channel: ${RANDOM}`);
  const env = { REMINDER_CHANNEL: RANDOM };
  const world = await startReminding({
    onTestFinished,
    seed: SEED,
    env,
    refused,
    errors: [CANNOT],
    speed: SPEED,
  });
  await world.logged(CANNOT);
  await tried(world, RANDOM, 2);
  expect(told(world, RANDOM, 'not_in_channel')).toEqual([ADMIN, SECOND]);
  expect(await world.ready()).toMatchObject({
    status: 200,
    body: {
      ready: true,
      checks: { reminders: { ok: true, detail: 'the reminder channel cannot be posted to: not_in_channel' } },
    },
  });
  // The owners were told at once, and once.
  expect(reminders(world, OWNER)).toHaveLength(1);

  world.slack.state.changeChannel(RANDOM, { botIsMember: true });
  await tried(world, RANDOM, 3);
  await checked(world);
  expect(digests(world, RANDOM)).toHaveLength(1);
  const { body } = await world.ready();
  expect(body).toMatchObject({ ready: true, checks: { reminders: { ok: true } } });
  expect(JSON.stringify(body)).not.toContain('not_in_channel');
  expect(told(world, RANDOM, 'not_in_channel')).toHaveLength(2);
});

test.concurrent('a channel that was archived, told to the group of migrators; the next window tells nobody again', async ({
  onTestFinished,
}) => {
  const refused = Array.from({ length: 2 }, () => `chat.postMessage: is_archived: ${DATA}`);
  const world = await startReminding({
    onTestFinished,
    seed: SEED,
    env: { MIGRATORS: 'S0MIGRATOR' },
    before: ({ slack }) => slack.state.changeChannel(DATA, { isArchived: true }),
    refused,
    errors: [CANNOT],
    speed: SPEED,
  });
  await world.logged(CANNOT);
  world.clock.advance(26 * DAY);
  await reminder(world, OWNER, 2);
  await tried(world, DATA, 2);
  expect(told(world, DATA, 'is_archived')).toEqual([MEMBER]);
  expect((await world.ready()).body).toMatchObject({
    checks: { reminders: { detail: 'the reminder channel cannot be posted to: is_archived' } },
  });
});

test.concurrent('a channel that does not exist', async ({ onTestFinished }) => {
  const world = await startReminding({
    onTestFinished,
    seed: SEED,
    env: { REMINDER_CHANNEL: GONE, MIGRATORS: `${ADMIN},${MEMBER}` },
    refused: [`chat.postMessage: channel_not_found: ${GONE}`],
    errors: [CANNOT],
  });
  await world.logged(CANNOT);
  await world.slack.waitFor(() => told(world, GONE, 'channel_not_found').length === 2, PATIENT);
  expect(told(world, GONE, 'channel_not_found')).toEqual([ADMIN, MEMBER]);
  // Commands are answered meanwhile.
  expect((await world.say(ADMIN, 'list')).text).toContain('`airflow-dev`');
});

test.concurrent('Adobe cannot be reached: the last known state goes out, with its age', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  await digest(world);
  world.adobe.faults.add({ kind: 'status', status: 503, on: 'accounts', times: 1_000 });
  world.clock.advance(26 * DAY);
  const { text } = await digest(world, 2);
  expect(text).toContain('30 days left.* 1 open, 0 migrated.');
  expect(text).toMatch(/⚠️ Adobe failed to .+; this is the last known state\.\nAs Adobe had it 26 days ago\./);
  expect((await reminder(world, OWNER, 2)).text).toContain('`airflow-dev`');
  await checked(world);
  expect(digests(world)).toHaveLength(2);
});

test.concurrent('an owner to whom Slack takes no message is named in the digest', async ({
  onTestFinished,
}) => {
  const world = await startReminding({
    onTestFinished,
    seed: SEED,
    before: ({ slack }) => slack.fail('chat.postMessage', { error: 'user_disabled' }),
  });
  expect((await digest(world)).text).toContain(
    'owner `owner@example.com`: Slack takes no direct message to them',
  );
  await checked(world);
  expect(reminders(world, OWNER)).toEqual([]);
  expect(digests(world)).toHaveLength(1);
});
