import { describe, expect, test } from 'vitest';
import { ADMIN, DATA, GUEST, LEFT, MEMBER, OWNER, ROBOT, SECOND, STRANGER } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED } from './world.ts';

const SEED = seedOf(credential('airflow-dev'));
const COMMANDS = ['', 'help', 'faq', 'list', 'status', 'history', 'migrate', 'migrate airflow-dev'];
const ASK = 'Ask a workspace admin or owner.';

describe('denied people', () => {
  test.each([
    [GUEST, `Guests may not use this. ${ASK}`, 'a guest'],
    [STRANGER, `Only members of this workspace may use this. ${ASK}`, 'not a member of this workspace'],
    [ROBOT, `Bots may not use this. ${ASK}`, 'a bot'],
  ])('%s is denied every command and button, with an explanation and an audit row', async (userId, words, why) => {
    const world = await startWorld({ seed: SEED });

    for (const command of COMMANDS) expect((await world.say(userId, command)).text, command).toBe(words);
    for (const [action, value] of [
      ['migrate', credential('airflow-dev').technicalAccountId],
      ['pick_credential', credential('airflow-dev').technicalAccountId],
      ['migrate_next', ''],
      ['list_refresh', '{"offset":0}'],
      ['history_older', '{"offset":0}'],
      ['home_refresh', ''],
    ] as const) {
      expect((await world.forge(userId, action, value)).text, action).toBe(words);
    }

    const { text } = await world.say(ADMIN, 'history');
    expect(text.match(new RegExp(`<@${userId}> was denied access.*: ${why}\\)`, 'g'))).toHaveLength(10);
    expect(text).toContain(`1–10 of ${COMMANDS.length + 6}`);
    await world.expectNothingStarted();
  });

  test('denies a late press of a deactivated user', async () => {
    const world = await startWorld({ seed: SEED });
    const { text } = await world.forge(LEFT, 'list_refresh', '{"offset":0}');
    expect(text).toBe(`This Slack account is deactivated. ${ASK}`);
    expect((await world.say(ADMIN, 'history')).text).toContain(
      `<@${LEFT}> was denied access (refresh: deactivated in Slack)`,
    );
  });

  test('denies everyone while Slack cannot say who it is', async () => {
    const world = await startWorld({ seed: SEED });
    const question = await world.say(ADMIN, 'migrate airflow-dev');
    world.slack.fail('users.info', { error: 'internal_error', times: 3 });

    for (const command of ['list', 'migrate airflow-dev']) {
      const { text } = await world.say(ADMIN, command);
      expect(text).toContain("I couldn't verify you with Slack, so nothing was done.");
      expect(text).toContain('ask a workspace admin or owner');
    }
    const press = await world.press(ADMIN, question, 'confirm');
    expect(press.text).toContain("I couldn't verify you with Slack");

    await world.expectNothingStarted();
    expect((await world.say(ADMIN, 'history')).text).toContain('(confirm: not verified with Slack)');
    expect((await world.press(ADMIN, question, 'confirm')).text).toContain('was confirmed');
  });

  test('denies a user Slack does not know', async () => {
    const world = await startWorld({
      seed: SEED,
      refused: ['users.info: user_not_found'],
      // There is nowhere to reply.
      errors: ['the reply to a failed request could not be sent'],
    });
    const value = credential('airflow-dev').technicalAccountId;
    const press = { action_id: 'migrate', value };
    const from = { channel: { id: DATA }, user: { id: 'U0NOBODY99', team_id: 'T0LOCAL001' } };
    world.slack.fail('chat.postMessage', { error: 'channel_not_found' });
    await world.slack.forgePress(ADMIN, press, from);
    await world.logged('the reply to a failed request could not be sent');
    expect((await world.say(ADMIN, 'history')).text).toContain('<@U0NOBODY99> was denied access');
    await world.expectNothingStarted();
  });
});

describe('MIGRATORS', () => {
  test('MIGRATORS names users: they may migrate, and admins are shown whom to ask', async () => {
    const world = await startWorld({ seed: SEED, env: { MIGRATORS: `${MEMBER},${OWNER}` } });

    const refusal = await world.say(ADMIN, 'migrate airflow-dev');
    expect(refusal.text).toBe(`You have read-only access. To migrate, ask <@${MEMBER}>, <@${OWNER}>.`);
    expect(buttonIds(await world.say(ADMIN, 'list'))).toEqual(['list_refresh']);
    expect((await world.say(ADMIN, 'help')).text).toContain(`To migrate, ask <@${MEMBER}>, <@${OWNER}>.`);

    await world.migrate(MEMBER, 'airflow-dev');
    await world.until(MIGRATED);
    expect((await world.say(ADMIN, 'history')).text).toContain(`<@${ADMIN}> was denied access (migrate: read-only`);
  });

  test('MIGRATORS names groups: their members may migrate, and others are shown which group', async () => {
    const group = [MEMBER];
    const world = await startWorld({ seed: SEED, env: { MIGRATORS: 'S0MIGRATOR' }, group });
    const refusal = await world.say(ADMIN, 'migrate airflow-dev');
    expect(refusal.text).toBe('You have read-only access. To migrate, ask <!subteam^S0MIGRATOR>.');
    const question = await world.say(MEMBER, 'migrate airflow-dev');
    group.pop();
    const late = await world.press(MEMBER, question, 'confirm');
    expect(late.text).toContain('You have read-only access.');
    await world.expectNothingStarted();
    group.push(MEMBER);
    expect((await world.press(MEMBER, question, 'confirm')).text).toContain('was confirmed');
  });

  test('denies everyone while Slack cannot say who is in the groups of MIGRATORS', async () => {
    const world = await startWorld({ seed: SEED, env: { MIGRATORS: 'S0MIGRATOR' } });
    const question = await world.say(MEMBER, 'migrate airflow-dev');
    const [confirm] = buttonsOf(question);
    world.slack.fail('usergroups.users.list', { error: 'internal_error', times: 2 });

    const press = await world.press(MEMBER, question, 'confirm');
    expect(press.text).toContain("I couldn't verify you with Slack");
    expect(press.text).toContain('ask <!subteam^S0MIGRATOR>');
    expect((await world.forge(SECOND, 'confirm', String(confirm?.value))).text).toContain('verify you with Slack');

    await world.expectNothingStarted();
  });
});

describe('a request that is not from Slack', () => {
  test('a request that is not signed by Slack is rejected before anything else', async () => {
    const world = await startWorld({ seed: SEED });
    const old = String(Math.floor(Date.now() / 1000) - 10 * 60);
    const { slack } = world;
    expect(await slack.command(ADMIN, DATA, 'list', { signature: 'v0=00' })).toMatchObject({ status: 401 });
    expect(await slack.command(ADMIN, DATA, 'list', { timestamp: old })).toMatchObject({ status: 401 });
    const press = { action_id: 'migrate_next', value: '' };
    expect(await slack.forgePress(ADMIN, press, {}, { signature: 'v0=00' })).toMatchObject({ status: 401 });
    expect((await world.say(ADMIN, 'history')).text).toContain('Nothing has happened yet.');
    expect(slack.messagesSeenBy(ADMIN, DATA)).toHaveLength(1);
  });
});

describe('every command', () => {
  test('every command is acknowledged at once, even while Slack and Adobe are slow', async () => {
    const world = await startWorld({ seed: SEED });
    for (const command of COMMANDS) {
      world.slack.fail('users.info', { hangMs: 1_200 });
      const { status, ms } = await world.slack.command(ADMIN, DATA, command);
      expect(status).toBe(200);
      expect(ms).toBeLessThan(1_000);
    }
  });
});
