import { describe, expect, test } from 'vitest';
import { BY_HAND } from '../../src/reminders/rounds.ts';
import { ADMIN } from '../support/people.ts';
import { DEADLINE, type Instance, newInstance, of, run, startWith } from './setup.ts';

const TWO = [of('a@example.com', 1), of('b@example.com', 2)];

/** The audit trail, oldest first. */
async function story({ audit }: Instance): Promise<string[]> {
  const { rows } = await audit.history(null, 0, 100);
  return rows
    .map(({ actor, action, detail }) => [actor, action, detail?.why].filter(Boolean).join(' '))
    .reverse();
}

describe('snoozing', () => {
  test('spares its own person until the next window, and no longer', async () => {
    const { control, reminders, slack, timer, ...rest } = await startWith(TWO);
    await reminders.look();
    expect(await control.snooze('UA')).toBe('2025-06-27');
    slack.forget();
    await control.startManualRound(ADMIN, 'round');
    await reminders.resume();
    expect(slack.to('owner')).toEqual(['UB']);
    expect(slack.digests[0]?.groups.map(({ email }) => email)).toEqual(['a@example.com', 'b@example.com']);
    timer.setDay('2025-06-27');
    await reminders.look();
    expect(slack.to('owner')).toEqual(['UB', 'UA', 'UB']);
    const told = await story({ control, reminders, ...rest });
    expect(told).toEqual(['UA snoozed until 2025-06-27', `${ADMIN} reminders_sent_by_hand`]);
  });

  test.each([
    ['2025-04-30', null, 'before the first window'],
    ['2025-05-01', '2025-05-31', 'in the first'],
    ['2025-06-26', '2025-06-27', 'four days before'],
    ['2025-06-27', null, 'in the last three days'],
    ['2025-06-30', null, 'on the last day'],
    ['2025-07-09', null, 'when it is overdue'],
  ])('on %s is possible until %s: %s', async (date, until, _when) => {
    const { control, timer, store, ...rest } = await startWith(TWO);
    timer.setDay(date);
    expect(await control.snooze('UA')).toBe(until);
    expect(await store.snoozedUntil('UA')).toBe(until);
    expect(await story({ control, store, ...rest })).toHaveLength(until === null ? 0 : 1);
  });

  test('is not offered in the last three days, also where the window began before', async () => {
    const { control, reminders, slack, timer } = await startWith(TWO, { days: [14, 7] });
    timer.setDay('2025-06-28');
    await reminders.look();
    expect(slack.reminded.map(({ maySnooze }) => maySnooze)).toEqual([false, false]);
    expect(await control.snooze('UA')).toBeNull();
  });

  test('is offered four days before', async () => {
    const { reminders, slack, timer } = await startWith(TWO);
    timer.setDay('2025-06-26');
    await reminders.look();
    expect(slack.reminded.map(({ maySnooze }) => maySnooze)).toEqual([true, true]);
  });
});

