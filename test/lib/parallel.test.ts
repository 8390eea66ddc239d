import { expect, test } from 'vitest';
import { inParallel } from '../../src/lib/parallel.ts';

test('results of parallel calls come in the order of the items', async () => {
  const gates = [3, 2, 1].map(() => Promise.withResolvers<void>());
  const results = inParallel(gates, 3, async (gate) => {
    await gate.promise;
    return gates.indexOf(gate);
  });
  for (const gate of gates.toReversed()) gate.resolve();
  expect(await results).toEqual([0, 1, 2]);
});

test.each([
  [10, 3, 3],
  [2, 5, 2],
])('of %i items, with a limit of %i, at most %i are in flight', async (count, limit, expected) => {
  let inFlight = 0;
  let most = 0;
  await inParallel(Array.from({ length: count }), limit, async () => {
    most = Math.max(most, ++inFlight);
    await Promise.resolve();
    inFlight--;
  });
  expect(most).toBe(expected);
});

test('the first error rejects the whole call, and no further call is started', async () => {
  const started: number[] = [];
  const mapped = inParallel([0, 1, 2, 3, 4, 5], 2, async (item) => {
    started.push(item);
    if (item === 1) throw new Error('failed');
    await Promise.resolve();
  });
  await expect(mapped).rejects.toThrow('failed');
  expect(started.length).toBeLessThan(6);
});

test('an empty list makes no call', async () => {
  expect(await inParallel([], 5, () => Promise.reject(new Error('called')))).toEqual([]);
});
