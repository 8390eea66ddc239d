import { describe, expect, test } from 'vitest';
import { SCOPES } from '../../src/slack/health.ts';
import { ADMIN, DATA, GUEST, LEFT, MEMBER, OWNER, ROBOT, SECOND, STRANGER } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

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
    expect(text.match(new RegExp(`<@${userId}> wanted to .* and was denied access: ${why}`, 'g'))).toHaveLength(10);
    expect(text).toContain(`1–10 of ${COMMANDS.length + 6}`);
    await world.expectNothingStarted();
  });

  test('a deactivated user is denied a late press', async () => {
    const world = await startWorld({ seed: SEED });
    const { text } = await world.forge(LEFT, 'list_refresh', '{"offset":0}');
    expect(text).toBe(`This Slack account is deactivated. ${ASK}`);
    expect((await world.say(ADMIN, 'history')).text).toContain(
      `<@${LEFT}> wanted to refresh the list and was denied access: deactivated in Slack`,
    );
  });

  test('everyone is denied while Slack cannot say who they are', async () => {
    const world = await startWorld({ seed: SEED });
    const question = await world.say(ADMIN, 'migrate airflow-dev');
    // Longer than a verified person may read without another look-up.
    world.clock.advance(60);
    world.slack.fail('users.info', { error: 'internal_error', times: 3 });

    for (const command of ['list', 'migrate airflow-dev']) {
      const { text } = await world.say(ADMIN, command);
      expect(text).toContain("I couldn't verify you with Slack, so nothing was done.");
      expect(text).toContain('ask a workspace admin or owner');
    }
    const press = await world.press(ADMIN, question, 'confirm');
    expect(press.text).toContain("I couldn't verify you with Slack");

    await world.expectNothingStarted();
    expect((await world.say(ADMIN, 'history')).text).toContain(
      'wanted to confirm the migration of `airflow-dev` and was denied access: not verified with Slack',
    );
    expect((await world.press(ADMIN, question, 'confirm')).text).toContain('was confirmed');
  });

  test('a user whom Slack does not know is denied', async () => {
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
    expect((await world.say(ADMIN, 'history')).text).toContain('<@U0NOBODY99> wanted to');
    await world.expectNothingStarted();
  });
});

describe('MIGRATORS', () => {
  test('users named in MIGRATORS may migrate, and admins are shown whom to ask', async () => {
    const world = await startWorld({ seed: SEED, env: { MIGRATORS: `${MEMBER},${OWNER}` } });

    const refusal = await world.say(ADMIN, 'migrate airflow-dev');
    expect(refusal.text).toBe(`You have read-only access. To migrate, ask <@${MEMBER}>, <@${OWNER}>.`);
    expect(buttonIds(await world.say(ADMIN, 'list'))).toEqual(['list_refresh']);
    expect((await world.say(ADMIN, 'help')).text).toContain(`To migrate, ask <@${MEMBER}>, <@${OWNER}>.`);

    await world.migrate(MEMBER, 'airflow-dev');
    await world.until(MIGRATED);
    expect((await world.say(ADMIN, 'history')).text).toContain(
      `<@${ADMIN}> wanted to migrate a credential and was denied access: read-only`,
    );
  });

  test('members of a user group named in MIGRATORS may migrate, and others are shown which group', async () => {
    const group = [MEMBER];
    const world = await startWorld({ seed: SEED, env: { MIGRATORS: 'S0MIGRATOR' }, group });
    const refusal = await world.say(ADMIN, 'migrate airflow-dev');
    expect(refusal.text).toBe('You have read-only access. To migrate, ask <!subteam^S0MIGRATOR>.');
    const question = await world.say(MEMBER, 'migrate airflow-dev');
    group.pop();
    // A person removed from the group may act for at most another minute.
    world.clock.advance(60);
    const late = await world.press(MEMBER, question, 'confirm');
    expect(late.text).toContain('You have read-only access.');
    await world.expectNothingStarted();
    group.push(MEMBER);
    world.clock.advance(60);
    expect((await world.press(MEMBER, question, 'confirm')).text).toContain('was confirmed');
  });

  test('no one may migrate and everyone may read while Slack cannot say who is in the user groups of MIGRATORS', async () => {
    const world = await startWorld({ seed: SEED, env: { MIGRATORS: 'S0MIGRATOR' } });
    const question = await world.say(MEMBER, 'migrate airflow-dev');
    const [confirm] = buttonsOf(question);
    world.clock.advance(60);
    world.slack.fail('usergroups.users.list', { error: 'internal_error', times: 3 });

    expect((await world.say(MEMBER, 'list')).text).toContain('`airflow-dev`');
    const press = await world.press(MEMBER, question, 'confirm');
    expect(press.text).toContain("I couldn't verify you with Slack");
    expect(press.text).toContain('ask <!subteam^S0MIGRATOR>');
    expect((await world.forge(SECOND, 'confirm', String(confirm?.value))).text).toContain('verify you with Slack');

    await world.expectNothingStarted();
  });
});

/** What `/readyz` says of Slack. */
async function readySlack(world: World) {
  const { status, body } = await world.ready();
  return { status, ...(body as { checks: { slack: { ok: boolean; detail?: string } } }).checks.slack };
}

