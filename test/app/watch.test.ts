import { expect, test } from 'vitest';
import { seedOrganisation } from '../../playground/adobe/seed.ts';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { ADMIN, DATA, OWNER, SECOND } from '../support/people.ts';
import { openHome, publishedHome } from './homes.ts';
import { buttonIds } from './sent.ts';
import { startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

/** A credential whose only schedule runs each night at 4. */
const NAME = 'airflow-dev';
const JOB = 'Profile snapshot';
const LOOKED = 'the jobs of a migrated credential were looked at';
/** Milliseconds. */
const MINUTE = 60_000;

/** Sets the clock to this many minutes after the start, and waits for the watch to look at the jobs. */
async function lookedAt(world: World, minutes: number): Promise<void> {
  const before = world.timesLogged(LOOKED);
  world.clock.advanceMs(START + minutes * MINUTE - world.clock.now().getTime());
  await world.logged(LOOKED, before + 1);
}

const START = Date.parse('2025-05-05T09:00:00Z');
const FIRST = 20;
const NIGHT = 19 * 60 + 20;
const DAY = 24 * 60 + 5;

/** The replies to the migration's message. */
function thread(world: World, { ts, channel }: SeenMessage): string[] {
  return world.slack.repliesSeenBy(ADMIN, { channel, ts }).map(({ text }) => text);
}

test('a job that fails after the migration is reported below its message and to the owner, and stays in the Home and the digest until a migrator acknowledges it', async () => {
  const world = await startWorld({ seed: seedOrganisation() });
  world.adobe.switchFault('jobs-fail-after', true);
  const question = await world.say(ADMIN, `migrate ${NAME}`);
  expect(question.text).toContain(`1 schedule: \`${JOB}\``);
  await world.press(ADMIN, question, 'confirm');
  const end = await world.until(MIGRATED);
  await lookedAt(world, FIRST);
  expect((await world.say(ADMIN, `status ${NAME}`)).text).toMatch(
    /\*Since its migration\*: no schedule has run yet; the next is `Profile snapshot` at .+05-06 04:00 UTC>\. Watched until .+05-06 09:00 UTC>\./,
  );
  await world.untilReply(/✅ \*Migrated\*/, end);
  expect(thread(world, end)).toEqual([expect.stringMatching(/^<@U0ADMIN001> ✅ \*Migrated\*/)]);

  await lookedAt(world, NIGHT);
  const told = await world.untilReply(/Jobs failing after the migration/, end);
  expect(told.threadTs).toBe(end.ts);
  expect(told.text.split('\n').slice(0, 3)).toEqual([
    `⚠️ *Jobs failing after the migration*: \`${NAME}\` · <@${ADMIN}>`,
    '• its only schedule ran and failed',
    expect.stringMatching(
      /^• `Profile snapshot` failing since <!date.+05-06 04:00 UTC>: `The OAuth credential has no access to the dataset`$/,
    ),
  ]);
  expect(buttonIds(told)).toEqual(['acknowledge_failure']);
  const owner = await world.until(/Jobs failing after the migration/, world.slack.directOf(OWNER), OWNER);
  expect([owner.text.includes('assigned to you in Adobe'), buttonIds(owner)]).toEqual([true, []]);
  const row = /Failing after migration\n⚠️ `airflow-dev` · `Profile snapshot` failing since .+: `The OAuth credential/;
  expect((await openHome(world, ADMIN)).text).toMatch(row);
  expect((await world.say(ADMIN, 'remind preview')).text).toMatch(row);

  const denied = await world.press(OWNER, { ...told, ephemeral: true }, 'acknowledge_failure');
  expect(denied.text).toContain('read-only access');
  const home = await openHome(world, SECOND);
  await world.slack.press(SECOND, 'home', 'acknowledge_failure');
  expect((await publishedHome(world, SECOND, home.hash)).text).not.toContain('Failing after migration');
  await world.untilReply(/acknowledged that jobs of `airflow-dev` failed after its migration/, end);
  expect(thread(world, end)).toEqual([
    expect.stringContaining('Migrated'),
    told.text,
    expect.stringContaining(`☑️ <@${SECOND}> acknowledged`),
  ]);
  const late = await world.press(ADMIN, { ...told, ephemeral: true }, 'acknowledge_failure');
  expect(late.text).toBe(
    `☑️ <@${SECOND}> has already acknowledged this failure of \`${NAME}\`. Your click changed nothing.`,
  );
  expect((await world.say(ADMIN, 'remind preview')).text).not.toContain('Failing after migration');
  expect((await world.say(ADMIN, `history ${NAME}`)).text).toContain(
    `<@${SECOND}> acknowledged that jobs of \`${NAME}\` failed after its migration`,
  );
  expect((await world.say(ADMIN, `status ${NAME}`)).text).toContain(`• acknowledged by <@${SECOND}>`);
});

test('jobs that run well are reported once, also across a restart; the watch ends after its hours and costs a few calls', async () => {
  const world = await startWorld({ seed: seedOrganisation(), onDisk: true });
  await world.migrate(ADMIN, NAME);
  const end = await world.until(MIGRATED);
  const before = world.adobe.calls.length;
  const calls = () => world.adobe.calls.slice(before).filter(({ path }) => path.startsWith('/data/foundation/query/'));
  const LOOK = ['schedules', 'queries'];
  await lookedAt(world, FIRST);
  expect(calls()).toHaveLength(LOOK.length);
  await world.stop();
  await world.start();
  await world.logged('usage read', 2);
  const read = calls().length;
  await lookedAt(world, NIGHT);
  await world.untilReply(
    /^✅ \*Jobs of\* `airflow-dev` since its migration:\n• its only schedule ran and succeeded$/m,
    end,
  );
  expect(calls()).toHaveLength(read + LOOK.length + 1);
  await lookedAt(world, DAY);
  const { text } = await world.say(ADMIN, `status ${NAME}`);
  expect(text).toContain('*Since its migration*: its only schedule ran and succeeded.');
  expect(text).not.toContain('Watched until');
  expect(thread(world, end)).toHaveLength(2);
  const toOwner = world.slack.messagesSeenBy(OWNER, world.slack.directOf(OWNER)).map((each) => each.text);
  expect(toOwner.filter((each) => each.includes('*Jobs of*'))).toHaveLength(1);
  expect(calls()).toHaveLength(read + 2 * (LOOK.length + 1));
});

test('the digest names a credential whose jobs fail after its migration, and a migrator acknowledges the failure there', async () => {
  const world = await startWorld({ seed: seedOrganisation(), env: { REMINDER_CHANNEL: DATA } });
  world.adobe.switchFault('jobs-fail-after', true);
  await world.migrate(ADMIN, NAME);
  const end = await world.until(MIGRATED);
  await lookedAt(world, NIGHT);
  await world.untilReply(/Jobs failing after the migration/, end);
  await world.press(ADMIN, await world.say(ADMIN, 'remind now'), 'remind_now');
  const digest = await world.until(/^Query Service credentials: /);
  expect(digest.text).toContain('Failing after migration\n⚠️ `airflow-dev` · `Profile snapshot` failing since');
  const done = await world.press(ADMIN, { ...digest, ephemeral: true }, 'acknowledge_failure');
  expect(done.text).toContain(`☑️ You acknowledged that jobs of \`${NAME}\` failed after its migration.`);
});
