import { describe, expect, test } from 'vitest';
import { inParallel } from '../../src/lib/parallel.ts';
import { TaskTracker } from '../../src/lib/task-tracker.ts';

const SOON = 10_000;

describe('work in hand', () => {
  test('is nothing at first', async () => {
    expect(await new TaskTracker().settled(SOON)).toBe(0);
  });

  test('gives back what it is given', async () => {
    const work = new TaskTracker();
    expect(await work.track(Promise.resolve('done'))).toBe('done');
    await expect(work.track(Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  });

  test('is waited for, whether it succeeds or fails', async () => {
    const work = new TaskTracker();
    const [good, bad] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    work.track(good.promise);
    work.track(bad.promise).catch(() => undefined);
    let left: number | null = null;
    const settled = work.settled(SOON).then((count) => {
      left = count;
    });
    good.resolve();
    await good.promise;
    expect(left).toBeNull();
    bad.reject(new Error('failed'));
    await settled;
    expect(left).toBe(0);
  });

  test('that more work came of is waited for too', async () => {
    const work = new TaskTracker();
    const second = Promise.withResolvers<void>();
    let isDone = false;
    const first = async () => {
      await Promise.resolve();
      void work.track(
        second.promise.then(() => {
          isDone = true;
        }),
      );
    };
    void work.track(first());
    setImmediate(second.resolve);
    expect(await work.settled(SOON)).toBe(0);
    expect(isDone).toBe(true);
  });

  test('that does not end is counted at the deadline', async () => {
    const work = new TaskTracker();
    void work.track(new Promise(() => undefined));
    void work.track(new Promise(() => undefined));
    void work.track(Promise.resolve());
    expect(await work.settled(0)).toBe(2);
  });
});

describe('in parallel', () => {
  test('results come in the order of the items', async () => {
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
  ])('of %i items at most %i are under way: %i', async (count, limit, most) => {
    let underWay = 0;
    let seen = 0;
    await inParallel(Array.from({ length: count }), limit, async () => {
      seen = Math.max(seen, ++underWay);
      await Promise.resolve();
      underWay--;
    });
    expect(seen).toBe(most);
  });

  test('the first failure fails the whole and starts nothing more', async () => {
    const started: number[] = [];
    const mapped = inParallel([0, 1, 2, 3, 4, 5], 2, async (item) => {
      started.push(item);
      if (item === 1) throw new Error('failed');
      await Promise.resolve();
    });
    await expect(mapped).rejects.toThrow('failed');
    expect(started.length).toBeLessThan(6);
  });

  test('nothing is nothing', async () => {
    expect(await inParallel([], 5, () => Promise.reject(new Error('called')))).toEqual([]);
  });
});
