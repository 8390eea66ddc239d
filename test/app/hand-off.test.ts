import { describe, expect, test } from 'vitest';
import { ADMIN, DATA, MEMBER, SECOND } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const SEED = seedOf(credential('airflow-dev', { sandboxes: ['dev'] }), credential('etl-dev'));
const AIRFLOW = credential('airflow-dev').technicalAccountId;
const ENV = { MIGRATION_METHOD: 'hand-off', ADOBE_UI_URL: 'https://adobe.example/#/sname:{sandbox}/platform' };
const TO_PRESS = /^👉 \*Press Migrate in Adobe\*: `airflow-dev`/;
const NOT_MIGRATED = /^❌ \*Not migrated\*: `airflow-dev`/;
const HOUR = 3_600;

async function handedOver(options: Parameters<typeof startWorld>[0] = {}) {
  const world = await startWorld({ seed: SEED, env: ENV, ...options });
  await world.migrate(ADMIN, 'airflow-dev');
  const message = await world.until(TO_PRESS);
  await linked(world);
  return { world, message };
}

/** Waits until the confirmed question links to its progress, an edit that Slack accepts for half an hour. */
async function linked(world: World): Promise<void> {
  const isLinked = () => world.slack.messagesSeenBy(ADMIN, DATA).some(({ text }) => text.includes('/archives/'));
  await world.slack.waitFor(isLinked, { what: 'the link' });
}

/** Presses a button of a message that everyone sees; only the presser sees the reply. */
function press(world: World, userId: string, on: Parameters<World['press']>[1], id: string) {
  return world.reaction(userId, on.channel, () => world.slack.press(userId, on, id), { ephemeral: true });
}

/** The reminders in the direct messages of this person. */
function reminders(world: World, userId: string) {
  return world.slack
    .messagesSeenBy(userId, world.slack.directOf(userId))
    .filter(({ text }) => text.startsWith('⏰ *Still waiting for you in Adobe*: `airflow-dev`'));
}

/** The notices "Your turn in Adobe" in the direct messages of this person. */
function turns(world: World, userId: string) {
  return world.slack
    .messagesSeenBy(userId, world.slack.directOf(userId))
    .filter(({ text }) => text.startsWith('👉 *Your turn in Adobe*: '));
}

describe('a hand-off', () => {
  test('cannot be withdrawn once it waits for a person; the reply points to Not now, since nothing was started', async () => {
    const { world, message } = await handedOver();
    const id = buttonsOf(message).find((each) => each.id === 'not_now')?.value ?? '';
    const { text } = await world.forge(ADMIN, 'withdraw', id);
    expect(text).toMatch(/^Too late: `airflow-dev` waits for a person to press Migrate in Adobe.*\*Not now\*/);
    expect(text).not.toContain('cannot be cancelled');
    await world.press(SECOND, message, 'not_now');
    await world.until(NOT_MIGRATED);
  });

  test('the question says who migrates, one message says what to press, and Adobe’s state ends it as Migrated', async () => {
    const world = await startWorld({ seed: SEED, env: ENV });
    const question = await world.say(ADMIN, 'migrate airflow-dev');
    expect(question.text).toContain('a message says what to press in Adobe, which then migrates it');
    await world.press(ADMIN, question, 'confirm');

    const message = await world.until(TO_PRESS);

    expect(message.text).toContain(
      'Choose the sandbox `dev`, open *Queries* › *Credentials*, select this name, and press *Migrate*',
    );
    expect(buttonIds(message)).toEqual(['open_adobe', 'not_now']);
    expect(JSON.stringify(message.blocks)).toContain('"url":"https://adobe.example/#/sname:dev/platform"');
    const { status } = await world.slack.press(MEMBER, message, 'open_adobe');
    expect(status).toBe(200);
    expect((await world.say(MEMBER, 'status')).text).toContain('👉 `airflow-dev` waits for a person in Adobe');
    world.adobe.migrateElsewhere(AIRFLOW);
    await world.until(/^⏳ \*Migrating `airflow-dev`\*: Adobe has started/);
    const end = await world.until(MIGRATED);
    expect(end.ts).toBe(message.ts);
    expect(end.text).toContain('confirmed by <@U0ADMIN001>');
    expect(world.startsSent).toBe(0);
    expect((await world.say(ADMIN, 'history')).text).toContain('qs-creds handed `airflow-dev` over: a person presses');
  });

  test('the confirmer is reminded once after an hour, also across a restart, and the hand-off needs attention after a day', async () => {
    const { world, message } = await handedOver({ onDisk: true });
    world.clock.advance(HOUR);
    await world.slack.waitFor(() => reminders(world, ADMIN).length > 0, { what: 'the reminder' });
    const [reminder] = reminders(world, ADMIN);
    expect(buttonIds(reminder as never)).toEqual(['open_adobe', 'not_now']);
    await world.stop();
    await world.start();
    world.clock.advance(HOUR);
    await world.until(TO_PRESS);
    world.clock.advance(22 * HOUR);
    const end = await world.until(/^⚠️ \*Needs attention\*: `airflow-dev`/);
    expect(end.text).toContain('Nobody has pressed Migrate in Adobe for 24 hours');
    expect(end.ts).toBe(message.ts);
    expect(reminders(world, ADMIN)).toHaveLength(1);
    expect(world.startsSent).toBe(0);
  });

  test('Not now lets the queue go on, and is denied to people who may not migrate', async () => {
    const { world, message } = await handedOver();
    world.clock.advance(1);
    await world.migrate(SECOND, 'etl-dev');
    await world.until(/\*Queued\*: `etl-dev`, 1 ahead\. The first waits for a person in Adobe/);
    expect(buttonIds(await world.say(SECOND, 'status airflow-dev'))).toContain('not_now');
    expect(buttonIds(await world.say(MEMBER, 'status airflow-dev'))).not.toContain('not_now');
    const refusal = await press(world, MEMBER, message, 'not_now');
    expect(refusal.text).toContain('You have read-only access');
    expect(JSON.stringify(buttonsOf(message)[1]?.dialog)).toContain('only if nobody has pressed Migrate in Adobe');

    const reply = await press(world, SECOND, message, 'not_now');

    expect(reply.text).toContain('Nothing was migrated, and the queue goes on.');
    const end = await world.until(NOT_MIGRATED);
    expect(end.text).toContain('<@U0ADMIN002> left it for now. Nothing was migrated.');
    await world.until(/^👉 \*Press Migrate in Adobe\*: `etl-dev`/);
    // The message was only edited, which notifies nobody, so a direct message follows.
    await world.until(/<@U0ADMIN002>, choose the sandbox/, world.slack.directOf(SECOND), SECOND);
    const [turn] = turns(world, SECOND);
    expect(turn?.text).toContain('<@U0ADMIN002>, choose the sandbox `dev`, open *Queries* › *Credentials*');
    expect(buttonIds(turn as never)).toEqual(['open_adobe', 'not_now']);
    expect(turns(world, ADMIN)).toEqual([]);
    expect((await world.say(MEMBER, 'list eligible')).text).toContain('airflow-dev');
    const { text: history } = await world.say(MEMBER, 'history airflow-dev');
    expect(history).toContain('<@U0ADMIN002> left `airflow-dev` for now: it was *not migrated*');
    const late = await world.forge(ADMIN, 'not_now', buttonsOf(message)[1]?.value ?? '');
    expect(late.text).toContain('was left for now by <@U0ADMIN002>. Your click changed nothing.');
  });
});

