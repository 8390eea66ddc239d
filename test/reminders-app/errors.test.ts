import { expect, test } from 'vitest';
import { credential, seedOf } from '../app/setup.ts';
import type { World } from '../app/world.ts';
import { ADMIN, DATA, MEMBER, OWNER, people, RANDOM, SECOND, SHARED } from '../support/people.ts';
import { checked, DAY, digest, digests, reminder, reminders, startReminding } from './setup.ts';

const SEED = seedOf(credential('airflow-dev'));
const CANNOT = 'the reminder channel cannot be posted to';
/** A channel that is not in the workspace. */
const GONE = 'C0GONE0001';

/** Who was notified that the digest cannot be posted to the channel, once for each message. */
function notified(world: World, channel: string, code: string): readonly string[] {
  const words = `Reminders cannot be posted to <#${channel}> (\`${code}\`)`;
  return people().flatMap(({ id }) =>
    world.slack
      .messagesSeenBy(id, world.slack.directOf(id))
      .filter(({ text }) => text.startsWith(words))
      .map(() => id),
  );
}

function attempts(world: World, channel: string): number {
  return world.slack.calls.filter(({ method, args }) => method === 'chat.postMessage' && args['channel'] === channel)
    .length;
}

/** Waits until this many messages to the channel have been attempted since the start. */
async function attempted(world: World, channel: string, times: number): Promise<void> {
  const what = `attempt ${times}`;
  await world.slack.waitFor(() => attempts(world, channel) >= times, { what });
}

/** Stops the bot, and expects that Slack has rejected only messages to the channel, which were retried. */
async function stopWith(world: World, rejections: string[], code: string, channel: string): Promise<void> {
  await world.stop();
  rejections.push(...world.slack.rejected);
  // Slack also rejects the lookup of a channel that is not there.
  const posts = rejections.filter((each) => !each.startsWith('conversations.info'));
  expect([...new Set(posts)]).toEqual([`chat.postMessage: ${code}: ${channel}`]);
}

test.concurrent('a channel without the app is logged once, shown at /readyz, and reported to migrators once, until the app is invited', async ({
  onTestFinished,
}) => {
  const refused: string[] = [];
  const env = { REMINDER_CHANNEL: RANDOM };
  const world = await startReminding({ onTestFinished, seed: SEED, env, refused, errors: [CANNOT] });
  await attempted(world, RANDOM, 2);
  expect(notified(world, RANDOM, 'not_in_channel')).toEqual([ADMIN, SECOND]);
  expect(await world.ready()).toMatchObject({
    status: 200,
    body: {
      ready: true,
      checks: { reminders: { ok: true, detail: 'the reminder channel cannot be posted to: not_in_channel' } },
    },
  });
  // The owners were reminded at once, and only once.
  expect(reminders(world, OWNER)).toHaveLength(1);

  world.slack.state.changeChannel(RANDOM, { botIsMember: true });
  await world.slack.waitFor(() => digests(world, RANDOM)[0], { what: 'the digest' });
  await checked(world);
  expect(digests(world, RANDOM)).toHaveLength(1);
  const { body } = await world.ready();
  expect(body).toMatchObject({ ready: true, checks: { reminders: { ok: true } } });
  expect(JSON.stringify(body)).not.toContain('not_in_channel');
  expect(notified(world, RANDOM, 'not_in_channel')).toHaveLength(2);
  await stopWith(world, refused, 'not_in_channel', RANDOM);
});

test.concurrent('an archived channel is reported to the group of migrators, but not again in the next window', async ({
  onTestFinished,
}) => {
  const refused: string[] = [];
  const world = await startReminding({
    onTestFinished,
    seed: SEED,
    env: { MIGRATORS: 'S0MIGRATOR' },
    before: ({ slack }) => slack.state.changeChannel(DATA, { isArchived: true }),
    refused,
    errors: [CANNOT],
  });
  await attempted(world, DATA, 1);
  world.clock.advance(26 * DAY);
  await reminder(world, OWNER, 2);
  // The second attempt from now is certainly in the next window.
  await attempted(world, DATA, attempts(world, DATA) + 2);
  expect(notified(world, DATA, 'is_archived')).toEqual([MEMBER]);
  expect((await world.ready()).body).toMatchObject({
    checks: { reminders: { detail: 'the reminder channel cannot be posted to: is_archived' } },
  });
  await stopWith(world, refused, 'is_archived', DATA);
});

