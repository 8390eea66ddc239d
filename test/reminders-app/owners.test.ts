import { expect, test } from 'vitest';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { openHome } from '../app/homes.ts';
import { buttonIds } from '../app/sent.ts';
import { credential, seedOf } from '../app/setup.ts';
import type { World } from '../app/world.ts';
import { ADMIN, DATA, GUEST, OWNER, SECOND } from '../support/people.ts';
import { checked, DAY, digest, digests, reminder, reminders, startReminding } from './setup.ts';

const SEED = seedOf(
  credential('airflow-dev', { owner: 'Owner@Example.com' }),
  credential('crm-sync', { sandboxes: ['prod'] }),
  credential('bi-nightly', { owner: null }),
  credential('done-already', { state: 'COMPLETED' }),
);

/** Presses a button whose reply is ephemeral. */
function press(world: World, userId: string, on: SeenMessage, actionId: string): Promise<SeenMessage> {
  return world.press(userId, { ...on, ephemeral: true }, actionId);
}

/** The owner fills in the form that their reminder opens. */
async function askFor(world: World, name: string, reason: string): Promise<void> {
  await world.slack.press(OWNER, await reminder(world, OWNER), 'ask_for_migration');
  const form = await world.slack.waitFor(() => world.slack.modalOf(OWNER), { what: 'a modal' });
  await world.slack.submit(OWNER, form.viewId, {
    held_credential: { credential: credential(name).technicalAccountId },
    hold_reason: { reason },
  });
}

test.concurrent('an owner gets one message with all of their credentials, however their email is capitalised', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const { text } = await reminder(world, OWNER);
  expect(text.split('\n')).toEqual([
    '2 of your credentials must be migrated by 30 June 2025 · 56 days left',
    expect.stringContaining('After the deadline, JWT credentials no longer refresh or authenticate'),
    '• `crm-sync` · 🔒 `prod`',
    '• `airflow-dev` · `dev`',
    expect.stringMatching(/^To migrate, ask <@U0ADMIN001> or <@U0ADMIN002>. Next reminder: 31 May 2025./),
  ]);
  await digest(world);
  await checked(world);
  expect(reminders(world, OWNER)).toHaveLength(1);
  // No one is reminded of a credential without an owner.
  expect(reminders(world, ADMIN)).toEqual([]);
});

test.concurrent('a migrator who took a credential over gets one message with it and their own', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED, env: { MIGRATORS: OWNER } });
  await world.slack.press(OWNER, await digest(world), 'assign', { value: '{"owner":null}' });
  const modal = await world.slack.waitFor(() => world.slack.modalOf(OWNER), { what: 'a modal' });
  await world.slack.submit(OWNER, modal.viewId);
  await world.until(/^☑️ You'll get the reminders for `bi-nightly`/, DATA, OWNER);
  world.clock.advance(26 * DAY);
  const own = await reminder(world, OWNER, 2);
  expect(own.text).toContain('3 of your credentials must be migrated');
  const list = await press(world, OWNER, own, 'review');
  for (const name of ['airflow-dev', 'crm-sync', 'bi-nightly']) {
    expect(own.text).toContain(`• \`${name}\``);
    expect(list.text).toContain(`⚪ \`${name}\``);
  }
  await digest(world, 2);
  await checked(world);
  expect(reminders(world, OWNER)).toHaveLength(2);
});

test.concurrent('Review shows owners their own credentials, in an ephemeral message', async ({ onTestFinished }) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const own = await reminder(world, OWNER);
  const list = await press(world, OWNER, own, 'review');
  expect(list.ephemeral).toBe(true);
  for (const name of ['airflow-dev', 'crm-sync']) expect(list.text).toContain(`⚪ \`${name}\``);
  // The user is known from the reminder; the list does not call Slack.
  expect(list.text).toContain(`\`dev\` · <@${OWNER}>\n`);
  expect(list.text).not.toContain('`bi-nightly`');
});

