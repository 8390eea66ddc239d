import { describe, expect, test } from 'vitest';
import type { LocalSlack } from '../../playground/slack/local-slack.ts';
import { ADMIN, DATA, MEMBER } from '../support/people.ts';
import { buttonIds } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED } from './world.ts';

const SEED = seedOf(credential('airflow-dev'), credential('etl-dev'));
const AIRFLOW = credential('airflow-dev').technicalAccountId;

/** Someone deletes the message that everyone sees. */
function deleteProgress({ state }: LocalSlack): void {
  for (const message of state.messages.filter(({ onlyFor }) => onlyFor === null)) state.deleteMessage(message);
}

describe('Adobe', () => {
  test('a migration that Adobe sets back to not started is shown, and may be asked for again', async () => {
    // Long enough for a busy machine to notice that the migration runs.
    const world = await startWorld({ seed: SEED, migrationSeconds: 250 });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(/^⏳ \*Migrating `airflow-dev`\* [▰▱]/);
    world.adobe.failMigration(AIRFLOW);
    const end = await world.until(/^❌ \*Not migrated\*/);
    expect(end.text).toContain('Adobe began the migration, then set it back to not started');
    expect(end.text).toContain('Ask again; if it fails again, open a ticket with Adobe.');
    expect((await world.say(ADMIN, 'list eligible')).text).toContain('airflow-dev');
    expect(world.adobe.starts).toHaveLength(1);
  });

  test('nothing is sent when Adobe migrated the credential before the confirmation, and the end is shown', async () => {
    const world = await startWorld({ seed: SEED });
    const question = await world.say(ADMIN, 'migrate airflow-dev');
    world.adobe.migrateElsewhere(AIRFLOW);
    await world.press(ADMIN, question, 'confirm');
    const end = await world.until(MIGRATED);
    expect(end.text).toContain('It was migrated outside qs-creds; nothing was sent from here.');
    const { text } = await world.say(ADMIN, 'history');
    expect(text).toMatch(/(Adobe started migrating `airflow-dev`|`airflow-dev` was \*migrated\*) outside qs-creds/);
    expect(world.adobe.starts).toEqual([]);
  });

  test('a request is void when its credential is migrated outside this app', async () => {
    const world = await startWorld({ seed: SEED });
    const question = await world.say(ADMIN, 'migrate airflow-dev');
    const list = await world.say(ADMIN, 'list');
    world.adobe.migrateElsewhere(AIRFLOW);
    await world.slack.press(ADMIN, list, 'list_refresh');
    const isListed = () => world.message(ADMIN, DATA, list.ts).text.includes('`airflow-dev` · *Unfinished*');
    await world.slack.waitFor(isListed, { what: 'the list' });
    // Nobody pressed the question, so nobody is notified.
    const told = world.slack.messagesSeenBy(ADMIN, DATA).filter(({ text }) => text.includes('is no longer valid'));
    expect(told).toEqual([]);
    const late = await world.press(ADMIN, question, 'confirm');
    expect(late.text).toContain('is no longer valid: according to Adobe, its migration was begun or completed outside');
    expect(buttonIds(late)).toEqual([]);
    await world.expectNothingStarted();
    const { text } = await world.say(ADMIN, 'history');
    expect(text).toContain('the migration of `airflow-dev` was begun outside qs-creds');
    expect(text).toContain('the question about `airflow-dev` is no longer valid: outside qs-creds');
  });

  test('nothing is sent when Adobe cannot be read right before the start', async () => {
    const world = await startWorld({ seed: SEED });
    world.adobe.consoleRefuses(true);
    await world.migrate(ADMIN, 'airflow-dev');
    const end = await world.until(/^❌ \*Not migrated\*/);
    expect(end.text).toContain('could not be checked right before the start, so nothing was sent');
    expect(end.text).toContain('AEP admin verification failed');
    expect(world.adobe.starts).toEqual([]);
  });

  test('while Adobe cannot be read, the message says since when and that nothing was sent, then the migration continues', async () => {
    const world = await startWorld({ seed: SEED, env: { MIGRATION_TIMEOUT_SECONDS: '3600' } });
    world.adobe.faults.add({ on: 'status', kind: 'status', status: 503, times: 12 });
    await world.migrate(ADMIN, 'airflow-dev');
    const waiting = await world.until(
      /^🕓 \*Waiting for Adobe\* \(503\) since <!date.+>: `airflow-dev`\. Nothing has been sent\./,
    );
    expect(world.adobe.starts).toEqual([]);
    const end = await world.until(MIGRATED);
    expect(end.ts).toBe(waiting.ts);
    expect(world.adobe.starts).toHaveLength(1);
  });

  test('while a running migration cannot be read, its message says so and that it is still watched', async () => {
    const world = await startWorld({ seed: SEED, migrationSeconds: 250, env: { MIGRATION_TIMEOUT_SECONDS: '3600' } });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(/^⏳ \*Migrating `airflow-dev`\* [▰▱]/);
    world.adobe.faults.add({ on: 'status', kind: 'status', status: 503, times: 12 });
    await world.until(/Adobe's state can't be read \(503\) since <!date.+>, still watching\./);
    await world.until(MIGRATED);
  });

  test('nothing is sent when Adobe gives no token', async () => {
    const world = await startWorld({ seed: SEED });
    world.adobe.revokeTokens();
    const body = { error: 'invalid_client', error_description: 'invalid client_secret parameter' };
    world.adobe.faults.add({ on: 'token', kind: 'status', status: 400, body, times: 9 });
    await world.migrate(ADMIN, 'airflow-dev');
    const end = await world.until(/^❌ \*Not migrated\*/);
    expect(end.text).toContain("Adobe refused the app's own credential");
    expect(end.text).toContain('`ADOBE_CLIENT_SECRET`');
    expect(world.adobe.starts).toEqual([]);
  });
});

