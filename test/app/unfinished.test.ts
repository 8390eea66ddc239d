import { describe, expect, test } from 'vitest';
import { readableText } from '../../playground/slack/blocks.ts';
import { ADMIN } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { RUNNING } from './world.ts';

const SEED = seedOf(credential('airflow-dev'), credential('dbt', { state: 'STARTED' }));
const AIRFLOW = credential('airflow-dev').technicalAccountId;
const DBT = credential('dbt').technicalAccountId;
const HOW = 'delete the JWT credential to finish the migration, or the OAuth Server-to-Server credential to cancel it';

describe('a migration begun in the Developer Console and left unfinished', () => {
  test('is listed as Unfinished however long it stays so, with how to end it, and counts as left', async () => {
    const world = await startWorld({ seed: SEED });
    for (const days of [0, 30, 300]) {
      world.clock.advance(days * 24 * 3600);
      const before = await world.say(ADMIN, 'list');
      const list = await world.press(ADMIN, before, 'list_refresh');
      expect(list.text).toContain('2 of 2 credentials left');
      expect(list.text).toContain('`dbt` · *Unfinished* · ');
      expect(list.text).not.toContain('Migrating');
      expect(list.text).toContain(HOW);
      expect(buttonsOf(list).map(({ id, value }) => [id, value])).toContainEqual(['migrate', AIRFLOW]);
      expect(buttonsOf(list).map(({ value }) => value)).not.toContain(DBT);
    }
    expect((await world.say(ADMIN, 'list left')).text).toContain('`dbt`');
    const { text } = await world.say(ADMIN, 'list unfinished');
    expect(text).toContain('`dbt`');
    expect(text).not.toContain('`airflow-dev`');
  });

  test('cannot be migrated here, and migrate says what to do instead', async () => {
    const world = await startWorld({ seed: SEED });
    const reply = await world.say(ADMIN, 'migrate dbt');
    expect(reply.text).toContain('`dbt` is *Unfinished*: its migration was begun in Adobe, outside this app');
    expect(reply.text).toContain(HOW);
    expect(reply.text).toContain('Once cancelled, it can be migrated here.');
    expect(buttonIds(reply)).toEqual([]);
    await world.expectNothingStarted();
  });

  test('is explained by status, the Home and the FAQ, and help names the filter', async () => {
    const world = await startWorld({ seed: SEED });
    const status = await world.say(ADMIN, 'status dbt');
    expect(status.text).toContain('*Unfinished*: the migration was begun in Adobe, outside this app.');
    expect(status.text).toContain(HOW);
    expect((await world.say(ADMIN, 'status')).text).toContain('Unfinished 1');
    expect((await world.say(ADMIN, 'faq')).text).toContain('What does Unfinished mean?');
    expect((await world.say(ADMIN, 'help')).text).toContain('list [left|eligible|unfinished|');
    await world.slack.openHome(ADMIN);
    const home = await world.slack.waitFor(() => world.slack.homeOf(ADMIN), { what: 'a Home' });
    expect(readableText(home.blocks)).toMatch(/Unfinished\n🟡 `dbt` · \*Unfinished\*/);
    expect(readableText(home.blocks)).toContain(HOW);
  });

  test('is recorded in history, and its credential is Eligible again once it is cancelled there', async () => {
    const world = await startWorld({ seed: SEED });
    world.adobe.inConsole(AIRFLOW, 'begin');
    world.adobe.inConsole(DBT, 'cancel');
    const { text } = await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');
    expect(text).toContain('`airflow-dev` · *Unfinished*');
    expect(text).toContain('⚪ `dbt` · ');
    expect((await world.say(ADMIN, 'history')).text).toContain(
      'the migration of `airflow-dev` was begun outside qs-creds',
    );
    world.adobe.inConsole(AIRFLOW, 'finish');
    expect((await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh')).text).toContain('✅ Migrated 1');
  });

  test('ends a migration confirmed here as not migrated when its turn comes, and nothing is sent', async () => {
    const world = await startWorld({ seed: SEED, env: { MIGRATION_TIMEOUT_SECONDS: '60' } });
    const question = await world.say(ADMIN, 'migrate airflow-dev');
    world.adobe.inConsole(AIRFLOW, 'begin');
    await world.press(ADMIN, question, 'confirm');
    await world.until(RUNNING);
    expect((await world.say(ADMIN, 'list')).text).toContain('`airflow-dev` · *Migrating*');
    world.clock.advance(61);
    const end = await world.until(/^❌ \*Not migrated\*/);
    expect(end.text).toContain('Its migration was begun outside qs-creds, and nothing was sent from here.');
    expect(end.text).toContain(HOW);
    expect((await world.say(ADMIN, 'list')).text).toContain('`airflow-dev` · *Unfinished*');
    await world.expectNothingStarted();
  });

  test('stays Needs attention if the app sent its start, and is Unfinished once it is marked as resolved', async () => {
    const world = await startWorld({ seed: SEED, migrationSeconds: 1e9, env: { MIGRATION_TIMEOUT_SECONDS: '60' } });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(RUNNING);
    world.clock.advance(61);
    const end = await world.until(/^⚠️ \*Needs attention\*/);
    expect((await world.say(ADMIN, 'list')).text).toContain('`airflow-dev` · *Needs attention*');
    const checked = await world.press(ADMIN, end, 'check_again');
    expect(checked.text).toContain('Adobe says that `airflow-dev` is still running. If it stays so, end it there');
    await world.press(ADMIN, end, 'mark_resolved');
    expect((await world.say(ADMIN, 'list')).text).toContain('`airflow-dev` · *Unfinished*');
  });

  test('immediately ends a migration confirmed here with the same method, whose message offers Finish and Undo', async () => {
    const world = await startWorld({ seed: SEED, env: { MIGRATION_METHOD: 'developer-console' } });
    const question = await world.say(ADMIN, 'migrate airflow-dev');
    world.adobe.inConsole(AIRFLOW, 'begin');
    await world.press(ADMIN, question, 'confirm');
    const end = await world.until(/^🔗 \*Both credentials exist now\*: `airflow-dev`/);
    expect(end.text).toContain('It was begun outside qs-creds; nothing was sent from here.');
    expect(buttonIds(end)).toEqual(['finish', 'undo']);
    expect(world.startsSent).toBe(0);
  });
});
