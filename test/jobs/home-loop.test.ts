import { expect, test } from 'vitest';
import { startHomeLoop } from '../../src/jobs/home-loop.ts';
import { JobLog } from '../../src/jobs/job-log.ts';
import { TaskTracker } from '../../src/lib/task-tracker.ts';
import { recording } from '../lib/recording.ts';
import { TestClock } from '../support/clock.ts';

/** A loop whose ticks the test calls, each with its own redraw. */
function start() {
  const { logger, lines } = recording([], 'info');
  const tasks = new TaskTracker();
  const timer = new TestClock();
  let tick = () => {};
  timer.every = (_ms?: number, act?: () => void) => {
    tick = act ?? tick;
    return () => {};
  };
  let redraw = async () => 0;
  const homes = { redraw: () => redraw(), stop: () => {} };
  const loop = startHomeLoop({ homes, tasks, timer, jobLog: new JobLog(logger) });
  return {
    loop,
    said: () => lines.map((line) => JSON.parse(line).msg),
    async ticks(work: () => Promise<number>) {
      redraw = work;
      tick();
      await tasks.settled(1_000);
    },
  };
}

test('failed redraws of Homes are logged once, and logged as working again after a redraw, not after a tick with nothing to do', async () => {
  const { loop, ticks, said } = start();
  const fails = () => Promise.reject(new Error('socket hang up'));
  await ticks(fails);
  await ticks(async () => 0);
  await ticks(fails);
  expect(said()).toEqual(['a job failed; it will be retried']);
  await ticks(async () => 1);
  expect(said()).toEqual(['a job failed; it will be retried', 'a job works again']);
  loop.stop();
  let redraws = 0;
  await ticks(async () => {
    redraws += 1;
    return 0;
  });
  expect(redraws).toBe(0);
});

test('a tick is skipped while the previous one is still redrawing', async () => {
  const { ticks } = start();
  let redraws = 0;
  const slow = Promise.withResolvers<number>();
  const first = ticks(() => slow.promise);
  const second = ticks(async () => {
    redraws += 1;
    return 0;
  });
  slow.resolve(1);
  await Promise.all([first, second]);
  expect(redraws).toBe(0);
});
