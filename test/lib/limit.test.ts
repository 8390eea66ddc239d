import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { limitOf } from '../../src/lib/parallel.ts';

test('a limit runs up to its number of calls at once, and the others in their order of arrival', async () => {
  const limit = limitOf(2);
  const started: number[] = [];
  let inFlight = 0;
  let most = 0;
  const call = (number: number) =>
    limit(async () => {
      started.push(number);
      most = Math.max(most, ++inFlight);
      await setImmediate();
      inFlight--;
      return number;
    });
  expect(await Promise.all([1, 2, 3, 4, 5].map(call))).toEqual([1, 2, 3, 4, 5]);
  expect(started).toEqual([1, 2, 3, 4, 5]);
  expect(most).toBe(2);
});

test('a call that fails gives its place to the next', async () => {
  const limit = limitOf(1);
  const failed = limit(() => Promise.reject(new Error('failed')));
  const next = limit(async () => 'done');
  await expect(failed).rejects.toThrow('failed');
  expect(await next).toBe('done');
  expect(await limit(async () => 'later')).toBe('later');
});
