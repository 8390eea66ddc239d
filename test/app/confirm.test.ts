import { describe, expect, test } from 'vitest';
import { ADMIN, DATA, GUEST, LEFT, MEMBER, SECOND } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const SEED = seedOf(
  credential('airflow-dev'),
  credential('etl-dev'),
  credential('bi-nightly', { sandboxes: ['prod'] }),
);
const TEN_MINUTES = 10 * 60;

/** The id of a question, as its Cancel button carries it. */
function idOf(question: Parameters<typeof buttonsOf>[0]): string {
  return String(buttonsOf(question).find(({ id }) => id === 'cancel')?.value);
}

async function ask(world: World, name: string, userId = ADMIN) {
  const question = await world.say(userId, `migrate ${name}`);
  return { question, id: idOf(question) };
}

describe('confirming', () => {
  test('a confirmation starts the migration once, and replaces the buttons', async () => {
    const world = await startWorld({ seed: SEED });
    const { question } = await ask(world, 'airflow-dev');
    expect(world.adobe.starts).toEqual([]);

    const closed = await world.press(ADMIN, question, 'confirm');

    expect(closed.ts).toBe(question.ts);
    expect(closed.text).toMatch(/^☑️ The migration of `airflow-dev` was confirmed by <@U0ADMIN001> <!date\^/);
    expect(buttonIds(closed)).toEqual([]);
    await world.until(MIGRATED);
    expect(world.adobe.starts).toMatchObject([{ technicalAccountId: credential('airflow-dev').technicalAccountId }]);
  });

  test('the confirmed question links to the message that shows its progress, wherever that is', async () => {
    const world = await startWorld({ seed: SEED, env: { MIGRATION_TIMEOUT_SECONDS: '3600' } });
    const { question } = await ask(world, 'airflow-dev');
    await world.press(ADMIN, question, 'confirm');
    const progress = await world.until(/`airflow-dev`/, DATA, MEMBER);
    const link = `/archives/${DATA}/p${progress.ts.replace('.', '')}|A separate message> shows its progress.`;
    const linked = () => world.message(ADMIN, DATA, question.ts).text.includes(link);
    await world.slack.waitFor(linked, { what: 'the link' });
    const all = world.slack.calls.map(({ method }) => method);
    expect(all.indexOf('chat.postMessage')).toBeLessThan(all.indexOf('chat.getPermalink'));
  });

  test.each([{ error: 'message_not_found' }, { httpStatus: 503 }])(
    'the confirmed question keeps its words if Slack gives no link: %j',
    async (fault) => {
      const world = await startWorld({ seed: SEED });
      const { question } = await ask(world, 'airflow-dev');
      world.slack.fail('chat.getPermalink', fault);
      await world.press(ADMIN, question, 'confirm');
      await world.until(MIGRATED);
      await world.logged('Slack gave no link to the progress of a migration');
      expect(world.message(ADMIN, DATA, question.ts).text).toContain('A separate message shows its progress.');
    },
  );

  test('presses at the same moment confirm once', async () => {
    const world = await startWorld({ seed: SEED });
    const { question } = await ask(world, 'airflow-dev');

    const presses = Array.from({ length: 5 }, () => world.slack.press(ADMIN, question, 'confirm'));
    const acks = await Promise.all(presses);
    await world.slack.replay();

    expect(acks.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await world.until(MIGRATED);
    expect(world.adobe.starts).toHaveLength(1);
    expect(world.slack.messagesSeenBy(MEMBER, DATA)).toHaveLength(1);
    const { text } = await world.say(ADMIN, 'history airflow-dev');
    expect(text.match(/confirmed the migration of/g)).toHaveLength(1);
  });

  test('only one of two requests about the same credential is confirmed', async () => {
    const world = await startWorld({ seed: SEED });
    const first = await ask(world, 'airflow-dev');
    const second = await ask(world, 'airflow-dev', SECOND);

    await Promise.all([
      world.slack.press(ADMIN, first.question, 'confirm'),
      world.slack.press(SECOND, second.question, 'confirm'),
    ]);
    await world.until(MIGRATED);

    expect(world.adobe.starts).toHaveLength(1);
    const { text } = await world.say(ADMIN, 'history airflow-dev');
    expect(text.match(/confirmed the migration of/g)).toHaveLength(1);
    expect(text).toContain('is no longer valid: another question about it was confirmed');
  });

  test('a request voided by another confirmation says so', async () => {
    const world = await startWorld({ seed: SEED });
    const first = await ask(world, 'airflow-dev');
    const second = await ask(world, 'airflow-dev', SECOND);
    await world.press(ADMIN, first.question, 'confirm');
    await world.until(MIGRATED);
    const late = await world.press(SECOND, second.question, 'confirm');
    expect(late.text).toContain('is no longer valid: another question about it was confirmed');
    expect(world.adobe.starts).toHaveLength(1);
  });

  test('a press after ten minutes is too late', async () => {
    const world = await startWorld({ seed: SEED });
    const { question } = await ask(world, 'airflow-dev');
    const hasExpired = async () =>
      (await world.say(ADMIN, 'history')).text.includes('the question about `airflow-dev` expired');
    world.clock.advance(TEN_MINUTES - 1);
    expect(await hasExpired()).toBe(false);

    world.clock.advance(1);
    while (!(await hasExpired()));
    // Nobody pressed it, so nobody is notified.
    const told = world.slack.messagesSeenBy(ADMIN, DATA).filter(({ text }) => text.includes('expired after'));
    expect(told).toEqual([]);
    const late = await world.press(ADMIN, question, 'confirm');

    expect(late.ts).toBe(question.ts);
    expect(late.text).toContain('expired after 10 minutes. Nothing was started');
    expect(buttonIds(late)).toEqual([]);
    await world.expectNothingStarted();
  });

  test('a press within ten minutes confirms', async () => {
    const world = await startWorld({ seed: SEED });
    const { question } = await ask(world, 'airflow-dev');
    world.clock.advance(TEN_MINUTES - 1);
    expect((await world.press(ADMIN, question, 'confirm')).text).toContain('was confirmed');
  });

  test.each([
    [SECOND, 'This question is for <@U0ADMIN001>. Run'],
    [MEMBER, 'You have read-only access. To migrate, ask a workspace admin or owner.'],
    [GUEST, 'Guests may not use this. Ask a workspace admin or owner.'],
    [LEFT, 'This Slack account is deactivated. Ask a workspace admin or owner.'],
  ])('a confirmation from %s is denied and audited', async (userId, words) => {
    const world = await startWorld({ seed: SEED });
    const { id } = await ask(world, 'airflow-dev');

    expect((await world.forge(userId, 'confirm', id)).text).toContain(words);
    expect((await world.forge(userId, 'cancel', id)).text).toContain(words);

    await world.expectNothingStarted();
    const { text } = await world.say(ADMIN, 'history airflow-dev');
    expect(text).toMatch(
      new RegExp(`<@${userId}> wanted to confirm the migration of \`airflow-dev\` and was denied access: `),
    );
    expect(text).toMatch(
      new RegExp(`<@${userId}> wanted to cancel the migration of \`airflow-dev\` and was denied access: `),
    );
  });

  test('a press without a request confirms nothing', async () => {
    const world = await startWorld({ seed: SEED });
    const { id } = await ask(world, 'airflow-dev');
    const values = ['', 'x', id.toUpperCase(), `${id} `, '../../', credential('etl-dev').technicalAccountId];
    for (const action of ['confirm', 'confirm_production', 'cancel']) {
      for (const value of values) {
        expect((await world.forge(ADMIN, action, value)).text).toContain('no longer known here');
      }
    }
    await world.expectNothingStarted();
    expect(world.slack.modalOf(ADMIN)).toBeNull();
  });

  test('a confirmation is valid for the credential of its request alone', async () => {
    const world = await startWorld({ seed: SEED });
    const { id } = await ask(world, 'etl-dev');
    const { question } = await ask(world, 'airflow-dev');
    const place = { channel: { id: DATA }, message: { ts: question.ts, text: question.text } };

    await world.slack.forgePress(ADMIN, { action_id: 'confirm', value: id }, place);

    expect((await world.until(MIGRATED)).text).toContain('`etl-dev`');
    expect(world.adobe.starts).toMatchObject([{ technicalAccountId: credential('etl-dev').technicalAccountId }]);
  });

  test('a production request is never confirmed without its name, whatever button carries it', async () => {
    const world = await startWorld({ seed: SEED });
    const { id } = await ask(world, 'bi-nightly');
    expect((await world.forge(ADMIN, 'confirm', id)).text).toContain('its name has to be typed');
    await world.expectNothingStarted();
    expect((await world.say(ADMIN, 'history bi-nightly')).text).toContain('was denied access: the name was not typed');
  });

  test('a request is void when the credential is no longer as it was shown', async () => {
    const world = await startWorld({ seed: SEED });
    const { question } = await ask(world, 'airflow-dev');
    world.adobe.remove(credential('airflow-dev').technicalAccountId);
    await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');
    const answer = await world.press(ADMIN, question, 'confirm');
    expect(answer.text).toContain('is no longer valid: the credential has changed since');
    await world.expectNothingStarted();
  });
});

describe('Cancel', () => {
  test('Cancel ends a request permanently', async () => {
    const world = await startWorld({ seed: SEED });
    const { question, id } = await ask(world, 'airflow-dev');

    const closed = await world.press(ADMIN, question, 'cancel');

    expect(closed.ts).toBe(question.ts);
    expect(closed.text).toMatch(/^The migration of `airflow-dev` was cancelled by <@U0ADMIN001> .*Nothing was started/);
    expect(buttonIds(closed)).toEqual([]);
    expect((await world.forge(ADMIN, 'confirm', id)).text).toContain('was cancelled by <@U0ADMIN001>');
    await world.expectNothingStarted();
  });

  test('Cancel does not cancel a confirmed migration', async () => {
    const world = await startWorld({ seed: SEED });
    const { question, id } = await ask(world, 'airflow-dev');
    await world.press(ADMIN, question, 'confirm');
    expect((await world.forge(ADMIN, 'cancel', id)).text).toContain('was confirmed by <@U0ADMIN001>');
    await world.until(MIGRATED);
  });
});
