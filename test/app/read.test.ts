import { describe, expect, test } from 'vitest';
import { ADMIN, DATA, MEMBER, OWNER, SECOND } from '../support/people.ts';
import { buttonIds } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, RUNNING } from './world.ts';

const SEED = seedOf(
  credential('airflow-dev', { description: 'Airflow, development' }),
  credential('airflow-stage'),
  credential('load-test', { consoleId: null }),
);

describe('/qs-creds status', () => {
  test('status shows counts, the age of the last sync, and what runs', async () => {
    const world = await startWorld({ seed: SEED });
    const status = await world.say(MEMBER, 'status');
    expect(status.ephemeral).toBe(true);
    expect(status.text).toContain('3 of 3 credentials left · 30 June 2025 · 56 days left');
    expect(status.text).toContain('⚪ Eligible 2 · ❔ Unknown 1');
    expect(status.text).toMatch(/Synced <!date.+>/);
    expect(status.text).toContain('No migration is running.');
  });

  test('status NAME shows the state of a credential before, during and after its migration', async () => {
    const world = await startWorld({ seed: SEED });
    const before = await world.say(ADMIN, 'status airflow-dev');
    expect(before.text).toContain('⚪ `airflow-dev` · idle for 30 days\n`dev` · `owner@example.com`');
    expect(before.text).toContain(`Technical account \`${credential('airflow-dev').technicalAccountId}\``);
    expect(before.text).toContain('Description: `Airflow, development`');
    expect(buttonIds(before)).toEqual(['migrate', 'hold']);
    expect(buttonIds(await world.say(MEMBER, 'status airflow-dev'))).toEqual([]);

    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(RUNNING);
    const meanwhile = await world.say(MEMBER, 'status airflow-dev');
    expect(meanwhile.text).toContain('*Migrating*');
    expect(meanwhile.text).toMatch(
      /Confirmed by <@U0ADMIN001> <!date.*>; migrating, started <!date\^\d+\^\{ago\}\|[^>]+>\./,
    );
    await world.until(MIGRATED);
    const after = await world.say(MEMBER, 'status airflow-dev');
    expect(after.text).toMatch(/Confirmed by <@U0ADMIN001> <!date.*>; \*Migrated\* <!date/);
    expect(buttonIds(after)).toEqual([]);
  });

  test('status NAME says why a state is unknown, offers several matches, and suggests the nearest names', async () => {
    const world = await startWorld({ seed: SEED });
    expect((await world.say(MEMBER, 'status load-test')).text).toContain('The Developer Console shows no');
    const several = await world.say(MEMBER, 'status airflow');
    expect(several.text).toContain('2 credentials match `airflow`');
    // The buttons do what was asked for, even for a migrator.
    expect(buttonIds(await world.say(ADMIN, 'status airflow'))).toEqual(['show_status', 'show_status']);
    expect(buttonIds(several)).toEqual(['show_status', 'show_status']);
    const { technicalAccountId: value } = credential('airflow-stage');
    const chosen = await world.press(MEMBER, several, 'show_status', { value });
    expect(chosen.text).toContain('⚪ `airflow-stage` · idle for 30 days');
    expect((await world.say(MEMBER, 'status lod-test')).text).toContain('Did you mean `load-test`');
  });
});

