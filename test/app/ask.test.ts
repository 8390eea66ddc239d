import { describe, expect, test } from 'vitest';
import { ADMIN, DATA, MEMBER, OWNER, SECOND } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED } from './world.ts';

const SEED = seedOf(
  credential('airflow-dev', { description: 'Airflow, development', sandboxes: ['dev', 'stage'] }),
  credential('airflow-stage', { sandboxes: ['stage'] }),
  credential('bi-nightly', { sandboxes: ['prod'], owner: null }),
  credential('crm-sync', { state: 'COMPLETED' }),
  credential('dbt', { state: 'STARTED' }),
  credential('notebooks', { state: 'NONE' }),
  credential('load-test', { consoleId: null }),
);
const AIRFLOW_DEV = credential('airflow-dev').technicalAccountId;

describe('/qs-creds migrate NAME', () => {
  test('migrate asks in an ephemeral message, with everything there is to know', async () => {
    const world = await startWorld({ seed: SEED });

    const question = await world.say(ADMIN, 'migrate airflow-dev');

    expect(question.ephemeral).toBe(true);
    expect(world.slack.messagesSeenBy(MEMBER, DATA)).toEqual([]);
    for (const words of [
      '*Migrate `airflow-dev`?*',
      'sandboxes `dev`, `stage`',
      'owner `owner@example.com`',
      `Technical account \`${AIRFLOW_DEV}\``,
      'Description: `Airflow, development`',
      'replaces its JWT credential with an OAuth Server-to-Server one',
      'cannot be cancelled once started, cannot be undone, and takes 30 to 40 seconds',
      'Expires at <!date^1746436200^{time}|',
    ]) {
      expect(question.text).toContain(words);
    }
    const [migrate, cancel, ...more] = buttonsOf(question);
    expect(more).toEqual([]);
    expect(migrate).toMatchObject({ id: 'confirm', text: 'Migrate', style: 'danger' });
    expect(migrate?.dialog).toMatchObject({
      style: 'danger',
      text: { text: expect.stringMatching(/^airflow-dev: It cannot be cancelled once started/) },
    });
    expect(cancel).toMatchObject({ id: 'cancel', text: 'Cancel', style: '', dialog: null });
    await world.expectNothingStarted();
  });

  test('migrate mentions the owner if Slack has already identified them, and makes no lookup to do so', async () => {
    const world = await startWorld({ seed: SEED });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(MIGRATED);
    const direct = world.slack.directOf(OWNER);
    const isTold = () => world.slack.messagesSeenBy(OWNER, direct).length > 0;
    await world.slack.waitFor(isTold, { what: 'the notice to the owner' });
    const lookups = () => world.slack.calls.filter(({ method }) => method === 'users.lookupByEmail').length;
    const before = lookups();

    const question = await world.say(ADMIN, 'migrate airflow-stage');
    expect(question.text).toContain(`sandbox \`stage\` · owner <@${OWNER}>`);
    await world.press(ADMIN, question, 'confirm');
    const progress = await world.until(/^✅ \*Migrated\*: `airflow-stage`/);
    expect(progress.text).toContain(`sandbox \`stage\` · owner <@${OWNER}>`);
    expect(lookups()).toBe(before);
  });

  test.each([AIRFLOW_DEV, AIRFLOW_DEV.toLowerCase(), 'AIRFLOW-DEV', '"airflow-dev"'])(
    'migrate finds %j',
    async (typed) => {
      const world = await startWorld({ seed: SEED });
      expect((await world.say(ADMIN, `migrate ${typed}`)).text).toContain('*Migrate `airflow-dev`?*');
    },
  );

  test('migrate asks which of several credentials is meant', async () => {
    const world = await startWorld({ seed: SEED });

    const which = await world.say(ADMIN, 'migrate airflow');

    expect(which.text).toContain('2 credentials match `airflow`. Which one?');
    expect(buttonsOf(which).map(({ value }) => value)).toEqual([
      AIRFLOW_DEV,
      credential('airflow-stage').technicalAccountId,
    ]);
    const question = await world.press(ADMIN, which, 'migrate', { value: AIRFLOW_DEV });
    expect(question.text).toContain('*Migrate `airflow-dev`?*');
    await world.expectNothingStarted();
  });

  test('migrate offers a credential that matches other than by its whole name, and asks nothing before it is chosen', async () => {
    const world = await startWorld({ seed: SEED });
    const offered = await world.say(ADMIN, 'migrate development');
    expect(offered.text).toContain('1 credential matches `development`. Is it this one?');
    expect(offered.text).toContain('Matches in its description: `Airflow, development`');
    expect(buttonsOf(offered).map(({ id, value }) => [id, value])).toEqual([['migrate', AIRFLOW_DEV]]);
    const all = await world.say(ADMIN, 'migrate all');
    expect(all.text).toContain('Adobe migrates one credential at a time');
    expect(buttonIds(all)).toEqual(['migrate_next']);
    expect((await world.say(ADMIN, 'history')).text).toContain('Nothing has happened yet.');
  });

  test('migrate asks which of several credentials of the same name is meant, and shows ten at most', async () => {
    const ids = Array.from({ length: 12 }, (_, i) => `${i}`.padStart(24, '0'));
    const world = await startWorld({
      seed: seedOf(...ids.map((technicalAccountId) => credential('same', { technicalAccountId }))),
    });
    const which = await world.say(ADMIN, 'migrate same');
    expect(which.text).toContain('12 credentials match `same`');
    expect(which.text).toContain('2 more match');
    expect(buttonsOf(which).map(({ value }) => value)).toEqual(ids.slice(0, 10));
  });

  test('migrate suggests the nearest names when none matches', async () => {
    const world = await startWorld({ seed: SEED });
    const { text } = await world.say(ADMIN, 'migrate bi-nihgtly');
    expect(text).toMatch(/^No credential matches `bi-nihgtly`\. Did you mean `bi-nightly`/);
  });

  test.each([
    ['crm-sync', '`crm-sync` is already migrated'],
    ['dbt', '`dbt` is *Unfinished*: its migration was begun in Adobe'],
    ['notebooks', '`notebooks` is *Not eligible*'],
    ['load-test', 'The state of `load-test` is *Unknown*, so it cannot be started from here. The Developer Console'],
  ])('migrate does not ask about %s, and says why', async (name, words) => {
    const world = await startWorld({ seed: SEED });
    const answer = await world.say(ADMIN, `migrate ${name}`);
    expect(answer.text).toContain(words);
    expect(buttonIds(answer)).toEqual([]);
    expect(world.adobe.starts).toEqual([]);
  });

  test('migrate says that a credential is being migrated, and who confirmed it', async () => {
    const world = await startWorld({ seed: SEED });
    await world.migrate(ADMIN, 'airflow-dev');
    const answer = await world.say(SECOND, 'migrate airflow-dev');
    expect(answer.text).toContain('`airflow-dev` is already being migrated, confirmed by <@U0ADMIN001>');
  });

  test('migrate says that a credential needs attention', async () => {
    const world = await startWorld({ seed: SEED });
    world.adobe.faults.add({ on: 'start', kind: 'hang', ms: 1 });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(/Needs attention/);
    const answer = await world.say(ADMIN, 'migrate airflow-dev');
    expect(answer.text).toContain('`airflow-dev` needs attention: an earlier start was sent');
    expect(buttonIds(answer)).toEqual([]);
  });

  test('migrate is denied to members who may not migrate', async () => {
    const world = await startWorld({ seed: SEED });
    const { text } = await world.say(MEMBER, 'migrate airflow-dev');
    expect(text).toBe(
      'You have read-only access. To migrate, ask a workspace admin or owner. Slack lists workspace admins and owners under *About this workspace*.',
    );
    const { text: forged } = await world.forge(MEMBER, 'migrate', AIRFLOW_DEV);
    expect(forged).toContain('You have read-only access.');
  });
});

