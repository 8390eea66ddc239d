import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ShiftedTime } from '../../playground/bot/shifted-time.ts';
import { TimeMachine } from '../../playground/time/time-machine.ts';
import { timeline } from '../../playground/time/timeline.ts';

const WORKDAYS = '0 9 * * 1-5';
const PLAN = { deadline: '2025-06-30', days: [60, 30, 14, 7, 3, 2, 1, 0], timeZone: 'UTC', cron: WORKDAYS };
const DAY = 24 * 60 * 60 * 1000;

/** The machine's time; the playground's is an offset from it. */
const MACHINE = new Date('2026-01-15T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: MACHINE });
});
afterEach(() => {
  vi.useRealTimers();
});

function ahead(instant: string): number {
  return Date.parse(instant) - Date.now();
}

describe('the time machine', () => {
  const start = (instant: string) => new TimeMachine(new Date(instant), PLAN);

  /** Where it stops on the way, as the bot sees it. */
  async function stops(machine: TimeMachine, to: Parameters<TimeMachine['move']>[0]) {
    const seen: string[] = [];
    const error = await machine.move(to, async () => void seen.push(machine.now().toISOString()));
    return { seen, error };
  }

  test('the clock runs on from its start time', async () => {
    const machine = start('2025-06-02T10:00:00Z');
    expect(machine.now()).toEqual(new Date('2025-06-02T10:00:00Z'));
    await vi.advanceTimersByTimeAsync(90_000);
    expect(machine.now()).toEqual(new Date('2025-06-02T10:01:30Z'));
  });

  test('the next reminder is the first run on a working day with a new window', () => {
    expect(start('2025-06-02T10:00:00Z').nextReminder()).toEqual(new Date('2025-06-16T09:00:00Z'));
    // Windows 2 and 1 would begin on a weekend, on which the job does not run: they began on Friday.
    expect(start('2025-06-27T10:00:00Z').nextReminder()).toEqual(new Date('2025-06-30T09:00:00Z'));
    expect(start('2025-07-01T10:00:00Z').nextReminder()).toEqual(new Date('2025-07-08T09:00:00Z'));
  });

  test('the clock moves by an hour, by a day and to the next reminder', async () => {
    const machine = start('2025-06-02T10:00:00Z');
    expect(await stops(machine, 'day')).toEqual({ seen: ['2025-06-03T10:00:00.000Z'] });
    expect(await stops(machine, 'next-reminder')).toEqual({ seen: ['2025-06-16T09:00:00.000Z'] });
    expect(await stops(machine, 'hour')).toEqual({ seen: ['2025-06-16T10:00:00.000Z'] });
  });

  test('the clock stops at every reminder on the way', async () => {
    const machine = start('2025-06-16T10:00:00Z');
    expect(await stops(machine, 'week')).toEqual({ seen: ['2025-06-23T09:00:00.000Z', '2025-06-23T10:00:00.000Z'] });
    expect(await stops(machine, 'past-deadline')).toEqual({
      seen: ['2025-06-27T09:00:00.000Z', '2025-06-30T09:00:00.000Z', '2025-07-01T09:00:00.000Z'],
    });
  });

  test('the clock does not move past a deadline that has passed, nor while it is moving', async () => {
    const machine = start('2025-07-01T10:00:00Z');
    expect(await stops(machine, 'past-deadline')).toEqual({ seen: [], error: 'The deadline has already passed.' });
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = machine.move('day', () => promise);
    expect(machine.isMoving).toBe(true);
    expect((await stops(machine, 'day')).error).toBe('The clock is already moving.');
    resolve();
    await first;
    expect(machine.isMoving).toBe(false);
    expect(machine.now()).toEqual(new Date('2025-07-02T10:00:00Z'));
  });
});