describe('a user group of MIGRATORS that cannot be read', () => {
  test.each([
    ['no_such_subteam', 'enable that user group, or set `MIGRATORS` to another one'],
    ['plan_upgrade_required', 'set `MIGRATORS` to user ids: user groups need a paid plan of Slack'],
    ['whatever_new', 'set `MIGRATORS` to user ids, or to another user group'],
  ])('because of %s stops no one from reading; migrate says what an operator has to do', async (code, fix) => {
    const world = await startWorld({
      seed: SEED,
      env: { MIGRATORS: `${ADMIN},S0MIGRATOR` },
      before: ({ slack }) => slack.fail('usergroups.users.list', { error: code, times: 100 }),
    });
    const detail = `Slack does not say who is in user group S0MIGRATOR of MIGRATORS (${code}): ${fix.replaceAll('`', '')}`;
    await world.logged(detail);
    for (const command of ['list', 'history', 'help', 'status']) {
      expect((await world.say(MEMBER, command)).text, command).not.toContain('Slack');
    }
    await world.slack.openHome(MEMBER);
    await world.slack.waitFor(() => world.slack.homeOf(MEMBER), { what: 'Home' });
    const refusal = await world.say(MEMBER, 'migrate airflow-dev');
    expect(refusal.text).toBe(
      `I can't tell whether you may migrate, so nothing was done: Slack doesn't say who is in <!subteam^S0MIGRATOR> (\`${code}\`). An operator has to ${fix}. Until then, ask <@${ADMIN}>.`,
    );
    expect(await readySlack(world)).toEqual({ status: 200, ok: true, detail });
    expect(world.timesLogged(detail)).toBe(1);
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(MIGRATED);
  });

  test('because of a missing scope stops no one from reading, and operators are shown the scope from the start', async () => {
    const scopes = SCOPES.filter((scope) => scope !== 'usergroups:read');
    const refused = ['usergroups.users.list: missing_scope: needs usergroups:read'];
    const world = await startWorld({ seed: SEED, env: { MIGRATORS: 'S0MIGRATOR' }, scopes, refused });
    expect((await world.say(MEMBER, 'list')).text).toContain('`airflow-dev`');
    expect((await world.say(MEMBER, 'migrate airflow-dev')).text).toContain(
      '(`missing_scope`). An operator has to add the scope `usergroups:read` to the app and reinstall it.',
    );
    expect(await readySlack(world)).toMatchObject({
      ok: true,
      detail: expect.stringContaining('the bot token lacks usergroups:read'),
    });
  });
});

describe('if Slack rejects the lookup of a person', () => {
  test('because of a missing scope, the denial names the scope that an operator has to add', async () => {
    const world = await startWorld({
      seed: SEED,
      scopes: SCOPES.filter((scope) => scope !== 'users:read'),
      refused: ['users.info: missing_scope: needs users:read'],
    });
    expect((await world.say(ADMIN, 'list')).text).toBe(
      "I couldn't verify you with Slack (`missing_scope`), so nothing was done. An operator has to add the scope `users:read` to the app and reinstall it.",
    );
    expect(await readySlack(world)).toMatchObject({ ok: true, detail: expect.stringContaining('lacks users:read') });
  });

  test('because of a revoked token, the denial says so, and /readyz turns to 503 with one line in the log', async () => {
    const detail =
      'Slack rejects SLACK_BOT_TOKEN (token_revoked): install the app in its workspace and set the new token';
    const world = await startWorld({ seed: SEED, errors: [detail] });
    world.slack.fail('users.info', { error: 'token_revoked', times: 2 });
    for (let i = 0; i < 2; i++) {
      expect((await world.say(ADMIN, 'list')).text).toBe(
        "I couldn't verify you with Slack (`token_revoked`), so nothing was done. Slack rejects the app's token: an operator has to reinstall the app and set `SLACK_BOT_TOKEN`.",
      );
    }
    expect(await readySlack(world)).toEqual({ status: 503, ok: false, detail });
  });
});

describe('while Slack asks us to wait', () => {
  const PAUSE = 'Slack asks us to wait about 30 seconds; try again then. Nothing was done.';

  test('a command and a press are answered at once with the remaining wait, and work again after the pause', async () => {
    const world = await startWorld({ seed: SEED });
    const question = await world.say(ADMIN, 'migrate airflow-dev');
    world.clock.advance(60);
    world.slack.fail('users.info', { retryAfter: 30 });
    expect((await world.say(ADMIN, 'list')).text).toBe(PAUSE);
    world.clock.advance(10);
    expect((await world.press(ADMIN, question, 'confirm')).text).toBe(PAUSE.replace('30', '20'));
    world.clock.advance(20);
    expect((await world.press(ADMIN, question, 'confirm')).text).toContain('was confirmed');
  });

  test('before it says who is in a user group, people can still read, and migrate is answered with how long to wait', async () => {
    const world = await startWorld({ seed: SEED, env: { MIGRATORS: 'S0MIGRATOR' } });
    world.clock.advance(60);
    world.slack.fail('usergroups.users.list', { retryAfter: 30 });
    expect((await world.say(MEMBER, 'list')).text).toContain('`airflow-dev`');
    expect((await world.say(MEMBER, 'migrate airflow-dev')).text).toBe(PAUSE);
    world.clock.advance(30);
    expect((await world.say(MEMBER, 'migrate airflow-dev')).text).toContain('Migrate');
  });

  test('a press whose modal cannot be opened is answered with how long to wait', async () => {
    const world = await startWorld({ seed: seedOf(credential('crm-sync', { sandboxes: ['prod'] })) });
    const question = await world.say(ADMIN, 'migrate crm-sync');
    world.slack.fail('views.open', { retryAfter: 30 });
    const { text } = await world.press(ADMIN, question, 'confirm_production');
    expect(text).toBe('Slack asks us to wait about 30 seconds; try again then.');
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
      world.slack.fail('users.info', { hangMs: 60_000 });
      const { status } = await world.slack.command(ADMIN, DATA, command);
      expect(status, command).toBe(200);
      world.slack.heal();
    }
  });
});
