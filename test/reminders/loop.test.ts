import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { schedule } from '../../src/jobs/cron.ts';
import { JobLog } from '../../src/jobs/job-log.ts';
import { startReminderLoop } from '../../src/jobs/reminder-loop.ts';
import { SystemTimer } from '../../src/lib/clock.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { TaskTracker } from '../../src/lib/task-tracker.ts';
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

/** The loop over rounds that record their calls; `onStep` sets how long each takes. */
function start({ ready = Promise.resolve(), logger = SILENT }: { ready?: Promise<void>; logger?: Logger } = {}) {
  const calls: string[] = [];
  const released: string[] = [];
  let step = async () => {};
  const called = async (name: string) => {
    calls.push(name);
    await step();
    return true;
  };
  const wake = { reminders: () => {} };
  const loop = startReminderLoop(
    {
      ready,
      rounds: { check: () => called('check'), resume: async () => void (await called('resume')) },
      delivery: { releaseLease: async () => void released.push('lease') },
      wake,
      tasks: new TaskTracker(),
      timer: MACHINE,
      schedule,
      jobLog: new JobLog(logger),
      logger,
    },
    MORNINGS,
  );
  return {
    loop: { ...loop, wake: () => wake.reminders() },
    calls,
    released,
    onStep: (next: () => Promise<void>) => (step = next),
  };
}

const checks = (calls: readonly string[]) => calls.filter((call) => call === 'check').length;

test('the loop checks after the first reading of Adobe, and then at the cron times of its time zone', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { loop, calls } = start({ ready: promise });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(calls).toEqual([]);
  resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toEqual(['check']);
  await vi.advanceTimersByTimeAsync(59 * MINUTE);
  expect(checks(calls)).toBe(1);
  // Nine in Amsterdam is seven in UTC.
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(checks(calls)).toBe(2);
  await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE);
  expect(checks(calls)).toBe(3);
  await loop.stop();
});

test.each([
  ['twenty minutes', 20 * MINUTE],
  ['a day and a half', 36 * 60 * MINUTE],
])('a cron time that passes while the process is suspended for %s leads to one check within seconds', async (_, ms) => {
  const printed = vi.spyOn(process.stderr, 'write');
  const { loop, calls } = start();
  await vi.advanceTimersByTimeAsync(55 * MINUTE);
  expect(checks(calls)).toBe(1);
  vi.setSystemTime(Date.now() + ms);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(checks(calls)).toBe(2);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(checks(calls)).toBe(2);
  // Only JSON lines may be logged.
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
  await loop.stop();
});

test('the loop checks at the cron time after a clock that was a day ahead is corrected', async () => {
  const { loop, calls } = start();
  await vi.advanceTimersByTimeAsync(5 * MINUTE);
  vi.setSystemTime(Date.now() + 24 * 60 * MINUTE);
  await vi.advanceTimersByTimeAsync(5 * MINUTE);
  vi.setSystemTime(Date.now() - 24 * 60 * MINUTE);
  await vi.advanceTimersByTimeAsync(5 * MINUTE);
  const before = checks(calls);
  await vi.advanceTimersByTimeAsync(50 * MINUTE);
  expect(checks(calls) - before).toBe(1);
  await loop.stop();
});

test('the loop resumes unfinished rounds every ten seconds, and at once when woken', async () => {
  const { loop, calls } = start();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(calls).toEqual(['check', 'resume', 'resume', 'resume']);
  loop.wake();
  expect(calls).toHaveLength(5);
  await loop.stop();
});

test('the loop does one thing at a time, and does not lose a cron time that comes meanwhile', async () => {
  const { loop, calls, onStep } = start();
  await vi.advanceTimersByTimeAsync(59 * MINUTE);
  const before = calls.length;
  const { promise, resolve } = Promise.withResolvers<void>();
  onStep(() => promise);
  // Twenty minutes of sending, over nine o'clock.
  await vi.advanceTimersByTimeAsync(20 * MINUTE);
  loop.wake();
  expect(calls.slice(before)).toEqual(['resume']);
  resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls.slice(before)).toEqual(['resume', 'check']);
  await loop.stop();
});

test('the loop checks again when a cron time comes during a check', async () => {
  const { loop, calls, onStep } = start();
  const { promise, resolve } = Promise.withResolvers<void>();
  onStep(() => promise);
  await vi.advanceTimersByTimeAsync(61 * MINUTE);
  expect(calls).toEqual(['check']);
  resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toEqual(['check', 'check']);
  await loop.stop();
});

test('the loop retries a failed check at each tick, and logs when that begins and when it ends', async () => {
  const error = vi.fn<Logger['error']>();
  const info = vi.fn<Logger['info']>();
  const { loop, calls, onStep } = start({ logger: { ...SILENT, error, info } });
  onStep(async () => {
    throw new Error('no database');
  });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(calls).toEqual(['check', 'check', 'check']);
  expect(error.mock.calls).toEqual([[{ err: new Error('no database'), job: 'reminders' }, expect.any(String)]]);
  onStep(async () => {});
  await vi.advanceTimersByTimeAsync(20_000);
  expect(info.mock.calls).toEqual([[{ job: 'reminders', failures: 3 }, 'a job works again']]);
  await loop.stop();
});

test('the loop, once stopped, does nothing more, releases the lease and does not log what it aborted', async () => {
  const error = vi.fn<Logger['error']>();
  const { loop, calls, released, onStep } = start({ logger: { ...SILENT, error } });
  await vi.advanceTimersByTimeAsync(0);
  const { promise, reject } = Promise.withResolvers<void>();
  onStep(() => promise);
  await vi.advanceTimersByTimeAsync(10_000);
  await loop.stop();
  reject(new Error('no longer waited for'));
  await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE);
  loop.wake();
  expect(calls).toEqual(['check', 'resume']);
  // The step that was running may have acquired it again.
  expect(released).toEqual(['lease', 'lease']);
  expect(error).not.toHaveBeenCalled();
});

test('the loop reminds owners', async () => {
  const { rounds, delivery, slack } = await startWith([of('a@example.com', 1)]);
  const loop = startReminderLoop(
    {
      ready: Promise.resolve(),
      rounds,
      delivery,
      wake: { reminders: () => {} },
      tasks: new TaskTracker(),
      timer: MACHINE,
      schedule,
      jobLog: new JobLog(SILENT),
      logger: SILENT,
    },
    MORNINGS,
  );
  await vi.waitFor(() => expect(slack.to('digest')).toHaveLength(1), { timeout: 60_000 });
  expect(slack.to('owner')).toEqual(['UA']);
  await loop.stop();
});
