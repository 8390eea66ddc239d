import { describe, expect, test } from 'vitest';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { ADMIN, DATA, MEMBER, SECOND } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const SEED = seedOf(
  credential('airflow-dev'),
  credential('etl-dev'),
  credential('bi-nightly', { sandboxes: ['prod'] }),
  credential('dbt', { state: 'STARTED' }),
);
const BY_CONSOLE = { MIGRATION_METHOD: 'developer-console', MIGRATION_TIMEOUT_SECONDS: '60' };
const AIRFLOW = credential('airflow-dev').technicalAccountId;
const DBT = credential('dbt').technicalAccountId;

const BOUND = /^🔗 \*Both credentials exist now\*/;
const UNDONE = /^↩️ \*Undone\*/;

function start(options: Parameters<typeof startWorld>[0] = {}) {
  return startWorld({ seed: SEED, ...options, env: { ...BY_CONSOLE, ...options.env } });
}

/** Begins a migration, and returns the message of its end. */
async function begun(world: World, name = 'airflow-dev'): Promise<SeenMessage> {
  await world.migrate(ADMIN, name);
  return world.until(new RegExp(`${BOUND.source}.*\`${name}\``));
}

const changes = (world: World) => world.adobe.consoleChanges.map(({ what }) => what);

describe('a migration through the Developer Console', () => {
  test('is begun after a question, and then says that both credentials exist and what comes next', async () => {
    const world = await start();
    const question = await world.say(ADMIN, 'migrate airflow-dev');
    expect(question.text).toContain('*Begin the migration of `airflow-dev`?*');
    expect(question.text).toContain('Nothing irreversible happens in this step.');
    expect(question.text).not.toContain('cannot be undone');
    const closed = await world.press(ADMIN, question, 'confirm');
    expect(closed.text).toContain('Beginning the migration of `airflow-dev` was confirmed by <@U0ADMIN001>');
    const end = await world.until(BOUND);
    expect(end.text).toContain('Nothing irreversible has happened.');
    expect(end.text).toContain("Adobe does not say whether Query Service's jobs get the new secret");
    expect(buttonIds(end)).toEqual(['finish', 'undo']);
    expect(changes(world)).toEqual(['begin']);
    expect(world.adobe.starts).toEqual([]);
    expect((await world.say(ADMIN, 'list')).text).toContain('`airflow-dev` · *Unfinished*');
  });

  test('is finished by a second question, which says that it cannot be undone', async () => {
    const world = await start();
    const end = await begun(world);
    const question = await world.press(ADMIN, end, 'finish');
    expect(question.ephemeral).toBe(true);
    expect(question.text).toContain('*Finish the migration of `airflow-dev`?*');
    expect(question.text).toContain('It cannot be undone. Adobe does not say whether');
    expect(question.text).toContain('check one job first');
    expect(changes(world)).toEqual(['begin']);
    const closed = await world.press(ADMIN, question, 'confirm');
    expect(closed.text).toContain('Finishing the migration of `airflow-dev` was confirmed by <@U0ADMIN001>');
    const finished = await world.until(MIGRATED);
    expect(finished.ts).not.toBe(end.ts);
    expect(changes(world)).toEqual(['begin', 'finish']);
    const late = await world.press(ADMIN, end, 'undo');
    expect(late.text).toContain('`airflow-dev` is already migrated. Your click changed nothing.');
    const { text } = await world.say(ADMIN, 'history airflow-dev');
    for (const words of [
      '<@U0ADMIN001> asked to migrate `airflow-dev`',
      '`airflow-dev` has both credentials now',
      '<@U0ADMIN001> asked to finish the migration of `airflow-dev`',
      '<@U0ADMIN001> confirmed finishing the migration of `airflow-dev`',
    ])
      expect(text).toContain(words);
  });

  test('is undone by one press, recorded as asked and confirmed by that person, and can be begun again', async () => {
    const world = await start();
    const end = await begun(world);
    const [, undo] = buttonsOf(end);
    expect(undo).toMatchObject({ dialog: { title: { text: 'Undo the migration?' } } });
    const reply = await world.press(SECOND, end, 'undo');
    expect(reply.text).toContain('Undoing the migration of `airflow-dev`: recorded as asked and confirmed by you.');
    const undone = await world.until(UNDONE);
    expect(undone.text).toContain('has only its JWT credential again');
    expect(undone.text).toContain('confirmed by <@U0ADMIN002>');
    expect(undone.text).not.toContain('Migrated');
    expect(buttonIds(undone)).toEqual([]);
    const { text } = await world.say(ADMIN, 'history airflow-dev');
    expect(text).toContain('<@U0ADMIN002> asked to undo the migration of `airflow-dev`');
    expect(text).toContain('<@U0ADMIN002> confirmed undoing the migration of `airflow-dev`');
    expect(text).toContain('the migration of `airflow-dev` was undone');
    expect((await world.say(ADMIN, 'list')).text).toContain('⚪ `airflow-dev` · ');
    const question = await world.say(ADMIN, 'migrate airflow-dev');
    expect(question.text).toContain('*Begin the migration of `airflow-dev`?*');
    expect(changes(world)).toEqual(['begin', 'cancel']);
  });

  test('is finished once and undone once, however often the buttons are pressed', async () => {
    const world = await start();
    const end = await begun(world);
    await Promise.all([ADMIN, SECOND, ADMIN, SECOND].map((userId) => world.slack.press(userId, end, 'undo')));
    await world.until(UNDONE);
    const other = await begun(world, 'etl-dev');
    const question = await world.press(ADMIN, other, 'finish');
    await Promise.all([1, 2, 3].map(() => world.slack.press(ADMIN, question, 'confirm')));
    await world.until(MIGRATED);
    expect(changes(world)).toEqual(['begin', 'cancel', 'begin', 'finish']);
  });

  test('is not finished by a question that has expired, nor by one asked before it was undone', async () => {
    const world = await start();
    const end = await begun(world);
    const first = await world.press(ADMIN, end, 'finish');
    const [expired] = buttonsOf(first);
    world.clock.advance(10 * 60);
    const words = 'expired after 10 minutes. Nothing was started. Run `/qs-creds status NAME`';
    const late = await world.forge(ADMIN, 'confirm', expired?.value ?? '');
    expect(late.text).toContain(words);
    const second = await world.press(ADMIN, end, 'finish');
    const [superseded] = buttonsOf(second);
    await world.slack.press(SECOND, end, 'undo');
    await world.until(UNDONE);
    const answer = await world.forge(ADMIN, 'confirm', superseded?.value ?? '');
    expect(answer.text).toContain('is no longer valid');
    expect(changes(world)).toEqual(['begin', 'cancel']);
  });

  test('is neither finished nor undone by someone who may not migrate', async () => {
    const world = await start();
    const end = await begun(world);
    for (const action of ['finish', 'undo']) {
      const reply = await world.press(MEMBER, end, action);
      expect(reply.text).toContain('You have read-only access');
    }
    expect(changes(world)).toEqual(['begin']);
    expect((await world.say(ADMIN, 'history')).text).toContain(
      'wanted to undo the migration of `airflow-dev` and was denied access: read-only access',
    );
  });

  test('asks for the name at each of the two steps in production', async () => {
    const world = await start();
    const typed = { typed_name: { name: 'bi-nightly' } };
    const first = await world.openModal(ADMIN, await world.say(ADMIN, 'migrate bi-nightly'));
    expect(first.view.title.text).toBe('Begin in production');
    await world.slack.submit(ADMIN, first.viewId, typed);
    const end = await world.until(BOUND);
    const question = await world.press(ADMIN, end, 'finish');
    expect(buttonIds(question)).toEqual(['confirm_production', 'cancel']);
    const forged = await world.forge(ADMIN, 'confirm', buttonsOf(question)[0]?.value ?? '');
    expect(forged.text).toContain('its name has to be typed');
    const second = await world.openModal(ADMIN, question);
    expect(second.view.title.text).toBe('Finish in production');
    expect(JSON.stringify(second.view)).toContain('It cannot be undone.');
    await world.slack.submit(ADMIN, second.viewId, { typed_name: { name: 'wrong' } });
    expect(changes(world)).toEqual(['begin']);
    await world.slack.submit(ADMIN, second.viewId, typed);
    await world.until(MIGRATED);
    expect(changes(world)).toEqual(['begin', 'finish']);
  });

  test('names its step when it is declined', async () => {
    const world = await start({ env: { REQUIRE_SECOND_PERSON: 'true' } });
    await world.slack.press(SECOND, await world.say(SECOND, 'status dbt'), 'finish');
    await world.slack.press(ADMIN, await world.until(/\*Finish the migration of `dbt`/), 'decline');
    const modal = await world.slack.waitFor(() => world.slack.modalOf(ADMIN), { what: 'the modal' });
    await world.slack.submit(ADMIN, modal.viewId, { hold_reason: { reason: 'Not today' } });
    await world.until(/Finishing the migration of `dbt` was declined by/);
    expect((await world.say(MEMBER, 'history')).text).toContain('declined finishing the migration of `dbt`');
  });

  test('also needs a second person to finish it where one is required', async () => {
    const world = await start({ env: { REQUIRE_SECOND_PERSON: 'true' } });
    await world.say(ADMIN, 'migrate airflow-dev');
    const [first] = world.slack.messagesSeenBy(SECOND, DATA);
    await world.press(SECOND, first as SeenMessage, 'confirm');
    const end = await world.until(BOUND);
    await world.slack.press(SECOND, end, 'finish');
    const question = await world.until(/Finish the migration of/);
    await world.until(/^The question is in the channel/, DATA, SECOND);
    expect(question.text).toContain('Asked by <@U0ADMIN002>. A second person has to confirm');
    const denied = await world.press(SECOND, question, 'confirm');
    expect(denied.text).toContain('You asked for this migration, so a second person has to confirm it');
    expect(changes(world)).toEqual(['begin']);
    await world.press(ADMIN, question, 'confirm');
    const finished = await world.until(MIGRATED);
    expect(finished.text).toContain('asked by <@U0ADMIN002>, confirmed by <@U0ADMIN001>');
  });

  test.each([
    ['lose-response', 'finish', MIGRATED],
    ['lose-response', 'undo', UNDONE],
  ] as const)(
    'follows Adobe’s state if a response is lost, and sends nothing again: %s, %s',
    async (kind, action, ended) => {
      const world = await start();
      world.adobe.faults.add({ on: 'binding', kind });
      const end = await begun(world);
      world.adobe.faults.add({ on: action === 'finish' ? 'finalize' : 'unbinding', kind });
      const reply = await world.press(ADMIN, end, action);
      if (action === 'finish') await world.press(ADMIN, reply, 'confirm');
      await world.until(ended);
      expect(changes(world)).toEqual(['begin', action === 'finish' ? 'finish' : 'cancel']);
      expect(world.startsSent).toBe(2);
    },
  );

  test.each([400, 401, 403, 404])(
    'says what to do if Adobe refuses to finish it with %i, and offers Finish and Undo again',
    async (status) => {
      const world = await start();
      const end = await begun(world);
      world.adobe.faults.add({ on: 'finalize', kind: 'status', status });
      await world.press(ADMIN, await world.press(ADMIN, end, 'finish'), 'confirm');
      const failed = await world.until(/^❌ \*Not finished\*/);
      expect(failed.text).toContain('Nothing was started.');
      expect(failed.text).not.toContain('ADOBE_MIGRATE_PATH');
      expect(buttonIds(failed)).toEqual(['finish', 'undo']);
      expect(changes(world)).toEqual(['begin']);
      await world.press(ADMIN, failed, 'undo');
      await world.until(UNDONE);
    },
  );

  test('needs attention if Adobe accepts a step and does nothing, and can continue once it is marked as resolved', async () => {
    const world = await start();
    const end = await begun(world);
    world.adobe.switchFault('migration-fails', true);
    await world.press(ADMIN, await world.press(ADMIN, end, 'finish'), 'confirm');
    const attention = await world.until(/^⚠️ \*Needs attention\*/);
    expect(attention.text).toContain('the request was sent once and will not be sent again');
    const checked = await world.press(ADMIN, attention, 'check_again');
    expect(checked.text).toContain('`airflow-dev` is still Unfinished');
    await world.press(ADMIN, attention, 'mark_resolved');
    await world.until(/^☑️ \*Resolved\*/);
    world.adobe.switchFault('migration-fails', false);
    await world.press(ADMIN, await world.press(ADMIN, end, 'finish'), 'confirm');
    await world.until(MIGRATED);
    expect(changes(world)).toEqual(['begin', 'finish', 'finish']);
  });

  test('says that it was finished or undone in Adobe meanwhile', async () => {
    const world = await start();
    const end = await begun(world);
    const question = await world.press(ADMIN, end, 'finish');
    world.adobe.inConsole(AIRFLOW, 'finish');
    await world.press(ADMIN, question, 'confirm');
    expect((await world.until(MIGRATED)).text).toContain('It was finished outside qs-creds.');
    await world.press(ADMIN, await world.say(ADMIN, 'status dbt'), 'undo');
    await world.until(UNDONE);
    expect(changes(world)).toEqual(['begin', 'cancel']);
  });
});

