import { expect, test } from 'vitest';
import { SCOPES } from '../../src/slack/health.ts';
import { ADMIN, SECOND, SHARED } from '../support/people.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED } from './world.ts';

const SEED = seedOf(credential('airflow-dev'));

test('everything about a migration asked for in a channel shared with another company is sent to the person by direct message', async () => {
  const world = await startWorld({ seed: SEED });
  await world.migrate(ADMIN, 'airflow-dev', SHARED);
  await world.until(MIGRATED, world.slack.directOf(ADMIN));
  expect(world.slack.messagesSeenBy(SECOND, SHARED)).toEqual([]);
});

test('no question is posted in a channel shared with another company', async () => {
  const world = await startWorld({ seed: SEED, env: { REQUIRE_SECOND_PERSON: 'true' } });
  const { text } = await world.say(ADMIN, 'migrate airflow-dev', SHARED);
  expect(text).toContain('shared with another company');
  expect(world.slack.messagesSeenBy(SECOND, SHARED)).toEqual([]);
});

test('nothing is posted in any channel while the app may not see whether it is shared', async () => {
  const scopes = SCOPES.filter((scope) => scope !== 'channels:read');
  const refused = ['conversations.info: missing_scope: needs channels:read'];
  const world = await startWorld({ seed: SEED, scopes, refused });
  await world.migrate(ADMIN, 'airflow-dev');
  await world.until(MIGRATED, world.slack.directOf(ADMIN));
});