describe('/qs-creds migrate', () => {
  test('migrate without a name offers a picker of eligible credentials that leads to the question', async () => {
    const world = await startWorld({ seed: SEED });

    const picker = await world.say(ADMIN, 'migrate');
    expect(picker.text).toContain('3 credentials can be migrated');
    const all = await world.slack.suggest(ADMIN, picker, 'pick_credential', '');
    expect(all.options.map(({ text }) => text)).toEqual([
      'bi-nightly · prod',
      'airflow-dev · dev, stage',
      'airflow-stage · stage',
    ]);
    const some = await world.slack.suggest(ADMIN, picker, 'pick_credential', 'STAGE air');
    expect(some.options).toHaveLength(2);
    expect((await world.slack.suggest(ADMIN, picker, 'pick_credential', 'crm')).options).toEqual([]);
    await world.slack.suggest(ADMIN, picker, 'pick_credential', 'bi');
    const selected = credential('bi-nightly').technicalAccountId;
    const question = await world.press(ADMIN, picker, 'pick_credential', { selected });

    expect(question.text).toContain('*Migrate `bi-nightly`?*');
    expect(question.ephemeral).toBe(true);
    await world.expectNothingStarted();
  });

  test('the picker shows the ids of credentials whose names are alike, and no others', async () => {
    const twins = ['0A1B2C3D4E5F60718293A4B5', '1A1B2C3D4E5F60718293A4B5'] as const;
    const of = (technicalAccountId: string) => credential('etl', { technicalAccountId });
    const world = await startWorld({ seed: seedOf(...twins.map(of), credential('crm')) });
    const { options } = await world.slack.suggest(ADMIN, await world.say(ADMIN, 'migrate'), 'pick_credential', '');
    expect(options.map(({ text }) => text).sort()).toEqual(['crm · dev', ...twins.map((id) => `etl · ${id}`)]);
  });

  test('the picker responds in time, without options, while Slack is too slow to say who asks', async () => {
    const world = await startWorld({ seed: SEED });
    const picker = await world.say(ADMIN, 'migrate');
    world.slack.fail('users.info', { hangMs: 5_000 });
    const slow = await world.slack.suggest(ADMIN, picker, 'pick_credential', '');
    expect(slow).toMatchObject({ status: 200, options: [] });
    expect((await world.slack.suggest(ADMIN, picker, 'pick_credential', '')).options).toHaveLength(3);
  });

  test('the picker offers options only to migrators', async () => {
    const world = await startWorld({ seed: SEED });
    const forged = { type: 'block_suggestion', action_id: 'pick_credential', block_id: 'b', value: '' };
    expect((await world.slack.forgeInteraction(MEMBER, forged)).body).toEqual({ options: [] });
    const honest = await world.slack.forgeInteraction(ADMIN, forged);
    expect(honest.body).toMatchObject({ options: { length: 3 } });
  });

  test('migrate says when nothing is left', async () => {
    const world = await startWorld({ seed: seedOf(credential('crm-sync', { state: 'COMPLETED' })) });
    const answer = await world.say(ADMIN, 'migrate');
    expect(answer.text).toContain('No credential is Eligible, so there is nothing to migrate.');
    expect(buttonIds(answer)).toEqual([]);
  });

  test('migrate does not ask about a credential that Adobe no longer shows', async () => {
    const world = await startWorld({ seed: SEED });
    for (const value of ['000000000000000000000000', '', '<!channel>', "' or 1=1 --"]) {
      expect((await world.forge(ADMIN, 'migrate', value)).text, value).toContain('Adobe no longer shows');
    }
    await world.expectNothingStarted();
  });
});