describe('a pause', () => {
  test('holds until somebody resumes: then the window that is due goes out', async () => {
    const started = await startWith(TWO);
    const { control, reminders, slack, timer } = started;
    await control.pause(ADMIN, null);
    await reminders.look();
    timer.setDay('2025-06-28');
    await reminders.look();
    expect(slack.sent).toEqual([]);
    expect(await control.resume('UOTHER')).toBe(true);
    expect(await control.resume('UOTHER')).toBe(false);
    await reminders.look();
    expect(slack.digests.map(({ days, pause }) => [days, pause])).toEqual([[2, null]]);
    expect(await story(started)).toEqual([`${ADMIN} reminders_paused`, 'UOTHER reminders_resumed']);
  });

  test('holds until its day, in the zone in which days are counted', async () => {
    const started = await startWith(TWO, { timeZone: 'America/New_York' });
    const { control, reminders, slack, timer } = started;
    const pause = await control.pause(ADMIN, '2025-06-25');
    expect(await control.activePause()).toEqual(pause);
    timer.setDay('2025-06-24');
    // 3:59 of the 25th in UTC is a minute before midnight in New York.
    timer.advanceMs(16 * 3_600_000 - 60_000);
    await reminders.look();
    expect(slack.sent).toEqual([]);
    timer.advanceMs(60_000);
    expect(await control.activePause()).toBeNull();
    await reminders.look();
    expect(slack.to('digest')).toHaveLength(1);
    expect(await story(started)).toEqual([`${ADMIN} reminders_paused until 2025-06-25`]);
    expect(await control.resume(ADMIN)).toBe(false);
  });

  test('stops what is going out, which goes on afterwards', async () => {
    const started = await startWith([...TWO, of('c@example.com', 3)]);
    const { world, control, reminders, slack } = started;
    slack.during = async () => {
      slack.during = async () => {};
      await control.pause(ADMIN, null);
    };
    await run(started, world);
    expect(slack.sent.map(({ to }) => to)).toEqual(['UA']);
    await control.resume(ADMIN);
    await reminders.resume();
    expect(slack.to('owner')).toEqual(['UA', 'UB', 'UC']);
    expect(slack.to('digest')).toHaveLength(1);
  });
});

describe('by hand', () => {
  test('the window that is due is served, once: not again at the next look', async () => {
    const started = await startWith(TWO);
    const { world, control, store, slack } = started;
    await control.startManualRound(ADMIN, 'round');
    expect((await store.unfinished()).map(({ key }) => key)).toEqual([`${DEADLINE}/7`]);
    await run(started, world);
    expect(slack.sent).toHaveLength(3);
    expect(await story(started)).toEqual([`${ADMIN} reminders_sent_by_hand`]);
  });

  test('a round of its own goes out once the window was served', async () => {
    const started = await startWith(TWO);
    const { world, control, store, slack } = started;
    await run(started, world);
    await control.startManualRound(ADMIN, 'round');
    expect((await store.unfinished()).map(({ key }) => key)).toEqual([`${BY_HAND}round`]);
    await run(started, world);
    expect(slack.to('owner')).toEqual(['UA', 'UB', 'UA', 'UB']);
    expect(slack.to('digest')).toHaveLength(2);
  });

  test('a round goes out before the first window', async () => {
    const started = await startWith(TWO);
    const { world, control, slack, timer } = started;
    timer.setDay('2025-01-01');
    await control.startManualRound(ADMIN, 'round');
    await run(started, world);
    expect(slack.reminded.map(({ to, days, maySnooze }) => [to, days, maySnooze])).toEqual([
      ['UA', 180, false],
      ['UB', 180, false],
    ]);
  });

  test.each(['before', 'after'])('one press is one round, pressed again %s it was served', async (when) => {
    const started = await startWith(TWO);
    const { world, control, slack, timer } = started;
    const other = newInstance(world).control;
    await Promise.all([control.startManualRound(ADMIN, 'round'), other.startManualRound(ADMIN, 'round')]);
    if (when === 'after') await run(started, world);
    timer.advanceMs(60_000);
    await other.startManualRound(ADMIN, 'round');
    await other.startManualRound('UOTHER', 'round');
    await run(started, world);
    expect(slack.sent).toHaveLength(3);
    expect(await story(started)).toHaveLength(1);
    // Whoever pressed is an owner like others.
    await control.startManualRound('UA', 'another round');
    await run(started, world);
    expect(slack.to('owner')).toEqual(['UA', 'UB', 'UA', 'UB']);
  });

  test('it goes out in spite of a pause, says so, and the window is served by it', async () => {
    const started = await startWith(TWO);
    const { world, control, slack } = started;
    const pause = await control.pause(ADMIN, null);
    await control.startManualRound(ADMIN, 'round');
    await run(started, world);
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
    expect(slack.digests.map((digest) => digest.pause)).toEqual([pause]);
    await control.resume(ADMIN);
    await run(started, world);
    expect(slack.sent).toHaveLength(3);
  });
});
