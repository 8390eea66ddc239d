import { expect, test } from 'vitest';
import { waitAtMost } from '../../src/lib/timeout.ts';

test('a wait ends when the work ends, with its error', async () => {
  await expect(waitAtMost(Promise.resolve('done'), 60_000)).resolves.toBeUndefined();
  await expect(waitAtMost(Promise.reject(new Error('failed')), 60_000)).rejects.toThrow('failed');
});

test('a wait that times out lets the work continue, and leaves its error to the caller of the work', async () => {
  const work = Promise.withResolvers<void>();
  await expect(waitAtMost(work.promise, 1)).resolves.toBeUndefined();
  work.reject(new Error('too late to be thrown here'));
});