test.concurrent('Snooze stops messages to the owner until the next window, and is audited', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const own = await reminder(world, OWNER);
  expect(buttonIds(own)).toEqual(['review', 'ask_for_migration', 'hold']);
  await digest(world);
  const snoozed = await world.press(OWNER, own, 'reminder_more', { selected: 'snooze' });
  expect(snoozed.ts).toBe(own.ts);
  expect(snoozed.text).toContain('\n😴 Snoozed until 31 May 2025.\n');
  expect(buttonIds(snoozed)).toEqual(['review', 'ask_for_migration', 'hold', 'end_snooze']);
  expect((await world.say(ADMIN, 'history')).text).toContain(`<@${OWNER}> snoozed their reminders until 31 May 2025`);

  // The snooze also applies to a manual round, whose digest names the owner.
  const preview = await world.say(ADMIN, 'remind preview');
  expect(preview.text).toContain(`A direct message goes to no one. Snoozed, no message: <@${OWNER}>.`);
  await world.press(ADMIN, await world.say(ADMIN, 'remind now'), 'remind_now');
  expect((await digest(world, 2)).text).toContain(`<@${OWNER}> · 2 left · 🔒 1: \`crm-sync\``);
  expect(reminders(world, OWNER)).toHaveLength(1);

  world.clock.advance(26 * DAY);
  expect((await reminder(world, OWNER, 2)).text).toContain('· 30 days left');
});

test.concurrent('a snooze is undone in the message that announces it, and no other message is sent', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const own = await reminder(world, OWNER);
  await digest(world);
  const undone = await world.press(
    OWNER,
    await world.press(OWNER, own, 'reminder_more', { selected: 'snooze' }),
    'end_snooze',
  );
  expect([undone.ts, undone.text]).toEqual([own.ts, own.text]);
  expect(buttonIds(undone)).toEqual(buttonIds(own));
  expect(world.slack.messagesSeenBy(OWNER, world.slack.directOf(OWNER))).toHaveLength(1);
  expect((await world.say(ADMIN, 'history')).text).toContain(`<@${OWNER}> no longer snoozes their reminders`);
  await world.press(ADMIN, await world.say(ADMIN, 'remind now'), 'remind_now');
  await reminder(world, OWNER, 2);
});

test.concurrent('an owner who may migrate is offered Migrate for their first credential, and is not told whom to ask', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED, env: { MIGRATORS: OWNER } });
  const own = await reminder(world, OWNER);
  expect(own.text).not.toContain('To migrate, ask');
  expect(buttonIds(own)).toEqual(['migrate', 'review', 'hold']);
  const question = await world.press(OWNER, own, 'migrate');
  expect(question.text).toContain('*Migrate `crm-sync`?*');
  await world.expectNothingStarted();
});

test.concurrent('an owner who may migrate asks the others where a second person is required', async ({
  onTestFinished,
}) => {
  const env = { MIGRATORS: `${OWNER},${ADMIN}`, REQUIRE_SECOND_PERSON: 'true' };
  const world = await startReminding({ onTestFinished, seed: SEED, env });
  expect(buttonIds(await reminder(world, OWNER))).toEqual(['review', 'ask_for_migration', 'hold']);
});

test.concurrent.for([
  ['is offered 4 days before the deadline', '2025-05-09', true],
  ['is not offered 3 days before the deadline', '2025-05-08', false],
  ['is not offered on the last day', '2025-05-05', false],
  ['is not offered after the deadline', '2025-05-01', false],
] as const)('Snooze %s', async ([, deadline, offered], { onTestFinished }) => {
  const env = { DEADLINE: deadline, REMINDER_DAYS: '7' };
  const world = await startReminding({ onTestFinished, seed: SEED, env });
  const own = await reminder(world, OWNER);
  expect(JSON.stringify(own.blocks).includes('Snooze until')).toBe(offered);
  // The menu of an older message can still be used.
  const { text } = await world.forge(OWNER, 'reminder_more', 'snooze');
  expect(text).toContain(offered ? 'Snoozed' : 'There is no time left to snooze');
});

test.concurrent('Snooze and Review are denied to guests', async ({ onTestFinished }) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  await digest(world);
  expect((await world.forge(GUEST, 'reminder_more', 'snooze')).text).toContain('Guests may not use this');
  const view = JSON.stringify({ mine: true, offset: 0 });
  expect((await world.forge(GUEST, 'review', view)).text).toContain('Guests may not use this');
  expect((await world.say(ADMIN, 'history')).text).toContain(
    `<@${GUEST}> wanted to answer a reminder and was denied access: a guest`,
  );
});

test.concurrent('owners are not reminded of credentials that were migrated elsewhere', async ({ onTestFinished }) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  await digest(world);
  for (const name of ['airflow-dev', 'crm-sync']) {
    world.adobe.migrateElsewhere(credential(name).technicalAccountId);
  }
  world.clock.advance(26 * DAY);
  expect((await digest(world, 2)).text).toContain('3 of 4 migrated.');
  expect(digests(world)[1]?.text).not.toContain('owner@example.com');
  await checked(world);
  expect(reminders(world, OWNER)).toHaveLength(1);
});

