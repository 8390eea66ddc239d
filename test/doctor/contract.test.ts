import { expect, onTestFinished, test } from 'vitest';
import { Referee } from '../contract/referee.ts';
import { startClinic } from './setup.ts';

/** `HEAD` of the root, whose Date header shows the clock: not an operation that Adobe publishes. */
const CLOCK = /^HEAD (ims|platform|console) \/: the request: no such operation is published$/;

test('every read of the doctor is a request that Adobe publishes, except for the unpublished migrate path', async () => {
  const referee = new Referee();
  const urls = await referee.start();
  onTestFinished(() => referee.stop());
  const clinic = await startClinic();
  referee.upstream = clinic.adobe.url;
  // A method without a migrate path.
  const { code } = await clinic.run({ ...urls, MIGRATION_METHOD: 'hand-off' });
  expect(code).toBe(0);
  expect([...referee.violations].filter((each) => !CLOCK.test(each))).toEqual([]);
  const operations = referee.operations.filter((name) => !name.startsWith('HEAD '));
  expect(operations).toEqual(
    ['accounts', 'integration', 'integrations', 'organizations', 'queries', 'schedules', 'token'].sort(),
  );
});
