import { expect, test } from 'vitest';
import { ADMIN } from '../support/people.ts';
import { credential, seedOf, startWorld } from './setup.ts';

test('the list is in the order of the PRODUCTION_SANDBOXES of the latest start, even while Adobe cannot be read', async () => {
  const seed = seedOf(credential('a-in-dev'), credential('b-in-stage', { sandboxes: ['stage'] }));
  const world = await startWorld({ seed, onDisk: true });
  const order = async () =>
    (await world.say(ADMIN, 'list')).text.match(/`[ab]-in-\w+`/g)?.map((name) => name.replaceAll('`', ''));
  expect(await order()).toEqual(['a-in-dev', 'b-in-stage']);
  await world.stop();
  world.adobe.faults.add({ on: 'accounts', kind: 'status', status: 503, times: 10_000 });
  await world.start({ PRODUCTION_SANDBOXES: 'stage' });
  expect(await order()).toEqual(['b-in-stage', 'a-in-dev']);
});
