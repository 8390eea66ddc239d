import { describe, expect, test } from 'vitest';
import { ADMIN, DATA, GUEST, MEMBER, SECOND } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const SEED = seedOf(credential('airflow-dev'), credential('etl-dev'));
const AIRFLOW = credential('airflow-dev').technicalAccountId;
const ATTENTION = /^⚠️ \*Needs attention\*/;
const RESOLVED = /^☑️ \*Resolved\*/;
const BUTTONS = ['check_again', 'mark_resolved'];

/** A migration whose start Adobe answered with 500, without effect; its message says that it needs attention. */
async function needsAttention(options: Parameters<typeof startWorld>[0] = {}) {
  const world = await startWorld({ seed: SEED, ...options, env: { MIGRATION_TIMEOUT_SECONDS: '60', ...options.env } });
  world.adobe.faults.add({ on: 'start', kind: 'status', status: 500 });
  await world.migrate(ADMIN, 'airflow-dev');
  const end = await world.until(ATTENTION);
  expect(buttonIds(end)).toEqual([...BUTTONS, 'open_adobe']);
  world.clock.advance(60);
  return { world, end };
}

/** Presses a button of a message that everyone sees; only the presser sees the reply. */
async function press(world: World, userId: string, on: Parameters<World['press']>[1], id: string) {
  const act = () => world.slack.press(userId, on, id);
  return world.reaction(userId, on.channel, act, { ephemeral: true });
}

describe('Check again', () => {
  test('Check again says what Adobe says now, in an ephemeral message, and starts nothing', async () => {
    const { world, end } = await needsAttention();
    const still = await press(world, SECOND, end, 'check_again');
    expect(still.text).toContain('Check `airflow-dev` in Adobe');
    expect(still.text).toContain('still not started');
    expect(still.ephemeral).toBe(true);
    world.adobe.migrateElsewhere(AIRFLOW);
    expect((await press(world, SECOND, end, 'check_again')).text).toContain('is still running');
    expect(buttonIds(world.message(MEMBER, DATA, end.ts))).toEqual([...BUTTONS, 'open_adobe']);
    const { text } = await world.say(MEMBER, 'history airflow-dev');
    expect(text).toContain('<@U0ADMIN002> checked `airflow-dev` with Adobe again: not started');
    expect(text).toContain('<@U0ADMIN002> checked `airflow-dev` with Adobe again: started');
    expect(world.startsSent).toBe(1);
  });

  test('Check again says why Adobe cannot be read', async () => {
    const { world, end } = await needsAttention();
    world.adobe.consoleRefuses(true);
    const answer = await press(world, ADMIN, end, 'check_again');
    expect(answer.text).toContain('`airflow-dev` still needs attention: its state cannot be read.');
    expect(answer.text).toContain('AEP admin verification failed');
    expect(buttonIds(world.message(MEMBER, DATA, end.ts))).toEqual([...BUTTONS, 'open_adobe']);
  });

  test('Check again ends a migration that Adobe has completed, in the same message', async () => {
    const { world, end } = await needsAttention();
    world.adobe.migrateElsewhere(AIRFLOW);
    world.clock.advance(60);
    const answer = await press(world, ADMIN, end, 'check_again');
    expect(answer.text).toContain('✅ Adobe says that `airflow-dev` is migrated.');
    const migrated = await world.until(MIGRATED);
    expect(migrated.ts).toBe(end.ts);
    expect((await world.say(ADMIN, 'list migrated')).text).toContain('`airflow-dev` · *Migrated*');
    expect(world.startsSent).toBe(1);
  });
});

describe('Mark as resolved', () => {
  test('Mark as resolved asks in a dialog, then names the person in the message, and starts nothing', async () => {
    const { world, end } = await needsAttention();
    const dialog = JSON.stringify(buttonsOf(end)[1]?.dialog);
    expect(dialog).toContain('Resolved in Adobe?');
    expect(dialog).toContain('airflow-dev: only if you checked it in Adobe');

    const answer = await press(world, SECOND, end, 'mark_resolved');

    expect(answer.text).toContain('`airflow-dev` is marked as resolved. This sent nothing.');
    const resolved = await world.until(RESOLVED);
    expect(resolved.ts).toBe(end.ts);
    expect(resolved.text).toContain('was resolved in Adobe by <@U0ADMIN002>');
    expect(resolved.text).toContain('confirmed by <@U0ADMIN001>');
    expect(buttonIds(resolved)).toEqual([]);
    const { text } = await world.say(MEMBER, 'history');
    expect(text).toContain('<@U0ADMIN002> marked `airflow-dev` as resolved');
    const status = await world.say(MEMBER, 'status airflow-dev');
    expect(status.text).toContain('⚪');
    expect(status.text).toContain('was marked as *resolved* by <@U0ADMIN002>');
    expect(world.startsSent).toBe(1);
  });

  test('after Mark as resolved, the credential needs a new request and confirmation', async () => {
    const { world, end } = await needsAttention();
    expect((await world.say(ADMIN, 'migrate airflow-dev')).text).toContain('needs attention');
    await press(world, ADMIN, end, 'mark_resolved');
    await world.until(RESOLVED);
    await world.migrate(ADMIN, 'airflow-dev');
    const migrated = await world.until(MIGRATED);
    expect(migrated.ts).not.toBe(end.ts);
    expect(world.startsSent).toBe(2);
  });

  test('Mark as resolved by several people at once counts once, and the others see who did it', async () => {
    const { world, end } = await needsAttention();
    const pressers = [ADMIN, SECOND, ADMIN, SECOND, ADMIN];
    await Promise.all(pressers.map((userId) => world.slack.press(userId, end, 'mark_resolved')));
    const resolved = await world.until(RESOLVED);
    const by = /\*Resolved\*.* in Adobe by (<@\w+>)/.exec(resolved.text)?.[1];
    const replies = () =>
      [ADMIN, SECOND].flatMap((userId) =>
        world.slack
          .messagesSeenBy(userId, DATA)
          .filter(({ ephemeral, text }) => ephemeral && text.includes(`was marked as resolved by ${by}`)),
      );
    await world.slack.waitFor(() => replies().length === 4, { what: 'the replies to the others' });
    const { text } = await world.say(MEMBER, 'history');
    expect(text.match(/marked `airflow-dev` as resolved/g)).toHaveLength(1);
  });
});