describe('/qs-creds history', () => {
  test('history says when nothing has happened yet', async () => {
    const world = await startWorld({ seed: SEED });
    const { text } = await world.say(MEMBER, 'history');
    expect(text).toBe('*History*, newest first\nNothing has happened yet.');
  });

  test('history lists who did what, newest first, for one credential or for all', async () => {
    const world = await startWorld({ seed: SEED });
    await world.press(SECOND, await world.say(SECOND, 'migrate airflow-stage'), 'cancel');
    await world.say(OWNER, 'migrate airflow-dev');
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(MIGRATED);

    const { text } = await world.say(MEMBER, 'history airflow-dev');
    const lines = text.split('\n').map((line) => line.replace(/^<!date[^>]*> /, ''));
    expect(lines).toEqual([
      '*History of `airflow-dev`*, newest first',
      '`airflow-dev` was *migrated*',
      'Adobe started migrating `airflow-dev`',
      'Adobe accepted the start of `airflow-dev`',
      'qs-creds was about to start the migration of `airflow-dev`',
      '<@U0ADMIN001> confirmed the migration of `airflow-dev`',
      '<@U0ADMIN001> asked to migrate `airflow-dev`',
    ]);
    const all = await world.say(MEMBER, 'history');
    expect(all.text).toContain('<@U0ADMIN002> cancelled the migration of `airflow-stage`');
    expect(all.text).toContain('<@U0OWNER001> wanted to migrate a credential and was denied access: read-only access');
  });

  test('history has pages', async () => {
    const world = await startWorld({ seed: SEED });
    for (let i = 0; i < 12; i += 1) await world.say(MEMBER, 'migrate airflow-dev');

    const newest = await world.say(ADMIN, 'history');
    expect(newest.text).toContain('1–10 of 12');
    expect(buttonIds(newest)).toEqual(['history_older']);
    const older = await world.press(ADMIN, newest, 'history_older');
    expect(older.ts).toBe(newest.ts);
    expect(older.text).toContain('11–12 of 12');
    const back = await world.press(ADMIN, older, 'history_newer');
    expect(back.text).toBe(newest.text);
  });

  test('history offers several matches, and suggests the nearest names', async () => {
    const world = await startWorld({ seed: SEED });
    const several = await world.say(ADMIN, 'history airflow');
    expect(several.text).toContain('2 credentials match `airflow`');
    expect(buttonIds(several)).toEqual(['show_history', 'show_history']);
    const { technicalAccountId: value } = credential('airflow-stage');
    const { text } = await world.press(ADMIN, several, 'show_history', { value });
    expect(text).toBe('*History of `airflow-stage`*, newest first\nNothing has happened yet.');
    expect((await world.say(MEMBER, 'history lod-test')).text).toContain('Did you mean `load-test`');
  });
});

describe('/qs-creds faq', () => {
  test('faq covers the questions on Adobe’s page', async () => {
    const world = await startWorld({ seed: SEED });
    const { text, ephemeral } = await world.say(MEMBER, 'faq');
    expect(ephemeral).toBe(true);
    for (const words of [
      'After 30 June 2025',
      '1 March 2026',
      'cannot be cancelled once started and cannot be undone',
      '30 to 40 seconds',
      'No non-expiring credentials found.',
      'AEP admin verification failed',
      'expiring credentials',
      'all at once',
      // The sources, as links.
      '<https://experienceleague.adobe.com/en/docs/experience-platform/query/ui/migrate-jwt-to-oauth|Query Service guide>',
      '<https://developer.adobe.com/developer-console/docs/guides/authentication/ServerToServerAuthentication/migration/|Developer Console guide>',
    ]) {
      expect(text).toContain(words);
    }
  });
});

describe('/qs-creds help', () => {
  const EVERYBODY = ['list', 'status', 'history', 'faq', 'help'];

  test.each(['help', '', 'HELP'])('help is the reply to %j, with only what this person may do', async (typed) => {
    const world = await startWorld({ seed: SEED });
    const { text } = await world.say(MEMBER, typed);
    for (const name of EVERYBODY) expect(text).toContain(`\`/qs-creds ${name}`);
    expect(text).not.toContain('/qs-creds migrate');
    expect(text).toContain('To migrate, ask a workspace admin or owner.');
    const { text: forAdmin } = await world.say(ADMIN, typed);
    for (const name of [...EVERYBODY, 'migrate']) expect(forAdmin).toContain(`\`/qs-creds ${name}`);
    expect(forAdmin).not.toContain('To migrate, ask');
  });

  test.each(['lst', 'migrate-all', 'constructor', '__proto__'])('follows an unknown command: %j', async (typed) => {
    const world = await startWorld({ seed: SEED });
    const { text } = await world.say(MEMBER, `${typed} airflow-dev`);
    const hint = typed === 'lst' ? ' Did you mean `/qs-creds list`?' : '';
    expect(text).toContain(`Unknown command \`${typed}\`.${hint} These are the commands:`);
    expect(text).toContain('`/qs-creds list');
    expect(world.slack.messagesSeenBy(ADMIN, DATA)).toEqual([]);
  });
});