test('a person who asks about an open hand-off, or checks one again, is shown what to press in Adobe', async () => {
  const { world } = await handedOver();
  const again = await world.say(SECOND, 'migrate airflow-dev');
  expect(again.text).toContain('waits for a person in Adobe. To migrate it, choose the sandbox `dev`, open *Queries*');
  expect(again.text).toContain('confirmed by <@U0ADMIN001>');
  expect(buttonIds(again)).toEqual(['open_adobe', 'not_now']);
  world.clock.advance(1);
  await world.migrate(SECOND, 'etl-dev');
  await world.until(/\*Queued\*: `etl-dev`/);
  const queued = await world.say(ADMIN, 'migrate etl-dev');
  expect(queued.text).toMatch(
    /is already in the queue, confirmed by <@U0ADMIN002>\. (<\S+\|)?Its message>? says what to press/,
  );
  world.clock.advance(24 * HOUR);
  const end = await world.until(/^⚠️ \*Needs attention\*: `airflow-dev`/);
  const checked = await press(world, ADMIN, end, 'check_again');
  expect(checked.text).toContain(
    'nobody has pressed Migrate yet: `airflow-dev` waits for a person in Adobe. To migrate it',
  );
  world.adobe.migrateElsewhere(AIRFLOW);
  const pressed = await press(world, ADMIN, end, 'check_again');
  expect(pressed.text).toContain('someone has pressed Migrate for `airflow-dev`. Check again in a few minutes.');
});

describe('Finish in Adobe', () => {
  test('a start that Adobe has no path for continues in Adobe with the same confirmation, and the operator is notified', async () => {
    const world = await startWorld({ seed: SEED, env: { ADOBE_UI_URL: ENV.ADOBE_UI_URL } });
    world.adobe.faults.add({ on: 'start', kind: 'status', status: 404 });
    await world.migrate(ADMIN, 'airflow-dev');
    const failed = await world.until(NOT_MIGRATED);
    expect(failed.text).toContain('*Finish in Adobe* uses the same confirmation');
    expect(buttonIds(failed)).toEqual(['finish_in_adobe', 'open_adobe']);
    expect(buttonIds(await world.say(ADMIN, 'status airflow-dev'))).toContain('finish_in_adobe');
    const { status, body } = await world.ready();
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain('MIGRATION_METHOD=hand-off');
    const { adobe } = (body as { checks: Record<string, { detail: string }> }).checks;
    expect(world.timesLogged(adobe?.detail ?? '')).toBe(1);

    const reply = await press(world, SECOND, failed, 'finish_in_adobe');

    expect(reply.text).toContain('goes on in Adobe, with the same confirmation');
    const message = await world.until(TO_PRESS);
    expect(message.ts).toBe(failed.ts);
    world.adobe.migrateElsewhere(AIRFLOW);
    await world.until(MIGRATED);
    expect(world.startsSent).toBe(1);
    const { text } = await world.say(MEMBER, 'history airflow-dev');
    expect(text).toContain('<@U0ADMIN002> chose to finish the migration of `airflow-dev` in Adobe, by hand');
  });

  test('after four hours, the migration has to be asked for again', async () => {
    const world = await startWorld({ seed: SEED });
    world.adobe.faults.add({ on: 'start', kind: 'status', status: 405 });
    await world.migrate(ADMIN, 'airflow-dev');
    const failed = await world.until(NOT_MIGRATED);
    await linked(world);
    world.clock.advance(4 * HOUR);
    const reply = await press(world, ADMIN, failed, 'finish_in_adobe');
    expect(reply.text).toContain('it is valid for 4 hours. Nothing was started. Run `/qs-creds migrate` to ask again.');
    expect(world.message(ADMIN, DATA, failed.ts).text).toMatch(NOT_MIGRATED);
  });
});
