import { expect, test } from 'vitest';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { buttonIds } from '../app/sent.ts';
import { credential, seedOf } from '../app/setup.ts';
import type { World } from '../app/world.ts';
import { ADMIN, GUEST, OWNER } from '../support/people.ts';
import { checked, DAY, digest, digests, reminder, reminders, startReminding } from './setup.ts';

const SEED = seedOf(
  credential('airflow-dev', { owner: 'Owner@Example.com' }),
  credential('crm-sync', { sandboxes: ['prod'] }),
  credential('bi-nightly', { owner: null }),
  credential('done-already', { state: 'COMPLETED' }),
);

/** Presses a button to which the answer is for the presser alone. */
function press(world: World, userId: string, on: SeenMessage, actionId: string): Promise<SeenMessage> {
  return world.press(userId, { ...on, ephemeral: true }, actionId);
}

test.concurrent('one message names all of theirs, however their email is written', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const { text } = await reminder(world, OWNER);
  expect(text.split('\n')).toEqual([
    expect.stringMatching(
      /^\*56 days left: 2 Query Service credentials of yours are .+ask a workspace admin/,
    ),
    '• `airflow-dev` · `dev`',
    '• `crm-sync` · `prod` (production)',
    expect.stringContaining('After the deadline, JWT credentials no longer refresh or authenticate'),
  ]);
  await digest(world);
  await checked(world);
  expect(reminders(world, OWNER)).toHaveLength(1);
  // What is nobody's is nobody's message.
  expect(reminders(world, ADMIN)).toEqual([]);
});

test.concurrent('who took something over hears of all in one message', async ({ onTestFinished }) => {
  const world = await startReminding({ onTestFinished, seed: SEED, env: { MIGRATORS: OWNER } });
  const posted = await digest(world);
  await press(world, OWNER, posted, 'take_over');
  world.clock.advance(26 * DAY);
  const own = await reminder(world, OWNER, 2);
  expect(own.text).toContain('3 Query Service credentials of yours are');
  const list = await press(world, OWNER, own, 'review');
  for (const name of ['airflow-dev', 'crm-sync', 'bi-nightly']) {
    expect(own.text).toContain(`• \`${name}\``);
    expect(list.text).toContain(`\`${name}\` · *Eligible*`);
  }
  await digest(world, 2);
  await checked(world);
  expect(reminders(world, OWNER)).toHaveLength(2);
});

test.concurrent('Review shows what is theirs, to them alone', async ({ onTestFinished }) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const own = await reminder(world, OWNER);
  const list = await press(world, OWNER, own, 'review');
  expect(list.ephemeral).toBe(true);
  for (const name of ['airflow-dev', 'crm-sync']) expect(list.text).toContain(`\`${name}\` · *Eligible*`);
  expect(list.text).not.toContain('`bi-nightly`');
});

test.concurrent('Snooze leaves them alone until the next reminder, and is written down', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const own = await reminder(world, OWNER);
  expect(buttonIds(own)).toEqual(['review', 'snooze']);
  await digest(world);
  const snoozed = await press(world, OWNER, own, 'snooze');
  expect(snoozed.text).toBe('😴 Snoozed: you hear of yours again from 2025-05-31 on.');
  expect((await world.say(ADMIN, 'history')).text).toContain(
    `<@${OWNER}> snoozed their reminders (until 2025-05-31)`,
  );

  // Also from what is sent by hand meanwhile, in which they are named.
  const preview = await world.say(ADMIN, 'remind preview');
  expect(preview.text).toMatch(new RegExp(`<@${OWNER}>: .+ \\(snoozed: no message\\)`));
  await world.press(ADMIN, await world.say(ADMIN, 'remind now'), 'remind_now');
  expect((await digest(world, 2)).text).toContain('`owner@example.com`: `airflow-dev`');
  expect(reminders(world, OWNER)).toHaveLength(1);

  world.clock.advance(26 * DAY);
  expect((await reminder(world, OWNER, 2)).text).toContain('*30 days left');
});

test.concurrent.for([
  ['4 days before, in the window of a week', '2025-05-09', true],
  ['3 days before, in the window of a week', '2025-05-08', false],
  ['on the last day', '2025-05-05', false],
  ['overdue', '2025-05-01', false],
] as const)('Snooze %s', async ([, deadline, offered], { onTestFinished }) => {
  const env = { DEADLINE: deadline, REMINDER_DAYS: '7' };
  const world = await startReminding({ onTestFinished, seed: SEED, env });
  const own = await reminder(world, OWNER);
  expect(buttonIds(own)).toEqual(offered ? ['review', 'snooze'] : ['review']);
  // A button of an older message is still there to be pressed.
  const { text } = await world.forge(OWNER, 'snooze', '');
  expect(text).toContain(offered ? 'Snoozed' : 'There is no time left to snooze');
});

test.concurrent('Snooze and Review are refused to who may not even look', async ({ onTestFinished }) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  await digest(world);
  expect((await world.forge(GUEST, 'snooze', '')).text).toContain('Guests may not use this');
  const view = JSON.stringify({ mine: true, offset: 0 });
  expect((await world.forge(GUEST, 'review', view)).text).toContain('Guests may not use this');
  expect((await world.say(ADMIN, 'history')).text).toContain(`<@${GUEST}> was refused (snooze: guest)`);
});

test.concurrent('who was migrated elsewhere in between is not reminded', async ({ onTestFinished }) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  await digest(world);
  for (const name of ['airflow-dev', 'crm-sync']) {
    world.adobe.migrateElsewhere(credential(name).technicalAccountId);
  }
  world.clock.advance(26 * DAY);
  expect((await digest(world, 2)).text).toContain('1 open, 3 migrated.');
  expect(digests(world)[1]?.text).not.toContain('owner@example.com');
  await checked(world);
  expect(reminders(world, OWNER)).toHaveLength(1);
});
