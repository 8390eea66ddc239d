import { expect, test } from 'vitest';
import { ADMIN, DATA, GUEST, MEMBER } from '../support/people.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import type { World } from './world.ts';

const SEED = seedOf(credential('airflow-dev'));

/** The Web API calls that the bot makes for an act. */
async function callsOf(world: World, act: () => Promise<unknown>): Promise<string[]> {
  const before = world.slack.calls.length;
  await act();
  return world.slack.calls.slice(before).map(({ method }) => method);
}

test('a read-only command is answered in its acknowledgement, without a call to Slack if the person was verified within a minute', async () => {
  const world = await startWorld({ seed: SEED });
  world.slack.fail('response_url', { httpStatus: 500, times: 1_000 });
  for (const command of ['list', 'status', 'status airflow-dev', 'history', 'faq', 'help', 'nonsense']) {
    world.clock.advance(60);
    expect(await callsOf(world, () => world.say(MEMBER, command)), command).toEqual(['users.info']);
    expect(await callsOf(world, () => world.say(MEMBER, command)), command).toEqual([]);
  }
});

test('migrate verifies the person with Slack again, however recently they ran a read-only command', async () => {
  const world = await startWorld({ seed: SEED });
  await world.say(ADMIN, 'list');
  expect(await callsOf(world, () => world.say(ADMIN, 'migrate airflow-dev'))).toContain('users.info');
});

test('a late reply is sent after the acknowledgement', async () => {
  const world = await startWorld({ seed: SEED });
  world.slack.fail('users.info', { hangMs: 60_000 });
  expect(await world.slack.command(ADMIN, DATA, 'list')).toMatchObject({ status: 200, body: '' });
  world.slack.heal();
  const reply = () => world.slack.messagesSeenBy(ADMIN, DATA).find(({ text }) => text.includes('airflow-dev'));
  await world.slack.waitFor(reply, { what: 'the list' });
});

test('a denial is never reused, and a replayed request does not get the reply again', async () => {
  const world = await startWorld({ seed: SEED });
  expect((await world.say(GUEST, 'list')).text).toContain('Guests may not use this.');
  expect(await callsOf(world, () => world.say(GUEST, 'list'))).toEqual(['users.info']);
  await world.say(MEMBER, 'list');
  const seen = world.slack.messagesSeenBy(MEMBER, DATA).length;
  expect(await world.slack.replay()).toMatchObject({ status: 200, body: '' });
  expect(world.slack.messagesSeenBy(MEMBER, DATA)).toHaveLength(seen);
});
