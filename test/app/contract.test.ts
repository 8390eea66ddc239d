import { expect, onTestFinished, test } from 'vitest';
import { seedOrganisation } from '../../playground/adobe/seed.ts';
import { Referee } from '../contract/referee.ts';
import { ADMIN } from '../support/people.ts';
import { credential, startWorld } from './setup.ts';
import { MIGRATED } from './world.ts';

test('from the first sync to the end of a migration, every call is as Adobe publishes it', async () => {
  const referee = new Referee();
  const env = await referee.start();
  onTestFinished(() => referee.stop());
  const before = ({ adobe }: { adobe: { url: string } }) => {
    referee.upstream = adobe.url;
  };
  const world = await startWorld({ seed: seedOrganisation(), env, before });

  const list = await world.say(ADMIN, 'list');
  await world.migrate(ADMIN, 'airflow-dev');
  await world.until(MIGRATED);
  world.adobe.add(credential('new-one', { consoleId: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6' }));
  world.adobe.inConsole(credential('qa-regression').technicalAccountId, 'begin');
  const again = await world.press(ADMIN, list, 'list_refresh');

  expect(again.text).toContain('`new-one` · *Eligible*');
  expect([...referee.violations]).toEqual([]);
  const reads = ['accounts', 'bindings', 'integration', 'integrations', 'organizations', 'status'];
  expect(referee.operations).toEqual([...reads, 'start', 'token'].sort());
  // One is not in the Console, and some are migrated already or cannot be.
  const count = (name: string) => referee.exchanges.filter(({ operation }) => operation === name).length;
  expect([count('token'), count('organizations'), count('start')]).toEqual([1, 1, 1]);
});
