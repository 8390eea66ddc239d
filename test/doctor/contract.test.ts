import { expect, onTestFinished, test } from 'vitest';
import { Referee } from '../contract/referee.ts';
import { startClinic } from './setup.ts';

/** `HEAD` of the root, whose date shows the clock: no operation of Adobe's. */
const CLOCK = /^HEAD (ims|platform|console) \/: the request: no such operation is published$/;

test('every read of the doctor is a request that Adobe publishes, except for the unpublished migrate path', async () => {
  const referee = new Referee();
  const urls = await referee.start();
  onTestFinished(() => referee.stop());
  const clinic = await startClinic();
  referee.upstream = clinic.adobe.url;
  // By a method that has no path to be looked at.
  const { code } = await clinic.run({ ...urls, MIGRATION_METHOD: 'hand-off' });
  expect(code).toBe(0);
  expect([...referee.violations].filter((each) => !CLOCK.test(each))).toEqual([]);
  const operations = referee.operations.filter((name) => !name.startsWith('HEAD '));
  expect(operations).toEqual(
    ['accounts', 'integration', 'integrations', 'organizations', 'queries', 'schedules', 'token'].sort(),
  );
});
