import { expect, test } from 'vitest';
import { ADMIN, DATA, MEMBER, SECOND } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';

const SEED = seedOf(credential('airflow-dev'), credential('etl-dev'));

test('a queued migration is withdrawn with a button in its message, which then says who withdrew it; the others go on', async () => {
  const world = await startWorld({ seed: SEED });
  await world.migrate(ADMIN, 'airflow-dev');
  await world.migrate(ADMIN, 'etl-dev');
  const queued = await world.until(/^🕓 \*Queued\*: `etl-dev`, 1 ahead/);
  expect(buttonIds(queued)).toEqual(['withdraw']);
  expect(JSON.stringify(buttonsOf(queued)[0]?.dialog)).toContain(
    'can be withdrawn while nothing has been sent to Adobe',
  );
  const pressing = (userId: string) => () => world.slack.press(userId, queued, 'withdraw');
  const denied = await world.reaction(MEMBER, DATA, pressing(MEMBER), { ephemeral: true });
  expect(denied.text).toContain('You have read-only access');
  const done = await world.reaction(SECOND, DATA, pressing(SECOND), { ephemeral: true });
  expect(done.text).toBe('`etl-dev` is withdrawn. Nothing was sent to Adobe, and the queue goes on.');
  const end = await world.until(/^↩️ \*Withdrawn\*: `etl-dev`/);
  expect(end.ts).toBe(queued.ts);
  expect(end.text).toContain(`<@${SECOND}> withdrew it before its turn. Nothing was sent.`);
  await world.until(/^✅ \*Migrated\*: `airflow-dev`/);
  expect(world.adobe.starts).toHaveLength(1);
  expect((await world.say(ADMIN, 'history etl-dev')).text).toContain(
    `<@${SECOND}> withdrew \`etl-dev\` before its turn: nothing was sent`,
  );
  expect((await world.say(ADMIN, 'status etl-dev')).text).toContain('⚪ `etl-dev`');
  const late = await world.forge(ADMIN, 'withdraw', buttonsOf(queued)[0]?.value ?? '');
  expect(late.text).toContain('is no longer in the queue');
});

test('while Adobe is down, a confirmed migration can be withdrawn from its message or its status, and never starts', async () => {
  const world = await startWorld({ seed: SEED, env: { MIGRATION_TIMEOUT_SECONDS: '3600' } });
  world.adobe.faults.add({ on: 'status', kind: 'status', status: 503, times: 500 });
  await world.migrate(ADMIN, 'airflow-dev');
  const waiting = await world.until(/^🕓 \*Waiting for Adobe\*/);
  expect(buttonIds(waiting)).toEqual(['withdraw']);
  const status = await world.say(SECOND, 'status airflow-dev');
  expect(buttonIds(status)).toContain('withdraw');
  await world.press(SECOND, status, 'withdraw');
  await world.until(/^↩️ \*Withdrawn\*: `airflow-dev`/);
  await world.expectNothingStarted();
});