describe('a migration that someone began in Adobe', () => {
  test('can be finished or undone from status and from migrate', async () => {
    const world = await start();
    for (const [text, more] of [['status dbt', ['hold']] as const, ['migrate dbt', []] as const]) {
      const reply = await world.say(ADMIN, text);
      expect(reply.text).toContain('*Finish…* retires the JWT one, which cannot be undone');
      expect(buttonIds(reply)).toEqual(['finish', 'undo', ...more]);
    }
    expect(buttonIds(await world.say(MEMBER, 'status dbt'))).toEqual([]);
    expect((await world.say(ADMIN, 'list')).text).toContain('Run `/qs-creds status NAME` to finish it');
    const question = await world.press(ADMIN, await world.say(ADMIN, 'status dbt'), 'finish');
    await world.press(ADMIN, question, 'confirm');
    await world.until(MIGRATED);
    expect(world.adobe.consoleChanges).toMatchObject([{ technicalAccountId: DBT, what: 'finish' }]);
  });

  test('has a Finish button in the list and in the Home, which asks there as well', async () => {
    const world = await start();
    const list = await world.say(ADMIN, 'list');
    expect(buttonsOf(list).filter(({ id }) => id === 'finish')).toMatchObject([{ value: DBT, text: 'Finish…' }]);
    expect(buttonIds(await world.say(MEMBER, 'list'))).not.toContain('finish');
    await world.slack.openHome(ADMIN);
    const home = await world.slack.waitFor(() => world.slack.homeOf(ADMIN), { what: 'a Home' });
    expect(buttonsOf(home).filter(({ id }) => id === 'finish')).toMatchObject([{ value: DBT }]);
    const question = await world.press(ADMIN, list, 'finish');
    expect(question.text).toContain('*Finish the migration of `dbt`?*');
    await world.press(ADMIN, question, 'cancel');
    expect(world.adobe.consoleChanges).toEqual([]);
  });

  test('is neither finished nor undone by an app that is set to another method', async () => {
    const world = await startWorld({ seed: SEED });
    expect(buttonIds(await world.say(ADMIN, 'status dbt'))).toEqual(['hold']);
    for (const action of ['finish', 'undo']) {
      const reply = await world.forge(ADMIN, action, DBT);
      expect(reply.text).toContain('`MIGRATION_METHOD` is not `developer-console`');
    }
    expect(world.adobe.consoleChanges).toEqual([]);
  });
});
