import { describe, expect, test } from 'vitest';
import { ADMIN, DATA, MEMBER } from '../support/people.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED } from './world.ts';

const SEED = seedOf(credential('airflow-dev'));
const ALWAYS = { times: Number.POSITIVE_INFINITY };

describe('Slack rejects', () => {
  test.each(['restricted_action_thread_only_channel', 'team_access_not_granted', 'whatever_new'])(
    'a channel that answers %s: the end is a direct message to the person who confirmed',
    async (error) => {
      const world = await startWorld({ seed: SEED });
      world.slack.fail('chat.postMessage', { error, channel: DATA, ...ALWAYS });
      await world.migrate(ADMIN, 'airflow-dev');
      const end = await world.until(MIGRATED, world.slack.directOf(ADMIN));
      expect(end.edited).toBe(true);
      expect(world.slack.messagesSeenBy(MEMBER, DATA)).toEqual([]);
      expect(world.timesLogged('Slack takes no message there')).toBe(1);
      expect((await world.ready()).status).toBe(200);
    },
  );

  test('every edit: a migration makes three messages, the last one its end', async () => {
    const world = await startWorld({ seed: SEED });
    world.slack.fail('chat.update', { error: 'edit_window_closed', ...ALWAYS });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(MIGRATED);
    const texts = world.slack.messagesSeenBy(MEMBER, DATA).map(({ text }) => text);
    expect(texts).toHaveLength(3);
    expect(texts.at(-1)).toMatch(MIGRATED);
  });

  test('every message: an operator is told, and the end comes when Slack accepts it', async () => {
    const world = await startWorld({ seed: SEED });
    world.slack.fail('chat.postMessage', { error: 'invalid_auth', ...ALWAYS });
    await world.migrate(ADMIN, 'airflow-dev');
    const said = async () => JSON.stringify(await world.ready());
    while (!(await said()).includes('1 end of a migration could not be shown in Slack')) world.clock.advance(5);
    expect((await world.ready()).status).toBe(200);
    world.slack.heal();
    await world.until(MIGRATED);
    expect(await said()).not.toContain('could not be shown');
  });
});

describe('Slack loses its response', () => {
  test('to the first message: what stays says nothing that passes, and one message shows the end', async () => {
    const world = await startWorld({ seed: SEED });
    world.slack.fail('chat.postMessage', { isLost: true, times: 2 });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(MIGRATED);
    const texts = world.slack.messagesSeenBy(MEMBER, DATA).map(({ text }) => text);
    expect(texts.filter((text) => MIGRATED.test(text))).toHaveLength(1);
    for (const text of texts.filter((text) => !MIGRATED.test(text))) expect(text).toMatch(/^☑️ \*Confirmed\*/);
  });
});