describe('both buttons', () => {
  test.each([
    [
      MEMBER,
      /You have read-only access\. To (check a credential again|mark a credential as resolved), ask a workspace admin/,
    ],
    [GUEST, /Guests may not use this\./],
  ])('both buttons are denied to %s with a reason, and the denial is recorded', async (userId, words) => {
    const { world, end } = await needsAttention();
    for (const id of BUTTONS) {
      const refusal = await press(world, userId, end, id);
      expect(refusal.text).toMatch(words);
      expect(refusal.ephemeral).toBe(true);
    }
    expect(buttonIds(world.message(ADMIN, DATA, end.ts))).toEqual([...BUTTONS, 'open_adobe']);
    const { text } = await world.say(ADMIN, 'history');
    expect(text).toContain(`<@${userId}> wanted to check \`airflow-dev\` again and was denied access:`);
    expect(text).toContain(`<@${userId}> wanted to mark \`airflow-dev\` as resolved and was denied access:`);
  });

  test('both buttons are acknowledged at once, even while Slack and Adobe are slow', async () => {
    const { world, end } = await needsAttention();
    for (const id of BUTTONS) {
      world.slack.fail('users.info', { hangMs: 60_000 });
      const { status } = await world.slack.press(ADMIN, end, id);
      expect(status).toBe(200);
      world.slack.heal();
    }
    await world.until(RESOLVED);
  });

  test('both buttons are in the status of the credential as well, in case the message is gone', async () => {
    const gone = [expect.stringMatching(/^chat\.update: message_not_found/)];
    const { world } = await needsAttention({ refused: gone });
    expect(buttonIds(await world.say(MEMBER, 'status airflow-dev'))).toEqual([]);
    const status = await world.say(ADMIN, 'status airflow-dev');
    expect(buttonIds(status)).toEqual([...BUTTONS, 'hold']);
    for (const message of world.slack.state.messages.filter(({ onlyFor }) => onlyFor === null))
      world.slack.state.deleteMessage(message);
    await world.press(ADMIN, status, 'mark_resolved');
    // A deleted message is posted again.
    expect((await world.until(RESOLVED)).edited).toBe(false);
  });

  test('both buttons of an outdated message do nothing, and say what happened instead', async () => {
    const { world, end } = await needsAttention();
    world.adobe.migrateElsewhere(AIRFLOW);
    world.clock.advance(60);
    await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');
    await world.until(MIGRATED);
    const [, { value = '' } = {}] = buttonsOf(end);
    for (const id of BUTTONS) {
      const late = await world.forge(SECOND, id, value);
      expect(late.text).toContain('✅ `airflow-dev` is migrated');
      expect(late.text).toContain('No action needed.');
    }
    expect((await world.say(ADMIN, 'history')).text).not.toMatch(/checked .* again|marked .* as resolved/);
  });

  test('both buttons with a forged value do nothing', async () => {
    const { world, end } = await needsAttention();
    const question = await world.say(ADMIN, 'migrate etl-dev');
    const asked = buttonsOf(question)[0]?.value ?? '';
    for (const id of BUTTONS) {
      for (const value of ['', 'made-up', AIRFLOW, '{"offset":0}', 'x'.repeat(2_000)])
        expect((await world.forge(ADMIN, id, value)).text).toContain('This migration is not known here.');
      expect((await world.forge(ADMIN, id, asked)).text).toContain('`etl-dev` does not need attention');
      expect((await world.forge(MEMBER, id, 'made-up')).text).toContain('You have read-only access');
    }
    expect(buttonIds(world.message(ADMIN, DATA, end.ts))).toEqual([...BUTTONS, 'open_adobe']);
    await world.press(ADMIN, question, 'confirm');
    await world.until(MIGRATED);
    expect((await world.say(ADMIN, 'history')).text).not.toMatch(/checked .* again|marked .* as resolved/);
  });
});

describe('a migration that needs attention', () => {
  test('a migration that needs attention holds up no other', async () => {
    const { world, end } = await needsAttention();
    await world.migrate(SECOND, 'etl-dev');
    const migrated = await world.until(MIGRATED);
    expect(migrated.text).toContain('`etl-dev`');
    expect(world.message(MEMBER, DATA, end.ts).text).toMatch(ATTENTION);
    expect(world.startsSent).toBe(2);
  });

  test('a migration that needs attention is in the list and in the Home, with advice', async () => {
    const { world } = await needsAttention();
    const list = await world.say(MEMBER, 'list');
    expect(list.text).toContain('`airflow-dev` · *Needs attention*');
    expect(list.text).toContain('run `/qs-creds status NAME` for details');
    await world.slack.openHome(MEMBER);
    const home = JSON.stringify(await world.slack.waitFor(() => world.slack.homeOf(MEMBER)));
    expect(home).toContain('`airflow-dev` · *Needs attention*');
    expect(home).toContain('to check again');
  });

  test('a migration that needs attention can be resolved after a restart', async () => {
    const { world, end } = await needsAttention({ onDisk: true });
    await world.stop();
    await world.start();
    await press(world, SECOND, end, 'mark_resolved');
    expect((await world.until(RESOLVED)).ts).toBe(end.ts);
  });
});
