import { describe, expect, test } from 'vitest';
import { ADMIN, DATA, MEMBER, OWNER, SECOND } from '../support/people.ts';
import { buttonIds } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED } from './world.ts';

const SEED = seedOf(credential('airflow-dev'));
const SECOND_PERSON = { REQUIRE_SECOND_PERSON: 'true' };
const ALWAYS = { times: Number.POSITIVE_INFINITY };

describe('when Slack does not accept messages', () => {
  test.each(['restricted_action_thread_only_channel', 'team_access_not_granted', 'whatever_new'])(
    'the end is a direct message to the person who confirmed if Slack rejects messages in the channel with %s',
    async (error) => {
      const world = await startWorld({ seed: SEED });
      world.slack.fail('chat.postMessage', { error, channel: DATA, ...ALWAYS });
      await world.migrate(ADMIN, 'airflow-dev');
      const end = await world.until(MIGRATED, world.slack.directOf(ADMIN));
      expect(end.edited).toBe(true);
      expect(world.slack.messagesSeenBy(MEMBER, DATA)).toEqual([]);
      expect(world.timesLogged('Slack accepts no message there')).toBe(1);
      expect((await world.ready()).status).toBe(200);
    },
  );

  test('the end is one direct message if Slack is unavailable in one channel for minutes', async () => {
    const world = await startWorld({ seed: SEED });
    world.slack.fail('chat.postMessage', { httpStatus: 503, channel: DATA, ...ALWAYS });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(MIGRATED, world.slack.directOf(ADMIN));
    world.clock.advance(600);
    await world.say(ADMIN, 'status');
    expect(world.slack.messagesSeenBy(ADMIN, world.slack.directOf(ADMIN))).toHaveLength(1);
    expect(world.timesLogged('Slack accepts no message there')).toBe(1);
    expect((await world.ready()).status).toBe(200);
  });

  test('a migration makes three messages, the last one its end, if Slack rejects every edit', async () => {
    const world = await startWorld({ seed: SEED });
    world.slack.fail('chat.update', { error: 'edit_window_closed', ...ALWAYS });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(MIGRATED);
    const texts = world.slack.messagesSeenBy(MEMBER, DATA).map(({ text }) => text);
    expect(texts).toHaveLength(3);
    expect(texts.at(-1)).toMatch(MIGRATED);
  });

  test('/readyz says so if Slack rejects every message, and the end is shown once Slack accepts it', async () => {
    const world = await startWorld({ seed: SEED });
    world.slack.fail('chat.postMessage', { error: 'restricted_action', ...ALWAYS });
    await world.migrate(ADMIN, 'airflow-dev');
    // Wait for the start: it would not be sent once ten seconds have passed.
    await world.slack.waitFor(() => world.startsSent > 0, { what: 'a start' });
    const said = async () => JSON.stringify(await world.ready());
    while (!(await said()).includes('1 outcome could not be shown in Slack')) world.clock.advance(5);
    expect((await world.ready()).status).toBe(200);
    world.slack.heal();
    while ((await said()).includes('could not be shown')) world.clock.advance(5);
    // Slack may start to accept messages in the middle of an attempt, and then the end is not in the channel.
    const ends = world.sent.messages().filter(({ text }) => MIGRATED.test(text));
    // The owner is notified as well, if Slack accepts messages again by then.
    expect(ends.filter(({ channel }) => channel !== world.slack.directOf(OWNER))).toHaveLength(1);
  });
});

describe('if Slack’s response is lost', () => {
  test('to the first message, that message says nothing that becomes outdated, and one message shows the end', async () => {
    const world = await startWorld({ seed: SEED });
    world.slack.fail('chat.postMessage', { isLost: true });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(MIGRATED);
    const texts = world.slack.messagesSeenBy(MEMBER, DATA).map(({ text }) => text);
    expect(texts.filter((text) => MIGRATED.test(text))).toHaveLength(1);
    for (const text of texts.filter((text) => !MIGRATED.test(text))) expect(text).toMatch(/^☑️ \*Confirmed\*/);
  });

  test('to a question, its buttons start nothing and are removed when pressed, and asking again works', async () => {
    const world = await startWorld({ seed: SEED, env: SECOND_PERSON, errors: ['a request failed'] });
    world.slack.fail('chat.postMessage', { isLost: true });
    expect((await world.say(ADMIN, 'migrate airflow-dev')).text).toContain('reference');
    const [orphan] = world.slack.messagesSeenBy(SECOND, DATA);
    if (orphan === undefined) throw new Error('no question in the channel');
    const pressed = await world.press(SECOND, orphan, 'confirm');
    expect([pressed.ts, buttonIds(pressed)]).toEqual([orphan.ts, []]);
    expect(pressed.text).toContain('could not be posted. This question started nothing.');
    await world.expectNothingStarted();

    await world.say(ADMIN, 'migrate airflow-dev');
    const question = world.slack.messagesSeenBy(SECOND, DATA).find((each) => buttonIds(each).includes('confirm'));
    if (question === undefined) throw new Error('no question in the channel');
    await world.press(SECOND, question, 'confirm');
    await world.until(MIGRATED);
    expect(world.adobe.starts).toHaveLength(1);
  });

  test('to the removal of buttons, the next press removes them and says what happened', async () => {
    const world = await startWorld({ seed: SEED, env: SECOND_PERSON });
    await world.say(ADMIN, 'migrate airflow-dev');
    const [question] = world.slack.messagesSeenBy(SECOND, DATA);
    if (question === undefined) throw new Error('no question in the channel');
    world.slack.fail('chat.update', { error: 'internal_error' });
    await world.slack.press(SECOND, question, 'cancel');
    await world.logged('could not close a question in Slack');
    expect(buttonIds(world.message(SECOND, DATA, question.ts))).toEqual(['confirm', 'decline', 'cancel']);
    await world.slack.press(SECOND, question, 'confirm');
    const gone = () => buttonIds(world.message(SECOND, DATA, question.ts)).length === 0;
    await world.slack.waitFor(gone, { what: 'the removal of the buttons' });
    await world.expectNothingStarted();
  });
});
