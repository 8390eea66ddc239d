import { expect, test } from 'vitest';
import { TaskTracker } from '../../src/lib/task-tracker.ts';

/** Milliseconds. */
const SOON = 10_000;

test('a new tracker has nothing to wait for', async () => {
  expect(await new TaskTracker().settled(SOON)).toBe(0);
});

test('a tracked task keeps its result and its error', async () => {
  const tasks = new TaskTracker();
  expect(await tasks.track(Promise.resolve('done'))).toBe('done');
  await expect(tasks.track(Promise.reject(new Error('failed')))).rejects.toThrow('failed');
});

test('tasks are waited for, whether they succeed or fail', async () => {
  const tasks = new TaskTracker();
  const [good, bad] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  tasks.track(good.promise);
  tasks.track(bad.promise).catch(() => undefined);
  let left: number | null = null;
  const settled = tasks.settled(SOON).then((count) => {
    left = count;
  });
  good.resolve();
  await good.promise;
  expect(left).toBeNull();
  bad.reject(new Error('failed'));
  await settled;
  expect(left).toBe(0);
});

test('tasks that a task started are waited for too', async () => {
  const tasks = new TaskTracker();
  const second = Promise.withResolvers<void>();
  let isDone = false;
  const first = async () => {
    await Promise.resolve();
    void tasks.track(
      second.promise.then(() => {
        isDone = true;
      }),
    );
  };
  void tasks.track(first());
  setImmediate(second.resolve);
  expect(await tasks.settled(SOON)).toBe(0);
  expect(isDone).toBe(true);
});

test('tasks that have not ended by the deadline are counted', async () => {
  const tasks = new TaskTracker();
  void tasks.track(new Promise(() => undefined));
  void tasks.track(new Promise(() => undefined));
  void tasks.track(Promise.resolve());
  expect(await tasks.settled(0)).toBe(2);
});
