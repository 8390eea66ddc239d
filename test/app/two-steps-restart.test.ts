import { expect, test } from 'vitest';
import { ADMIN } from '../support/people.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED } from './world.ts';

const SEED = seedOf(credential('airflow-dev'));

test('a migration that was begun continues with its method after a restart with another method', async () => {
  const world = await startWorld({ seed: SEED, env: { MIGRATION_METHOD: 'developer-console' }, onDisk: true });
  await world.migrate(ADMIN, 'airflow-dev');
  const end = await world.until(/^🔗 \*Both credentials exist now\*/);
  const question = await world.press(ADMIN, end, 'finish');
  // Keeps the migration waiting, so that the bot does not stop in the middle of a start.
  world.adobe.faults.add({ on: 'status', kind: 'status', status: 503, times: 10_000 });
  await world.press(ADMIN, question, 'confirm');
  await world.stop();
  world.adobe.faults.clear();
  await world.start({ MIGRATION_METHOD: 'query-service' });
  await world.until(MIGRATED);
  expect(world.adobe.consoleChanges.map(({ what }) => what)).toEqual(['begin', 'finish']);
  expect(world.adobe.starts).toEqual([]);
});
