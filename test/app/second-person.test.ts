import { describe, expect, test } from 'vitest';
import { ADMIN, DATA, GUEST, LEFT, MEMBER, RANDOM, ROBOT, SECOND } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const SEED = seedOf(credential('airflow-dev'), credential('bi-nightly', { sandboxes: ['prod'] }));
const SECOND_PERSON = { REQUIRE_SECOND_PERSON: 'true' };

/** Asks, and returns the question in the channel. */
async function ask(world: World, name: string) {
  const reply = await world.say(ADMIN, `migrate ${name}`);
  expect(reply.text).toBe('The question is in the channel: a second person has to confirm.');
  const [question] = world.slack.messagesSeenBy(SECOND, DATA);
  if (question === undefined) throw new Error('no question in the channel');
  return question;
}

describe('where a second person is required', () => {
  test('the question for a second person is posted in the channel, and the asker may not confirm it', async () => {
    const world = await startWorld({ seed: SEED, env: SECOND_PERSON });

    const question = await ask(world, 'airflow-dev');
    expect(question.ephemeral).toBe(false);
    expect(question.text).toContain('Asked by <@U0ADMIN001>. A second person has to confirm');
    const refusal = await world.press(ADMIN, question, 'confirm');

    expect(refusal.text).toContain('You asked for this migration, so a second person has to confirm it');
    expect(refusal.text).toContain('a workspace admin or owner');
    expect(refusal.ephemeral).toBe(true);
    expect(buttonIds(world.message(SECOND, DATA, question.ts))).toEqual(['confirm', 'decline', 'cancel']);
    await world.expectNothingStarted();
    expect((await world.say(ADMIN, 'history')).text).toContain('was denied access: a second person has to confirm');
  });

  test.each([
    ['a user group whose only member is the asker', { group: [ADMIN], env: { MIGRATORS: 'S0MIGRATOR' } }],
    ['the asker and a user group without anyone else', { group: [ADMIN], env: { MIGRATORS: `${ADMIN},S0MIGRATOR` } }],
    [
      'the asker and people who may not confirm',
      { env: { MIGRATORS: `${LEFT},${GUEST},${ROBOT},${ADMIN},U0NOBODY1` }, refused: ['users.info: user_not_found'] },
    ],
  ])(
    'migrate says that no one else may confirm, and posts nothing: %s',
    async (_, { env, ...slack }: { group?: string[]; env: { MIGRATORS: string }; refused?: string[] }) => {
      const world = await startWorld({ seed: SEED, ...slack, env: { ...SECOND_PERSON, ...env } });
      const { text } = await world.say(ADMIN, 'migrate airflow-dev');
      expect(text).toContain('Nothing was asked: a second person has to confirm, and no one else may migrate.');
      expect(text).toContain('Ask an operator to add someone to `MIGRATORS`');
      expect(world.slack.messagesSeenBy(SECOND, DATA)).toEqual([]);
      await world.expectNothingStarted();
    },
  );

  test.each([
    [
      'responds with an internal error',
      { error: 'internal_error' },
      /Migrate `airflow-dev`\?[\s\S]*has to confirm or decline: <!subteam\^S0MIGRATOR>/,
    ],
    ['rate-limits it', { retryAfter: 30 }, /Migrate `airflow-dev`\?/],
    ['does not know the group', { error: 'no_such_subteam' }, /no one else may migrate/],
  ])(
    'a user group that may include a second person is asked unless Slack rejects its lookup for good: Slack %s',
    async (_, fault, says) => {
      const env = { ...SECOND_PERSON, MIGRATORS: `${ADMIN},S0MIGRATOR` };
      const world = await startWorld({ seed: SEED, env });
      world.clock.advance(60);
      world.slack.fail('usergroups.users.list', fault);
      const { text } = await world.say(ADMIN, 'migrate airflow-dev');
      const question = world.slack.messagesSeenBy(SECOND, DATA).at(-1)?.text ?? '';
      expect(text + question).toMatch(says);
    },
  );

  test('a second person confirms, and both are named at the end', async () => {
    const world = await startWorld({ seed: SEED, env: SECOND_PERSON });
    const question = await ask(world, 'airflow-dev');

    const closed = await world.press(SECOND, question, 'confirm');

    expect(closed.ts).toBe(question.ts);
    expect(closed.text).toContain('was confirmed by <@U0ADMIN002>');
    expect(buttonIds(closed)).toEqual([]);
    const end = await world.until(MIGRATED);
    expect(end.text).toContain('asked by <@U0ADMIN001>, confirmed by <@U0ADMIN002>');
    expect(world.adobe.starts).toHaveLength(1);
  });

  test('five presses by second persons at once confirm once', async () => {
    const world = await startWorld({
      seed: SEED,
      env: { ...SECOND_PERSON, MIGRATORS: `${SECOND},${MEMBER},${ADMIN}` },
    });
    const question = await ask(world, 'airflow-dev');
    const pressers = [SECOND, MEMBER, SECOND, MEMBER, SECOND];
    await Promise.all(pressers.map((userId) => world.slack.press(userId, question, 'confirm')));
    await world.until(MIGRATED);
    expect(world.adobe.starts).toHaveLength(1);
    const { text } = await world.say(ADMIN, 'history');
    expect(text.match(/confirmed the migration of/g)).toHaveLength(1);
  });

  test('production asks the second person for the name', async () => {
    const world = await startWorld({ seed: SEED, env: SECOND_PERSON });
    const question = await ask(world, 'bi-nightly');
    const refusal = await world.press(ADMIN, question, 'confirm_production');
    expect(refusal.text).toContain('You asked for this migration');
    const modal = await world.openModal(SECOND, question);
    await world.slack.submit(SECOND, modal.viewId, { typed_name: { name: 'bi-nightly' } });
    await world.until(MIGRATED);
    expect(world.message(SECOND, DATA, question.ts).text).toContain('was confirmed by <@U0ADMIN002>');
  });

  test.each([
    [MEMBER, 'You have read-only access'],
    [GUEST, 'Guests may not use this'],
  ])('%s may neither confirm nor decline nor cancel where a second person is required', async (userId, words) => {
    const world = await startWorld({ seed: SEED, env: SECOND_PERSON });
    const question = await ask(world, 'airflow-dev');
    for (const action of ['confirm', 'decline', 'cancel']) {
      const refusal = await world.press(userId, question, action);
      expect(refusal.text).toContain(words);
      expect(refusal.ephemeral).toBe(true);
    }
    expect(buttonIds(world.message(ADMIN, DATA, question.ts))).toEqual(['confirm', 'decline', 'cancel']);
    await world.expectNothingStarted();
  });

  test.each([ADMIN, SECOND])('%s may cancel, visibly for everyone', async (userId) => {
    const world = await startWorld({ seed: SEED, env: SECOND_PERSON });
    const question = await ask(world, 'airflow-dev');
    const closed = await world.press(userId, question, 'cancel');
    expect(closed.text).toContain(`was cancelled by <@${userId}>`);
    expect(buttonIds(closed)).toEqual([]);
    expect(closed.ephemeral).toBe(false);
    await world.expectNothingStarted();
  });

  test('the question expires and loses its buttons after an hour, and the person who asked is notified', async () => {
    const world = await startWorld({ seed: SEED, env: SECOND_PERSON });
    const question = await ask(world, 'airflow-dev');
    world.clock.advance(59 * 60);
    await world.say(ADMIN, 'status');
    expect(buttonIds(world.message(SECOND, DATA, question.ts))).toContain('confirm');
    world.clock.advance(60);
    const closed = await world.until(/expired after 1 hour/);
    expect(closed.ts).toBe(question.ts);
    expect(buttonIds(closed)).toEqual([]);
    await world.until(/`airflow-dev` expired after 1 hour\. Nothing was started/, world.slack.directOf(ADMIN));
    await world.expectNothingStarted();
  });

  test('the question mentions who could confirm: at most three people, or the groups they are in', async () => {
    const three = await startWorld({
      seed: SEED,
      env: { ...SECOND_PERSON, MIGRATORS: `${ADMIN},${LEFT},${SECOND},${MEMBER}` },
    });
    expect((await ask(three, 'airflow-dev')).text).toContain(
      `A second person has to confirm or decline: <@${SECOND}>, <@${MEMBER}>. The person who asked can only cancel.`,
    );
    const group = await startWorld({
      seed: SEED,
      env: { ...SECOND_PERSON, MIGRATORS: `${ADMIN},${SECOND},S0MIGRATOR` },
    });
    const { text } = await ask(group, 'airflow-dev');
    expect(text).toContain('has to confirm or decline: <!subteam^S0MIGRATOR>. ');
  });

  test('the person who asked is notified of the confirmation once, also across a restart', async () => {
    const world = await startWorld({
      seed: SEED,
      env: { ...SECOND_PERSON, MIGRATION_TIMEOUT_SECONDS: '3600' },
      onDisk: true,
    });
    // Keeps the migration waiting, since its end would add to the message.
    world.adobe.faults.add({ on: 'status', kind: 'status', status: 503, times: 10_000 });
    const question = await ask(world, 'airflow-dev');
    await world.press(SECOND, question, 'confirm');
    const direct = world.slack.directOf(ADMIN);
    const told = /`airflow-dev` was confirmed by <@U0ADMIN002>/;
    expect((await world.until(told, direct)).text).toContain('You get this because you asked');
    await world.stop();
    await world.start();
    await world.say(ADMIN, 'status');
    expect(world.slack.messagesSeenBy(ADMIN, direct).filter(({ text }) => told.test(text))).toHaveLength(1);
    expect(world.slack.messagesSeenBy(SECOND, world.slack.directOf(SECOND))).toEqual([]);
  });

  test('a second person’s reason for declining is in the question, the history and a message to the person who asked', async () => {
    const world = await startWorld({ seed: SEED, env: SECOND_PERSON });
    const question = await ask(world, 'airflow-dev');
    await world.slack.press(SECOND, question, 'decline');
    const modal = await world.slack.waitFor(() => world.slack.modalOf(SECOND), { what: 'the modal' });
    expect(JSON.stringify(modal.view.blocks)).toContain(`<@${ADMIN}> will be notified that you declined, and why`);
    await world.slack.submit(SECOND, modal.viewId, { hold_reason: { reason: 'Not during <!channel> the audit' } });
    const declined =
      /`airflow-dev` was declined by <@U0ADMIN002> .*: `Not during &lt;!channel&gt; the audit`\. Nothing was started/;
    const closed = await world.until(declined, DATA, MEMBER);
    expect(closed.ts).toBe(question.ts);
    expect(buttonIds(closed)).toEqual([]);
    await world.until(declined, world.slack.directOf(ADMIN));
    expect((await world.say(ADMIN, 'history')).text).toMatch(
      /<@U0ADMIN002> declined the migration of `airflow-dev`\. Reason: `Not during/,
    );
    // The submission of a modal that was open meanwhile.
    const late = {
      type: 'view_submission',
      view: { ...modal.view, state: { values: { hold_reason: { reason: { value: 'x' } } } } },
    };
    await world.slack.forgeInteraction(SECOND, late);
    expect((await world.forge(SECOND, 'confirm', buttonsOf(question)[0]?.value ?? '')).text).toContain(
      'was declined by',
    );
    await world.expectNothingStarted();
  });

  test('the person who asked may cancel, but not decline', async () => {
    const world = await startWorld({ seed: SEED, env: SECOND_PERSON });
    const question = await ask(world, 'airflow-dev');
    const refusal = await world.press(ADMIN, question, 'decline');
    expect(refusal.text).toContain('You asked for this migration');
    expect(world.slack.modalOf(ADMIN)).toBeNull();
    expect((await world.press(ADMIN, question, 'cancel')).text).toContain('was cancelled by');
    expect(world.slack.messagesSeenBy(ADMIN, world.slack.directOf(ADMIN))).toEqual([]);
  });

  test('nothing is asked in a channel where the app may not post', async () => {
    const refused = [`chat.postMessage: not_in_channel: ${RANDOM}`];
    const world = await startWorld({ seed: SEED, env: SECOND_PERSON, refused });
    const answer = await world.say(ADMIN, 'migrate airflow-dev', RANDOM);
    expect(answer.text).toContain(
      "Nothing was asked: Slack doesn't let me post in this channel. Type `/invite @qs-creds`",
    );
    expect((await world.say(ADMIN, 'history')).text).toContain('is no longer valid: the question could not be posted');
    await world.expectNothingStarted();
  });

  test('the Home offers no button that migrates when a second person has to confirm', async () => {
    const world = await startWorld({ seed: SEED, env: SECOND_PERSON });
    await world.slack.openHome(ADMIN);
    const home = await world.slack.waitFor(() => world.slack.homeOf(ADMIN));
    expect(buttonIds(home)).toEqual(['home_refresh']);
    // Nor do its words name a button.
    expect(JSON.stringify(home)).toContain(
      'To migrate, run `/qs-creds migrate` in a channel: a second person has to confirm.',
    );
  });
});

describe('where the app is not in the channel', () => {
  test('progress is a direct message where the app is not in the channel', async () => {
    const world = await startWorld({ seed: SEED, refused: [`chat.postMessage: not_in_channel: ${RANDOM}`] });

    await world.migrate(ADMIN, 'airflow-dev', RANDOM);
    const end = await world.until(MIGRATED, world.slack.directOf(ADMIN));

    expect(end.edited).toBe(true);
    expect(buttonIds(end)).toEqual(['migrate_next', 'open_adobe']);
    expect(world.slack.messagesSeenBy(SECOND, RANDOM)).toEqual([]);
    expect(world.slack.messagesSeenBy(ADMIN, world.slack.directOf(ADMIN))).toHaveLength(1);
  });
});
