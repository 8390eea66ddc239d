import { describe, expect, test } from 'vitest';
import type { SeenModal } from '../../playground/slack/seen.ts';
import { ADMIN, DATA, MEMBER } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const NAME = 'BI nightly (EU)';
const SEED = seedOf(credential(NAME, { sandboxes: ['dev', 'prod'] }), credential('airflow-dev'));

async function ask(world: World) {
  const question = await world.say(ADMIN, `migrate ${NAME}`);
  return { question, modal: await world.openModal(ADMIN, question) };
}

/** The preformatted lines of a modal, which show what to type. */
function preformattedIn({ view }: SeenModal): string[] {
  const found = /"rich_text_preformatted","elements":\[\{"type":"text","text":("[^"]*")/.exec(
    JSON.stringify(view.blocks),
  );
  return found?.[1] === undefined ? [] : [JSON.parse(found[1])];
}

function typing(name: string) {
  return { typed_name: { name } };
}

describe('a production credential', () => {
  test('a production credential is marked, and Migrate asks for its name instead of a confirm dialog', async () => {
    const world = await startWorld({ seed: SEED });

    const { question, modal } = await ask(world);

    expect(question.text).toContain('🔒 `prod`, `dev` (🔒 production)');
    expect(question.text).toContain('*This is production.* You will be asked to type the name.');
    const [migrate, cancel] = buttonsOf(question);
    expect(migrate).toMatchObject({ id: 'confirm_production', style: 'danger', dialog: null });
    expect(cancel?.id).toBe('cancel');
    const text = JSON.stringify(modal.view);
    const alert = modal.view.blocks.find(({ type }) => type === 'alert');
    expect(JSON.stringify(alert)).toContain(
      'cannot be cancelled once started, cannot be undone, and takes 30 to 40 seconds',
    );
    expect(text).toContain('No schedules, and no queries in 30 days');
    expect(text).toContain('🔒 prod');
    expect(text).toContain('"Type the name to confirm"');
    expect(preformattedIn(modal)).toEqual([NAME]);
    expect(modal.view.submit?.text).toBe('Migrate');
    await world.expectNothingStarted();
  });

  test('if Slack rejects the alert block, the same modal opens in plain blocks and migrates', async () => {
    const world = await startWorld({ seed: SEED });
    world.slack.faults.switch('slack-no-new-blocks', true);
    const { modal } = await ask(world);
    expect(modal.view.blocks.map(({ type }) => type)).toEqual(['section', 'section', 'section', 'rich_text', 'input']);
    expect(JSON.stringify(modal.view)).toContain('⚠️ *It cannot be cancelled once started');
    await world.slack.submit(ADMIN, modal.viewId, typing(NAME));
    await world.until(MIGRATED);
  });

  test.each(['bi nightly (eu)', 'BI nightly', `${NAME}!`, ' ', 'airflow-dev'])(
    'a production credential is not migrated by typing %j, and the field says so',
    async (typed) => {
      const world = await startWorld({ seed: SEED });
      const { modal } = await ask(world);

      await world.slack.submit(ADMIN, modal.viewId, typing(typed));

      const errors = { typed_name: `Name doesn't match. Type ${NAME}. Nothing has been started.` };
      expect(world.slack.modalOf(ADMIN)?.errors).toEqual(errors);
      await world.expectNothingStarted();
    },
  );

  test('a production credential is migrated by typing its name, at the second attempt as well', async () => {
    const world = await startWorld({ seed: SEED });
    const { question, modal } = await ask(world);
    await world.slack.submit(ADMIN, modal.viewId, typing('wrong'));

    const submit = () => world.slack.submit(ADMIN, modal.viewId, typing(`  ${NAME} `));
    const closed = await world.reaction(ADMIN, DATA, submit, { ephemeral: true });

    expect(world.slack.modalOf(ADMIN)).toBeNull();
    expect(closed.ts).toBe(question.ts);
    expect(closed.text).toContain('was confirmed by <@U0ADMIN001>');
    expect(buttonIds(closed)).toEqual([]);
    expect((await world.until(MIGRATED)).text).toContain('sandboxes 🔒 `prod`, `dev` (🔒 production)');
    expect(world.adobe.starts).toHaveLength(1);
  });

  test('a production migration starts once, however often the modal is submitted', async () => {
    const world = await startWorld({ seed: SEED });
    const { modal } = await ask(world);
    await world.slack.submit(ADMIN, modal.viewId, typing(NAME));
    await Promise.all([world.slack.replay(), world.slack.replay(), world.slack.replay()]);
    await world.until(MIGRATED);
    expect(world.adobe.starts).toHaveLength(1);
  });

  test('a modal left open for ten minutes migrates nothing', async () => {
    const world = await startWorld({ seed: SEED });
    const { question, modal } = await ask(world);
    world.clock.advance(10 * 60);
    await world.slack.submit(ADMIN, modal.viewId, typing(NAME));
    const overdueRequests = () => world.message(ADMIN, DATA, question.ts).text.includes('expired after 10 minutes');
    await world.slack.waitFor(overdueRequests, { what: 'the expiry' });
    await world.expectNothingStarted();
  });

  test('no modal opens for a request that was cancelled or has expired', async () => {
    const world = await startWorld({ seed: SEED });
    const question = await world.say(ADMIN, `migrate ${NAME}`);
    const [migrate] = buttonsOf(question);
    await world.press(ADMIN, question, 'cancel');
    const answer = await world.forge(ADMIN, 'confirm_production', String(migrate?.value));
    expect(answer.text).toContain('was cancelled');
    expect(world.slack.modalOf(ADMIN)).toBeNull();
  });

  test('a modal submitted by someone who may not migrate migrates nothing', async () => {
    const world = await startWorld({ seed: SEED });
    const { modal } = await ask(world);
    const { view } = modal;
    const forged = {
      type: 'view_submission',
      view: { ...view, state: { values: { typed_name: { name: { value: NAME } } } } },
    };

    await world.slack.forgeInteraction(MEMBER, forged);
    const refused = () => world.slack.messagesSeenBy(ADMIN, DATA).some(({ text }) => text.includes('read-only access'));
    await world.slack.waitFor(refused, { what: 'a refusal' });

    await world.expectNothingStarted();
    expect((await world.say(ADMIN, 'history')).text).toContain(
      '<@U0MEMBER01> wanted to confirm the migration of `BI nightly (EU)` and was denied access: read-only access',
    );
  });

  test.each([
    ['', '(no name)'],
    ['x'.repeat(81), `${'x'.repeat(79)}…`],
    ['rocket 🚀', 'rocket 🚀'],
    ['left\u200eright', 'left right'],
  ])('a production credential named %j is confirmed by its technical account id', async (name, shown) => {
    const technicalAccountId = 'ABCDEF0123456789ABCDEF01';
    const odd = credential(name, { technicalAccountId, sandboxes: ['prod'] });
    const world = await startWorld({ seed: seedOf(odd) });
    const question = await world.say(ADMIN, `migrate ${technicalAccountId}`);
    expect(question.text).toContain(shown);
    const modal = await world.openModal(ADMIN, question);
    expect(JSON.stringify(modal.view)).toContain('"Type the technical account id to confirm"');
    expect(preformattedIn(modal)).toEqual([technicalAccountId]);
    await world.slack.submit(ADMIN, modal.viewId, typing(name || 'x'));
    expect(world.slack.modalOf(ADMIN)?.errors).toMatchObject({ typed_name: /not it/ });
    await world.slack.submit(ADMIN, modal.viewId, typing(technicalAccountId));
    await world.until(MIGRATED);
  });
});

describe('which sandboxes are production', () => {
  const NOT_TYPED = 'This is production, or may be, so its name has to be typed. Nothing was started.';
  const BOTH = seedOf(
    credential('etl', { sandboxes: ['dev', 'emea-live'] }),
    credential('test', { sandboxes: ['qa'] }),
  );

  test.each([
    ['is decided by their names', '', 'Production: `emea-live` (by name; set `PRODUCTION_SANDBOXES` to change).'],
    ['is what PRODUCTION_SANDBOXES says', 'emea-live', 'Production: `emea-live` (`PRODUCTION_SANDBOXES`).'],
  ])('%s: in the list, in the question and at its confirmation', async (_, set, words) => {
    const world = await startWorld({
      seed: BOTH,
      env: { ADOBE_SANDBOXES: 'dev,emea-live,qa', PRODUCTION_SANDBOXES: set },
    });
    const list = await world.say(ADMIN, 'list');
    expect(list.text).toContain('⚪ `etl` · idle for 30 days\n🔒 `emea-live`, `dev` · ');
    expect(list.text).toContain(words);
    const question = await world.say(ADMIN, 'migrate etl');
    expect(question.text).toContain('*This is production.* You will be asked to type the name.');
    expect(buttonIds(question)).toEqual(['confirm_production', 'cancel']);
    const forged = await world.forge(ADMIN, 'confirm', buttonsOf(question)[0]?.value ?? '');
    expect(forged.text).toContain(NOT_TYPED);
    await world.expectNothingStarted();
    expect(buttonIds(await world.say(ADMIN, 'migrate test'))).toEqual(['confirm', 'cancel']);
  });

  test('is decided by PRODUCTION_SANDBOXES alone once it is set', async () => {
    const env = { ADOBE_SANDBOXES: 'dev,emea-live,qa', PRODUCTION_SANDBOXES: 'qa' };
    const world = await startWorld({ seed: BOTH, env });
    expect(buttonIds(await world.say(ADMIN, 'migrate test'))).toEqual(['confirm_production', 'cancel']);
    expect(buttonIds(await world.say(ADMIN, 'migrate etl'))).toEqual(['confirm', 'cancel']);
  });

  test('may be unknown: if one could not be read, the name has to be typed, since the credential may be in it as well', async () => {
    const env = { ADOBE_SANDBOXES: 'dev,stage', PRODUCTION_SANDBOXES: 'stage' };
    const world = await startWorld({ seed: seedOf(credential('test', { sandboxes: ['dev'] })), env });
    const list = await world.say(ADMIN, 'list');
    world.adobe.switchFault('sandbox-refused', true);
    world.adobe.add(credential('etl', { sandboxes: ['dev', 'stage'] }));
    await world.press(ADMIN, list, 'list_refresh');
    const question = await world.say(ADMIN, 'migrate etl');
    expect(question.text).toContain('sandbox `dev` ·');
    expect(question.text).toContain(
      '*It may be in production as well:* 🔒 `stage` could not be read in full. You will be asked to type the name.',
    );
    expect(buttonIds(question)).toEqual(['confirm_production', 'cancel']);
    const forged = await world.forge(ADMIN, 'confirm', buttonsOf(question)[0]?.value ?? '');
    expect(forged.text).toContain(NOT_TYPED);
    await world.expectNothingStarted();
    const modal = await world.openModal(ADMIN, question);
    expect(JSON.stringify(modal.view)).toContain('It may be in production as well');
    await world.slack.submit(ADMIN, modal.viewId, typing('etl'));
    await world.until(MIGRATED);
  });

  test('may not change after the question: a change of the setting voids it', async () => {
    const env = { ADOBE_SANDBOXES: 'dev,emea-live,qa', PRODUCTION_SANDBOXES: 'qa' };
    const world = await startWorld({ seed: BOTH, env, onDisk: true });
    const question = await world.say(ADMIN, 'migrate etl');
    await world.stop();
    await world.start({ PRODUCTION_SANDBOXES: 'emea-live' });
    const late = await world.press(ADMIN, question, 'confirm');
    expect(late.text).toContain('the credential has changed since');
    await world.expectNothingStarted();
  });
});