test.concurrent('a channel that does not exist is reported to the migrators, and commands still work', async ({
  onTestFinished,
}) => {
  const refused: string[] = [];
  const world = await startReminding({
    onTestFinished,
    seed: SEED,
    env: { REMINDER_CHANNEL: GONE, MIGRATORS: `${ADMIN},${MEMBER}` },
    refused,
    errors: [CANNOT],
  });
  await world.slack.waitFor(() => notified(world, GONE, 'channel_not_found').length >= 2);
  expect(notified(world, GONE, 'channel_not_found')).toEqual([ADMIN, MEMBER]);
  expect((await world.say(ADMIN, 'list')).text).toContain('`airflow-dev`');
  await stopWith(world, refused, 'channel_not_found', GONE);
});

test.concurrent('a channel for which Slack fails for minutes is reported to the migrators once, and gets its digest later', async ({
  onTestFinished,
}) => {
  const failing = { httpStatus: 503, channel: DATA, times: Number.POSITIVE_INFINITY };
  const world = await startReminding({
    onTestFinished,
    seed: SEED,
    before: ({ slack }) => slack.fail('chat.postMessage', failing),
    errors: [CANNOT],
  });
  const words = `The reminder for <#${DATA}> has not been posted for 5 minutes`;
  const told = (id: string) =>
    world.slack.messagesSeenBy(id, world.slack.directOf(id)).filter(({ text }) => text.startsWith(words));
  const passing = setInterval(() => world.clock.advance(10), 10);
  onTestFinished(async () => clearInterval(passing));
  const areTold = () => [ADMIN, SECOND].every((id) => told(id).length > 0);
  await world.slack.waitFor(areTold, { what: 'a notification' });
  expect(JSON.stringify((await world.ready()).body)).toContain('cannot be posted to: no_proper_response');
  await attempted(world, DATA, attempts(world, DATA) + 2);
  world.slack.heal();
  await digest(world);
  clearInterval(passing);
  await checked(world);
  expect([ADMIN, SECOND].map((id) => told(id).length)).toEqual([1, 1]);
  expect(digests(world)).toHaveLength(1);
  expect(JSON.stringify((await world.ready()).body)).not.toContain('no_proper_response');
});

test.concurrent('when Adobe cannot be reached, the last known state is sent, with its age', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  await digest(world);
  world.adobe.faults.add({ kind: 'status', status: 503, on: 'accounts', times: 1_000 });
  world.clock.advance(26 * DAY);
  const { text } = await digest(world, 2);
  expect(text).toContain('1 left · 30 June 2025 · 30 days left\n0 of 1 migrated.');
  expect(text).toMatch(/⚠️ Adobe failed to .+; this is the last known state\.\nSynced <!date\^1746435600\^/);
  expect((await reminder(world, OWNER, 2)).text).toContain('`airflow-dev`');
  await checked(world);
  expect(digests(world)).toHaveLength(2);
});

test.concurrent('an owner who receives no direct messages is named in the digest', async ({ onTestFinished }) => {
  const world = await startReminding({
    onTestFinished,
    seed: SEED,
    before: ({ slack }) => slack.fail('chat.postMessage', { error: 'user_disabled' }),
  });
  expect((await digest(world)).text).toMatch(/`owner@example.com` · .+ · can't receive direct messages in Slack/);
  await checked(world);
  expect(reminders(world, OWNER)).toEqual([]);
  expect(digests(world)).toHaveLength(1);
});

test.concurrent('a channel shared with another company gets no digest, and this is reported to the migrators and at /readyz', async ({
  onTestFinished,
}) => {
  const env = { REMINDER_CHANNEL: SHARED };
  const world = await startReminding({ onTestFinished, seed: SEED, env, errors: [CANNOT] });
  const words = `Reminders are not posted to <#${SHARED}>: it is shared with another company`;
  const direct = world.slack.directOf(ADMIN);
  const isWarned = () => world.slack.messagesSeenBy(ADMIN, direct).some(({ text }) => text.startsWith(words));
  await world.slack.waitFor(isWarned, { what: 'a warning' });
  await reminder(world, OWNER);
  expect(JSON.stringify((await world.ready()).body)).toContain('cannot be posted to: shared_with_another_company');
  expect(digests(world, SHARED)).toEqual([]);
});
