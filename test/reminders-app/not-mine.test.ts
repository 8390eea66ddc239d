import { expect, test } from 'vitest';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { buttonIds, buttonsOf } from '../app/sent.ts';
import { credential, seedOf } from '../app/setup.ts';
import type { World } from '../app/world.ts';
import { ADMIN, DATA, MEMBER, OWNER, SECOND } from '../support/people.ts';
import { DAY, digest, reminder, startReminding } from './setup.ts';

const SEED = seedOf(
  credential('airflow-dev'),
  credential('crm-sync', { sandboxes: ['prod'] }),
  credential('bi-nightly'),
);
const IDS = ['crm-sync', 'airflow-dev'].map((name) => credential(name).technicalAccountId);

/** The owner says that these credentials are not theirs. */
async function sayNotMine(world: World, on: SeenMessage, ids: readonly string[], note: string): Promise<void> {
  await world.slack.press(OWNER, on, 'reminder_more', { selected: 'not_mine' });
  const form = await world.slack.waitFor(() => world.slack.modalOf(OWNER), { what: 'a modal' });
  expect(JSON.stringify(form)).toContain('you go on getting these reminders');
  await world.slack.submit(OWNER, form.viewId, {
    ...(ids.length > 0 && { not_mine_credentials: { credentials: ids } }),
    not_mine_note: { note },
  });
}

test.concurrent('Not mine notifies the migrators, changes no assignment, and is confirmed in the reminder, which omits the credentials once they are assigned', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const own = await reminder(world, OWNER);
  await digest(world);
  await sayNotMine(world, own, IDS, 'Ask <!channel>');
  const direct = world.slack.directOf(OWNER);
  const confirmed = await world.until(/🙅 You said /, direct, OWNER);
  expect(confirmed.ts).toBe(own.ts);
  expect(confirmed.text).toMatch(
    /\n🙅 You said <!date.+> that 2 credentials \(`crm-sync`, `airflow-dev`\) are not yours; it will be posted in <#C0DATA0001>\. Until a migrator assigns them to somebody else, you go on getting reminders for them\.\n/,
  );
  const asked = await world.until(/^🙅 <@/);
  expect(asked.text.split('\n')).toEqual([
    `🙅 <@${OWNER}> says that 2 credentials are not theirs: \`crm-sync\`, \`airflow-dev\`. Note: \`Ask &lt;!channel&gt;\``,
    expect.stringMatching(/^Adobe still names them as the owner, .+ until somebody else is assigned\.$/),
  ]);
  expect(buttonIds(asked)).toEqual(['assign']);
  await sayNotMine(world, confirmed, IDS, '');
  const again =
    /🙅 You said today already that 2 credentials \(.+\) are not yours; nothing was posted again\. Until a migrator/;
  expect((await world.until(again, direct, OWNER)).ts).toBe(own.ts);
  const history = (await world.say(ADMIN, 'history crm-sync')).text;
  expect(history).toContain(`<@${OWNER}> said that \`crm-sync\` is not theirs`);
  expect(history).toContain('Ask &lt;!channel&gt;');
  expect((await world.say(ADMIN, 'list @owner')).text).toContain('crm-sync');

  // This has not changed who is reminded.
  world.clock.advance(26 * DAY);
  expect((await reminder(world, OWNER, 2)).text).toContain('3 of your credentials must be migrated');
  await digest(world, 2);
  await world.slack.press(ADMIN, asked, 'assign', { value: buttonsOf(asked)[0]?.value ?? '' });
  const modal = await world.slack.waitFor(() => world.slack.modalOf(ADMIN), { what: 'a modal' });
  expect(JSON.stringify(modal)).toContain(`<@${OWNER}> is notified about these until somebody else is assigned.`);
  await world.slack.submit(ADMIN, modal.viewId, { assigned_person: { person: MEMBER } });
  const told = await world.until(/^🔔 /, world.slack.directOf(MEMBER), MEMBER);
  expect(told.text).toContain(`(\`crm-sync\`, \`airflow-dev\`), instead of <@${OWNER}>.`);
  await world.until(new RegExp(`^🔕 You no longer get .+ <@${ADMIN}> assigned them to <@${MEMBER}>`), direct, OWNER);
  world.clock.advance(16 * DAY);
  expect((await reminder(world, OWNER, 3)).text).toContain('1 of your credentials must be migrated');
});

test.concurrent('each migrator is notified where there is no channel, and credentials taken over meanwhile are left out', async ({
  onTestFinished,
}) => {
  const env = { REMINDER_CHANNEL: '', MIGRATORS: `${ADMIN},${SECOND}` };
  const world = await startReminding({ onTestFinished, seed: SEED, env });
  const own = await reminder(world, OWNER);
  await sayNotMine(world, own, IDS.slice(0, 1), '');
  await world.until(
    /🙅 You said .+`crm-sync` is not yours; 2 migrators will get a direct message\./,
    world.slack.directOf(OWNER),
    OWNER,
  );
  for (const migrator of [ADMIN, SECOND]) {
    const asked = await world.until(/^🙅 <@/, world.slack.directOf(migrator), migrator);
    expect(asked.text).toMatch(/ says that `crm-sync` is not theirs\.\n/);
  }
});

test.concurrent('each migrator is notified once where the channel rejects the message', async ({ onTestFinished }) => {
  const world = await startReminding({ onTestFinished, seed: SEED, env: { MIGRATORS: `${ADMIN},${SECOND}` } });
  const own = await reminder(world, OWNER);
  await digest(world);
  world.slack.fail('chat.postMessage', { error: 'is_archived', channel: DATA });
  await sayNotMine(world, own, IDS, '');
  for (const migrator of [ADMIN, SECOND]) {
    const direct = world.slack.directOf(migrator);
    await world.until(/^🙅 <@/, direct, migrator);
    expect(world.slack.messagesSeenBy(migrator, direct).filter(({ text }) => text.startsWith('🙅'))).toHaveLength(1);
  }
});

test.concurrent('a reminder that can no longer be edited gets a confirmation as a reply, and only the owner may use Not mine', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const own = await reminder(world, OWNER);
  world.slack.fail('chat.update', { error: 'edit_window_closed', times: 2 });
  await sayNotMine(world, own, IDS, '');
  await world.until(/^🙅 You said /, world.slack.directOf(OWNER), OWNER);
  const none = await world.forge(MEMBER, 'reminder_more', 'not_mine');
  expect(none.text).toBe(
    'Adobe names you as the owner of none that is left. What was assigned to you, you can give back.',
  );
  expect((await world.say(MEMBER, 'list', DATA)).text).not.toContain('🙅');
});