test.concurrent('an owner identified for a reminder is shown as a mention in the list, the status, several matches and the Home', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  await reminder(world, OWNER);
  await digest(world);
  for (const typed of ['list', 'status airflow-dev', 'migrate airflow'])
    expect((await world.say(ADMIN, typed)).text, typed).toContain(`\`dev\` · <@${OWNER}>`);
  const home = JSON.stringify((await openHome(world, ADMIN)).blocks);
  expect(home).toContain(`<@${OWNER}>`);
});

test.concurrent('an owner’s request is posted in the reminder channel, a migrator continues from there, and the owner is notified of the end', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  await askFor(world, 'airflow-dev', 'Before <Friday>');
  const direct = world.slack.directOf(OWNER);
  await world.until(/^🙋 Your request to migrate `airflow-dev` will be posted in <#C0DATA0001>/, direct, OWNER);
  const asked = await world.until(/^🙋 .* asks to migrate `airflow-dev`/);
  expect(asked.text).toContain(`<@${OWNER}> asks to migrate \`airflow-dev\`: \`Before &lt;Friday&gt;\``);
  expect(asked.text).toContain('\nsandbox `dev` · owner `Owner@Example.com`\n');
  await askFor(world, 'airflow-dev', 'Today');
  await world.until(/^🙋 You asked to migrate `airflow-dev` today already; nothing was posted again\. /, direct, OWNER);
  const question = await press(world, ADMIN, asked, 'migrate');
  await world.slack.press(ADMIN, question, 'confirm');
  await world.until(/<@U0ADMIN001> confirmed the migration of `airflow-dev`, a credential of yours/, direct, OWNER);
  // The message shows who migrated the credential in place of its button, which could no longer do anything.
  const answered = await world.until(/^🙋 .* asks to migrate `airflow-dev`.*\n✅ \*Migrated\*/);
  expect(answered.ts).toBe(asked.ts);
  expect(answered.text).toContain(`confirmed by <@${ADMIN}>`);
  await world.until(/^✅ \*Migrated\*/, direct, OWNER);
  world.clock.advance(60);
  await checked(world);
  expect(world.slack.messagesSeenBy(OWNER, direct).filter(({ text }) => text.startsWith('✅'))).toHaveLength(1);
  expect(buttonIds(answered)).toEqual([]);
});

test.concurrent('an outdated button of an owner’s request says that the credential is migrated, and starts nothing', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  await askFor(world, 'airflow-dev', 'Before Friday');
  await world.until(/^🙋 .* asks to migrate `airflow-dev`/);
  const { technicalAccountId } = credential('airflow-dev');
  world.adobe.migrateElsewhere(technicalAccountId);
  world.clock.advance(60);
  await press(world, ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');
  // As if pressed on a screen that does not show the edit yet.
  const reply = await world.forge(ADMIN, 'migrate', technicalAccountId);
  expect(reply.text).toContain('✅ `airflow-dev` is already migrated. No action needed.');
  await world.expectNothingStarted();
  const answered = await world.until(/^🙋 .* asks to migrate `airflow-dev`.*\n✅ \*Migrated\*/);
  expect(answered.text).toContain('outside qs-creds');
  const direct = world.slack.directOf(OWNER);
  const told = await world.until(/^✅ \*Migrated\*: `airflow-dev`\. /, direct, OWNER);
  expect(told.text).toMatch(
    / It was migrated outside qs-creds; nothing was sent from here\. .+\nYou get this because you asked/,
  );
  expect(buttonIds(answered)).toEqual([]);
});

test.concurrent('each migrator gets an owner’s request once where the channel rejects it, even one to whom Slack fails at first', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED, env: { MIGRATORS: `${ADMIN},${SECOND}` } });
  await digest(world);
  world.slack.fail('chat.postMessage', { error: 'is_archived', channel: DATA });
  world.slack.fail('chat.postMessage', { error: 'internal_error', channel: SECOND });
  await askFor(world, 'airflow-dev', 'Before Friday');
  const asks = (userId: string) =>
    world.slack
      .messagesSeenBy(userId, world.slack.directOf(userId))
      .filter(({ text }) => text.includes('asks to migrate `airflow-dev`'));
  await world.until(/asks to migrate `airflow-dev`/, world.slack.directOf(ADMIN), ADMIN);
  world.clock.advance(30);
  await world.until(/asks to migrate `airflow-dev`/, world.slack.directOf(SECOND), SECOND);
  world.clock.advance(60);
  await checked(world);
  expect([asks(ADMIN).length, asks(SECOND).length]).toEqual([1, 1]);
  expect(world.timesLogged('Slack accepts no ask in the channel, so each migrator gets it')).toBe(1);
  expect(world.timesLogged('Slack has not taken a notice; it is tried again')).toBe(1);
});
