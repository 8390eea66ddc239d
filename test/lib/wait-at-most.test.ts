import { expect, test } from 'vitest';
import { waitAtMost } from '../../src/lib/timeout.ts';

test('a wait ends with the work, with its error', async () => {
  await expect(waitAtMost(Promise.resolve('done'), 60_000)).resolves.toBeUndefined();
  await expect(waitAtMost(Promise.reject(new Error('failed')), 60_000)).rejects.toThrow('failed');
});

test('a wait that is over leaves the work to go on, and its error to those who run it', async () => {
  const work = Promise.withResolvers<void>();
  await expect(waitAtMost(work.promise, 1)).resolves.toBeUndefined();
  work.reject(new Error('too late to be thrown here'));
});
