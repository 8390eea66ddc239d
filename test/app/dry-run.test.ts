import { expect, test } from 'vitest';
import { ADMIN } from '../support/people.ts';
import { buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';

const SEED = seedOf(credential('airflow-dev'), credential('half', { state: 'STARTED' }));
const ID = credential('airflow-dev').technicalAccountId;

test.each([
  ['query-service', `POST /data/foundation/queryauth/accounts/${ID}/migrate`],
  ['developer-console', /POST \/console\/organizations\/\w+\/credentials\/oauth-server-to-server\/[-\w]+\/binding/],
  ['hand-off', 'a person would have been asked to press *Migrate* in Adobe'],
])(
  'a dry run with %s marks its question and shows what would have been sent, and Adobe receives only reads',
  async (method, call) => {
    const world = await startWorld({ seed: SEED, env: { MIGRATION_METHOD: method } });
    const question = await world.say(ADMIN, 'migrate airflow-dev dry-run');
    expect(question.text).toMatch(/^🧪 \*Dry run\*: nothing is sent to Adobe/);
    expect(buttonsOf(question)[0]?.text).toMatch(/\(dry run\)$/);

    const end = await world.press(ADMIN, question, 'confirm');
    expect(end.text).toContain(`was confirmed by <@${ADMIN}>`);
    expect(end.text).toMatch(call);
    await world.expectNothingStarted();
    const { text } = await world.say(ADMIN, 'history airflow-dev');
    expect(text).toContain(`<@${ADMIN}> confirmed a dry run of \`airflow-dev\`: nothing was sent`);
    expect(text).toContain(`<@${ADMIN}> asked for a dry run of \`airflow-dev\``);
  },
);

test('with DRY_RUN, Finish and Undo are dry runs as well', async () => {
  const world = await startWorld({ seed: SEED, env: { MIGRATION_METHOD: 'developer-console', DRY_RUN: 'true' } });
  const status = await world.say(ADMIN, 'status half');
  const question = await world.press(ADMIN, status, 'finish');
  expect((await world.press(ADMIN, question, 'confirm')).text).toMatch(/PATCH \S+\/finalize/);
  expect((await world.press(ADMIN, status, 'undo')).text).toMatch(/DELETE \S+\/binding/);
  await world.expectNothingStarted();
});

test('a dry run needs a name', async () => {
  const world = await startWorld({ seed: SEED });
  expect((await world.say(ADMIN, 'migrate dry-run')).text).toContain('migrate NAME dry-run');
});

test('history 7 days shows the last 7 days', async () => {
  const world = await startWorld({ seed: SEED });
  await world.say(ADMIN, 'migrate airflow-dev');
  expect((await world.say(ADMIN, 'history 7 days')).text).toMatch(
    /^\*History of the last 7 days\*.*\n.*asked to migrate/,
  );
});
