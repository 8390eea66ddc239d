import { expect, test } from 'vitest';
import { ADMIN, DATA, MEMBER, SECOND } from '../support/people.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED } from './world.ts';

const SEED = seedOf(credential('airflow-dev'), credential('etl-dev'));

test('an end that an edit shows gets one reply below it that notifies the people who confirmed and asked, also across a restart', async () => {
  const world = await startWorld({ seed: SEED, env: { REQUIRE_SECOND_PERSON: 'true' }, onDisk: true });
  await world.slack.command(ADMIN, DATA, 'migrate airflow-dev');
  const question = await world.until(/Migrate `airflow-dev`\?/, DATA, SECOND);
  await world.press(SECOND, question, 'confirm');
  const end = await world.until(MIGRATED);
  const reply = await world.untilReply(/Migrated/, end);
  expect(reply.isBroadcast).toBe(false);
  expect(reply.text).toMatch(/^<@U0ADMIN002> <@U0ADMIN001> ✅ \*Migrated\*: `airflow-dev`/);

  await world.stop();
  await world.start();
  await world.slack.command(ADMIN, DATA, 'migrate etl-dev');
  await world.press(SECOND, await world.until(/Migrate `etl-dev`\?/, DATA, SECOND), 'confirm');
  await world.untilReply(/Migrated/, await world.until(/^✅ \*Migrated\*: `etl-dev`/));
  expect(world.slack.repliesSeenBy(MEMBER, end)).toHaveLength(1);
});

test('the person who brought about an end is not notified of it; the person who confirmed is, if someone else withdraws the migration', async () => {
  const world = await startWorld({ seed: SEED, env: { MIGRATION_TIMEOUT_SECONDS: '3600' } });
  world.adobe.faults.add({ on: 'status', kind: 'status', status: 503, times: 10_000 });
  await world.migrate(ADMIN, 'airflow-dev');
  const waiting = await world.until(/^🕓 \*Waiting for Adobe\*/);
  await world.press(ADMIN, await world.say(ADMIN, 'status airflow-dev'), 'withdraw');
  const own = await world.until(/^↩️ \*Withdrawn\*: `airflow-dev`/);
  expect(own.ts).toBe(waiting.ts);

  await world.migrate(ADMIN, 'etl-dev');
  await world.until(/^🕓 \*Waiting for Adobe\*.*`etl-dev`/);
  await world.press(SECOND, await world.say(SECOND, 'status etl-dev'), 'withdraw');
  const others = await world.until(/^↩️ \*Withdrawn\*: `etl-dev`/);
  const reply = await world.untilReply(/Withdrawn/, others);
  expect(reply.text).toMatch(/^<@U0ADMIN001> ↩️ \*Withdrawn\*: `etl-dev`/);
  expect(world.slack.repliesSeenBy(MEMBER, own)).toEqual([]);
});

test.each([
  ['a migration that Adobe refused', 403, /^❌ \*Not migrated\*: `airflow-dev`/],
  ['a migration of unknown outcome', 504, /^⚠️ \*Needs attention\*: `airflow-dev`/],
])('the reply below the end of %s is also shown in the channel', async (_, status, words) => {
  const world = await startWorld({ seed: SEED, env: { MIGRATION_TIMEOUT_SECONDS: '60' } });
  world.adobe.faults.add({ on: 'start', kind: 'status', status, times: 1 });
  await world.migrate(ADMIN, 'airflow-dev');
  const end = await world.until(words);
  const reply = await world.untilReply(/airflow-dev/, end);
  expect(reply.text).toContain(`<@${ADMIN}> `);
  expect(reply.isBroadcast).toBe(true);
  expect(world.slack.messagesSeenBy(MEMBER, DATA).map(({ ts }) => ts)).toContain(reply.ts);
});
