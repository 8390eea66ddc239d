import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { schedule } from '../../src/jobs/cron.ts';
import { startReminderLoop } from '../../src/jobs/reminder-loop.ts';
import { SystemTimer } from '../../src/lib/clock.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { TaskTracker } from '../../src/lib/task-tracker.ts';
import { Wake } from '../../src/lib/wake.ts';
import { SILENT } from '../migrations/setup.ts';
import { of, startWith } from './setup.ts';

/** Nine in the morning of each day in Amsterdam. */
const MORNINGS = { cron: '0 9 * * *', timeZone: 'Europe/Amsterdam' };
const MINUTE = 60_000;
const MACHINE = new SystemTimer({ now: () => new Date() });

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2025-06-23T06:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The job over reminders that note what was asked of them, and take as long as told. */
function start({
  ready = Promise.resolve(),
  logger = SILENT,
}: {
  ready?: Promise<void>;
  logger?: Logger;
} = {}) {
  const calls: string[] = [];
  const given: string[] = [];
  let step = async () => {};
  const called = (name: string) => async () => {
    calls.push(name);
    await step();
  };
  const remindersWake = new Wake();
  const job = startReminderLoop(
    {
      ready,
      rounds: { look: called('look'), resume: called('resume') },
      delivery: { release: async () => void given.push('back') },
      remindersWake,
      tasks: new TaskTracker(),
      timer: MACHINE,
      schedule,
      logger,
    },
    MORNINGS,
  );
  return {
    job: { ...job, wake: remindersWake.wake },
    calls,
    given,
    onStep: (next: () => Promise<void>) => (step = next),
  };
}

const looks = (calls: readonly string[]) => calls.filter((call) => call === 'look').length;

test('looks at the start, once Adobe was read, and then when the expression says so in its zone', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { job, calls } = start({ ready: promise });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(calls).toEqual([]);
  resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toEqual(['look']);
  await vi.advanceTimersByTimeAsync(59 * MINUTE);
  expect(looks(calls)).toBe(1);
  // Nine in Amsterdam is seven in UTC.
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(looks(calls)).toBe(2);
  await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE);
  expect(looks(calls)).toBe(3);
  await job.stop();
});

test('takes up what was begun every ten seconds, and at once when asked to', async () => {
  const { job, calls } = start();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(calls).toEqual(['look', 'resume', 'resume', 'resume']);
  job.wake();
  expect(calls).toHaveLength(5);
  await job.stop();
});

test('does one thing at a time, and forgets no look that came meanwhile', async () => {
  const { job, calls, onStep } = start();
  await vi.advanceTimersByTimeAsync(59 * MINUTE);
  const before = calls.length;
  const { promise, resolve } = Promise.withResolvers<void>();
  onStep(() => promise);
  // Twenty minutes of sending, over nine o'clock.
  await vi.advanceTimersByTimeAsync(20 * MINUTE);
  job.wake();
  expect(calls.slice(before)).toEqual(['resume']);
  resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls.slice(before)).toEqual(['resume', 'look']);
  await job.stop();
});

test('goes on after a failure, and says it in the log', async () => {
  const error = vi.fn<Logger['error']>();
  const { job, calls, onStep } = start({ logger: { ...SILENT, error } });
  onStep(async () => {
    throw new Error('no database');
  });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(calls).toEqual(['look', 'resume', 'resume']);
  expect(error).toHaveBeenCalledTimes(3);
  await job.stop();
});

test('once stopped does nothing more, gives back the right to send, and keeps quiet of what it broke off', async () => {
  const error = vi.fn<Logger['error']>();
  const { job, calls, given, onStep } = start({ logger: { ...SILENT, error } });
  await vi.advanceTimersByTimeAsync(0);
  const { promise, reject } = Promise.withResolvers<void>();
  onStep(() => promise);
  await vi.advanceTimersByTimeAsync(10_000);
  await job.stop();
  reject(new Error('no longer waited for'));
  await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE);
  job.wake();
  expect(calls).toEqual(['look', 'resume']);
  // What was in hand may have taken it once more.
  expect(given).toEqual(['back', 'back']);
  expect(error).not.toHaveBeenCalled();
});

test('reminds', async () => {
  const { reminders, delivery, slack } = await startWith([of('a@example.com', 1)]);
  const work = new TaskTracker();
  const job = startReminderLoop(
    {
      ready: Promise.resolve(),
      rounds: reminders,
      delivery,
      remindersWake: new Wake(),
      tasks: work,
      timer: MACHINE,
      schedule,
      logger: SILENT,
    },
    MORNINGS,
  );
  await vi.waitFor(() => expect(slack.to('digest')).toHaveLength(1));
  expect(slack.to('owner')).toEqual(['UA']);
  await job.stop();
});
