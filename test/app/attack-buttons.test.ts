import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Json } from '../../playground/slack/json.ts';
import { ADMIN, DATA, MEMBER, SECOND } from '../support/people.ts';
import { buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const DEV = 'airflow-dev';
const FIRST = 'bi-nightly';
const OTHER = 'etl-core';
const SEED = seedOf(
  credential(DEV),
  credential(FIRST, { sandboxes: ['prod'] }),
  credential(OTHER, { sandboxes: ['prod'] }),
);

async function ask(world: World, name: string, userId = ADMIN) {
  const question = await world.say(userId, `migrate ${name}`);
  return { question, id: String(buttonsOf(question).find(({ id }) => id === 'cancel')?.value) };
}

/** Submits the modal for the name with any state in it, even as someone who may not see it. */
function submit(world: World, userId: string, metadata: string, typed: string, fields: Json = {}) {
  const view = {
    id: 'V0FORGED01',
    type: 'modal',
    callback_id: 'production_confirmation',
    private_metadata: metadata,
    state: { values: { typed_name: { name: { type: 'plain_text_input', value: typed } } } },
  };
  return world.slack.forgeInteraction(userId, { type: 'view_submission', view, ...fields });
}

const metadataOf = (id: string, responseUrl: string | null = null) => JSON.stringify({ id, responseUrl });

describe('the modal of a production credential', () => {
  test('the modal with another request in it asks for the name of that request’s credential', async () => {
    const world = await startWorld({ seed: SEED });
    await ask(world, FIRST);
    const other = await ask(world, OTHER);

    const sent = await submit(world, ADMIN, metadataOf(other.id), FIRST);

    expect(sent).toMatchObject({
      status: 200,
      body: {
        response_action: 'errors',
        errors: { typed_name: `Name doesn't match. Type ${OTHER}. Nothing has been started.` },
      },
    });
    await world.expectNothingStarted();
  });

  test.each(['', 'no JSON', 'null', '{}', '{"id":7,"responseUrl":null}'])(
    'the modal with the state %j does nothing',
    async (state) => {
      const world = await startWorld({ seed: SEED });
      await ask(world, FIRST);
      expect(await submit(world, ADMIN, state, FIRST)).toMatchObject({ status: 200, body: '' });
      await world.expectNothingStarted();
    },
  );

  test('the modal with another person’s request is denied and audited', async () => {
    const world = await startWorld({ seed: SEED });
    const { id } = await ask(world, FIRST);
    const direct = world.slack.directOf(SECOND);
    const answer = await world.reaction(SECOND, direct, () => submit(world, SECOND, metadataOf(id), FIRST));
    expect(answer.text).toContain(`This question is for <@${ADMIN}>`);
    await world.expectNothingStarted();
    expect((await world.say(ADMIN, `history ${FIRST}`)).text).toContain(`<@${SECOND}> wanted to`);
  });

  test.each([
    ['an unknown id', () => 'a1b2c3'],
    ['a technical account', () => credential(FIRST).technicalAccountId],
    ['a path', () => '../../'],
    ['a statement', () => "' or 1=1 --"],
    ['the prototype', () => '__proto__'],
  ])('the modal with %s in place of a request does nothing', async (_, id) => {
    const world = await startWorld({ seed: SEED });
    await ask(world, FIRST);
    const direct = world.slack.directOf(ADMIN);
    const answer = await world.reaction(ADMIN, direct, () => submit(world, ADMIN, metadataOf(id()), FIRST));
    expect(answer.text).toContain('no longer known here');
    await world.expectNothingStarted();
  });

  test('the modal of a request that was cancelled or confirmed does nothing', async () => {
    const world = await startWorld({ seed: SEED, migrationSeconds: 4 });
    const direct = world.slack.directOf(ADMIN);
    const cancelled = await ask(world, FIRST);
    await world.press(ADMIN, cancelled.question, 'cancel');
    const late = await world.reaction(ADMIN, direct, () => submit(world, ADMIN, metadataOf(cancelled.id), FIRST));
    expect(late.text).toContain('was cancelled by');
    await world.expectNothingStarted();

    const used = await ask(world, OTHER);
    await submit(world, ADMIN, metadataOf(used.id), OTHER);
    await world.until(MIGRATED);
    const again = await world.reaction(ADMIN, direct, () => submit(world, ADMIN, metadataOf(used.id), OTHER));
    expect(again.text).toContain('was confirmed by');
    expect(world.adobe.starts).toHaveLength(1);
  });

  test('the modal cannot confirm a request that is not about production', async () => {
    const world = await startWorld({ seed: SEED });
    const { id } = await ask(world, DEV);
    for (const typed of ['', FIRST]) {
      expect(await submit(world, ADMIN, metadataOf(id), typed)).toMatchObject({ body: { response_action: 'errors' } });
    }
    await world.expectNothingStarted();
  });
});

describe('forged presses', () => {
  test('the value of one button means nothing to another', async () => {
    const world = await startWorld({ seed: SEED });
    const { id } = await ask(world, DEV);
    const account = credential(DEV).technicalAccountId;
    const cases = [
      ['migrate', id, 'no longer shows this credential'],
      ['pick_credential', id, 'no longer shows this credential'],
      ['confirm', account, 'no longer known here'],
      ['confirm', JSON.stringify({ id }), 'no longer known here'],
      ['check_again', account, 'not known here'],
      ['mark_resolved', account, 'not known here'],
      ['mark_resolved', id, 'does not need attention'],
      ['check_again', id, 'does not need attention'],
    ] as const;
    for (const [action, value, words] of cases) {
      expect.soft((await world.forge(ADMIN, action, value)).text, action).toContain(words);
    }
    await world.expectNothingStarted();
  });

  test('a press on another person’s question is denied, whatever the payload says about who and where', async () => {
    const world = await startWorld({ seed: SEED });
    const { id, question } = await ask(world, DEV);
    const action = { action_id: 'confirm', value: id };
    const payloads: readonly Json[] = [
      { message: { ts: question.ts, user: ADMIN }, container: { type: 'message', message_ts: question.ts } },
      { original_user: { id: ADMIN }, message: { metadata: { user: ADMIN } } },
      { team: { id: 'T0LOCAL001' }, enterprise: { id: 'E1' }, is_enterprise_install: true },
      { user: { id: MEMBER, team_id: 'T0LOCAL001', is_admin: true, is_owner: true } },
    ];
    for (const fields of payloads) {
      const direct = world.slack.directOf(MEMBER);
      const press = () => world.slack.forgePress(MEMBER, action, { channel: { id: DATA }, ...fields });
      expect((await world.reaction(MEMBER, direct, press)).text).toContain('You have read-only access');
    }
    await world.expectNothingStarted();
  });

  test('a request of another organisation is unknown', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'qs-creds-attack-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'qs-creds.db');
    const world = await startWorld({ seed: SEED, env: { DATABASE_URL: `file:${path}` } });
    const { id, question } = await ask(world, DEV);
    const db = new DatabaseSync(path);
    db.prepare('update migrations set organisation = ? where id = ?').run('0THER@AdobeOrg', id);
    db.close();
    const { text } = await world.press(ADMIN, question, 'confirm');
    expect(text).toContain('no longer known here');
    await world.expectNothingStarted();
  });

  test('a press from another workspace is denied', async () => {
    const world = await startWorld({
      seed: SEED,
      refused: ['users.info: user_not_found'],
      errors: ['the reply to a failed request could not be sent'],
    });
    const { id } = await ask(world, DEV);
    world.slack.fail('chat.postMessage', { error: 'channel_not_found' });
    const elsewhere = { team: { id: 'T0OTHER001' }, user: { id: 'U0OTHER001', team_id: 'T0OTHER001' } };
    await world.slack.forgePress(ADMIN, { action_id: 'confirm', value: id }, { ...elsewhere, channel: { id: DATA } });
    await world.logged('the reply to a failed request could not be sent');
    await world.expectNothingStarted();
    expect((await world.say(ADMIN, `history ${DEV}`)).text).toContain('<@U0OTHER001> wanted to');
  });
});

test('an unknown button is acknowledged at once, does nothing, and is logged once', async () => {
  const world = await startWorld({ seed: SEED });
  const calls = world.slack.calls.length;
  const line = 'acknowledged a Slack request that no listener matches';
  for (const id of ['deploy', 'confirm ', 'CONFIRM', 'constructor', '']) {
    const before = world.timesLogged(line);
    const sent = await world.slack.forgePress(ADMIN, { action_id: id, value: 'Zq9' }, { channel: { id: DATA } });
    expect(sent).toMatchObject({ status: 200, body: '' });
    expect(world.timesLogged(line)).toBe(before + 1);
  }
  expect(world.slack.calls).toHaveLength(calls);
  await world.expectNothingStarted();
});