describe('the bot’s shifted time', () => {
  /** A task of the bot that records when it ran, by the shifted clock. */
  function scheduled(expression: string, start: string) {
    const time = new ShiftedTime(ahead(start));
    const ran: string[] = [];
    const run = async () => void ran.push(time.timer.now().toISOString().slice(0, 16));
    const task = time.schedule(expression, run, { timeZone: 'UTC' });
    return { time, ran, task };
  }

  test('a task runs once at each of its times', async () => {
    const { ran } = scheduled('*/15 * * * *', '2025-06-02T08:50:00Z');
    await vi.advanceTimersByTimeAsync(45 * 60_000);
    expect(ran).toEqual(['2025-06-02T09:00', '2025-06-02T09:15', '2025-06-02T09:30']);
  });

  test('a task runs at a time beyond the maximum delay of a timer', async () => {
    const { ran } = scheduled('0 9 1 9 *', '2025-06-02T08:50:00Z');
    await vi.advanceTimersByTimeAsync(90 * DAY);
    expect(ran).toEqual([]);
    await vi.advanceTimersByTimeAsync(2 * DAY);
    expect(ran).toEqual(['2025-09-01T09:00']);
  });

  test('moving the clock runs a task that became due once, and waits for it', async () => {
    const { time, ran } = scheduled(WORKDAYS, '2025-06-02T10:00:00Z');
    await time.shiftTo(ahead('2025-06-06T08:59:59Z'));
    expect(ran).toEqual(['2025-06-06T08:59']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ran).toHaveLength(2);
  });

  test('moving the clock runs no task that is not due', async () => {
    const { time, ran } = scheduled(WORKDAYS, '2025-06-06T10:00:00Z');
    await time.shiftTo(ahead('2025-06-08T23:00:00Z'));
    expect(ran).toEqual([]);
    expect(time.timer.now()).toEqual(new Date('2025-06-08T23:00:00Z'));
  });

  test('a stopped task never runs', async () => {
    const { time, ran, task } = scheduled(WORKDAYS, '2025-06-06T10:00:00Z');
    await task.stop();
    await time.shiftTo(ahead('2025-06-20T10:00:00Z'));
    await vi.advanceTimersByTimeAsync(7 * DAY);
    expect(ran).toEqual([]);
  });
});

describe('the timeline', () => {
  const shown = (now: string, file = 'nowhere.db') =>
    timeline(PLAN, new Date(now), file).map(({ days, date, state }) => `${days} ${date.slice(5)} ${state}`);

  test('the timeline has every window up to the one after next, before any was served', () => {
    expect(shown('2025-06-02T10:00:00Z')).toEqual([
      '60 05-01 skipped',
      '30 05-31 due',
      '14 06-16 ahead',
      '7 06-23 ahead',
    ]);
    expect(shown('2025-07-09T10:00:00Z').slice(-4)).toEqual([
      '-1 07-01 skipped',
      '-8 07-08 due',
      '-15 07-15 ahead',
      '-22 07-22 ahead',
    ]);
  });

  test('the windows of the last weekend are shown on its Friday, when one reminder serves them', () => {
    expect(shown('2025-06-27T10:00:00Z').slice(-5)).toEqual([
      '3 06-27 skipped',
      '2 06-27 skipped',
      '1 06-27 due',
      '0 06-30 ahead',
      '-1 07-01 ahead',
    ]);
  });

  test('the timeline shows the rounds in the bot’s database', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'qs-creds-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'qs-creds.db');
    const database = new DatabaseSync(file);
    database.exec('create table reminder_rounds (key text, started_at text, finished_at text)');
    const insert = database.prepare('insert into reminder_rounds values (?, ?, ?)');
    insert.run('2025-06-30/30', '2025-06-16T09:00:00.000Z', '2025-06-16T09:00:00.000Z');
    insert.run('2025-06-30/14', '2025-06-16T09:00:00.000Z', '2025-06-16T09:00:07.000Z');
    insert.run('2025-06-30/7', '2025-06-23T09:00:00.000Z', null);
    insert.run('by hand', '2025-06-20T09:00:00.000Z', '2025-06-20T09:00:01.000Z');
    database.close();
    expect(shown('2025-06-23T09:00:01Z', file)).toEqual([
      '60 05-01 skipped',
      '30 05-31 skipped',
      '14 06-16 served',
      '7 06-23 being served',
      '3 06-27 ahead',
      '2 06-27 ahead',
      '1 06-27 ahead',
      '0 06-30 ahead',
    ]);
    const [served] = timeline(PLAN, new Date('2025-06-23T09:00:01Z'), file).filter((w) => w.days === 14);
    expect(served?.servedAt).toBe('2025-06-16T09:00:07.000Z');
  });
});