describe('Slack', () => {
  test('the end is posted again when the message was deleted', async () => {
    const world = await startWorld({
      seed: SEED,
      refused: [expect.stringMatching(/^chat\.update: message_not_found/)],
    });
    await world.migrate(ADMIN, 'airflow-dev');
    const first = await world.until(/^⏳ \*Migrating/);
    deleteProgress(world.slack);
    const end = await world.until(MIGRATED);
    expect(end.ts).not.toBe(first.ts);
    expect(world.slack.messagesSeenBy(MEMBER, DATA)).toHaveLength(1);
  });

  test('the end is shown later when Slack rejects every message for a while', async () => {
    const world = await startWorld({ seed: SEED });
    const refusals = 12;
    world.slack.fail('chat.postMessage', { error: 'service_unavailable', times: refusals });
    await world.migrate(ADMIN, 'airflow-dev');
    const end = await world.until(MIGRATED);
    const posts = world.slack.calls.filter(({ method }) => method === 'chat.postMessage');
    expect(posts.map(({ ok }) => ok)).toEqual([...Array(refusals).fill(false), true]);
    expect(end.edited).toBe(false);
    expect(world.adobe.starts).toHaveLength(1);
  });

  test('the end is shown later in the same message when Slack rejects every edit for a while', async () => {
    const world = await startWorld({ seed: SEED });
    await world.migrate(ADMIN, 'airflow-dev');
    const first = await world.until(/^⏳ \*Migrating/);
    // So few that less than two minutes pass: after two minutes, the end would be posted elsewhere.
    world.slack.fail('chat.update', { error: 'fatal_error', times: 4 });
    const end = await world.until(MIGRATED);
    expect(end.ts).toBe(first.ts);
    expect(world.slack.messagesSeenBy(MEMBER, DATA)).toHaveLength(1);
  });

  test('a confirmation counts even if Slack does not accept the reply', async () => {
    const world = await startWorld({ seed: SEED });
    const question = await world.say(ADMIN, 'migrate airflow-dev');
    world.slack.fail('response_url', { httpStatus: 500, times: 5 });
    await world.slack.press(ADMIN, question, 'confirm');
    await world.until(MIGRATED);
    expect(world.adobe.starts).toHaveLength(1);
    world.slack.heal();
    expect((await world.press(ADMIN, question, 'confirm')).text).toContain('was confirmed by');
  });
});

describe('a restart', () => {
  test('a restart during a migration continues it in the same message, and sends nothing again', async () => {
    const world = await startWorld({ seed: SEED, onDisk: true });
    await world.migrate(ADMIN, 'airflow-dev');
    const running = await world.until(/^⏳ \*Migrating `airflow-dev`\* [▰▱]/);
    await world.migrate(ADMIN, 'etl-dev');

    await world.stop();
    await world.start();

    const end = await world.until(/^✅ \*Migrated\*: `airflow-dev`/);
    expect(end.ts).toBe(running.ts);
    await world.until(/^✅ \*Migrated\*: `etl-dev`/);
    expect(world.adobe.starts).toHaveLength(2);
    expect(world.slack.messagesSeenBy(MEMBER, DATA)).toHaveLength(2);
  });

  test('a restart before Adobe’s response continues from Adobe’s state, and sends nothing again', async () => {
    const world = await startWorld({ seed: SEED, onDisk: true });
    world.adobe.faults.add({ on: 'start', kind: 'slow', ms: 60_000 });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(/ [1-9]\d* s of about 40 s/);
    expect(world.adobe.starts).toHaveLength(1);

    await world.stop();
    await world.start();

    await world.until(MIGRATED);
    expect(world.adobe.starts).toHaveLength(1);
  });

  test('a restart after the end at Adobe still shows the end', async () => {
    const world = await startWorld({ seed: SEED, onDisk: true });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(/^⏳ \*Migrating .* [▰▱]/);
    await world.stop();
    world.clock.advance(3600);
    await world.start();
    await world.until(MIGRATED);
    expect(world.adobe.starts).toHaveLength(1);
  });

  test('after a restart, Adobe is not called before the end of a pause that it asked for', async () => {
    const world = await startWorld({ seed: SEED, onDisk: true });
    world.adobe.faults.add({ on: 'start', kind: 'status', status: 429, headers: { 'retry-after': '3600' } });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(/^❌ \*Not migrated\*/);
    await world.stop();
    const calls = world.adobe.calls.length;
    await world.start();
    await world.logged('sync failed; the last known state stays');
    await world.migrate(ADMIN, 'etl-dev');
    await world.until(/\*Waiting for Adobe\*.*: `etl-dev`\. Nothing has been sent/);
    expect(world.adobe.calls).toHaveLength(calls);
  });

  test('a pending request can be confirmed after a restart', async () => {
    const world = await startWorld({ seed: SEED, onDisk: true });
    const question = await world.say(ADMIN, 'migrate airflow-dev');
    await world.stop();
    await world.start();
    expect((await world.press(ADMIN, question, 'confirm')).text).toContain('was confirmed');
    await world.until(MIGRATED);
  });
});
