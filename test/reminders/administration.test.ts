import { describe, expect, test } from 'vitest';
import { ADMIN, member, migrator } from '../support/people.ts';
import { DEADLINE, type Instance, newInstance, of, run, startWith } from './setup.ts';

const TWO = [of('a@example.com', 1), of('b@example.com', 2)];

/** The audit trail, oldest first. */
async function story({ audit }: Pick<Instance, 'audit'>): Promise<string[]> {
  const { rows } = await audit.history(null, 0, 100);
  return rows.map(({ actor, action, detail }) => [actor, action, detail?.why].filter(Boolean).join(' ')).reverse();
}

describe('snoozing', () => {
  test('stops messages to that person until the next window begins', async () => {
    const { reminders, rounds, slack, clock, ...rest } = await startWith(TWO);
    await rounds.check();
    expect(await reminders.snooze(member('UA'))).toBe('2025-06-27');
    slack.forget();
    await reminders.startManualRound(migrator(ADMIN), 'round');
    await rounds.resume();
    expect(slack.to('owner')).toEqual(['UB']);
    expect(slack.digests[0]?.groups.map(({ email }) => email)).toEqual(['a@example.com', 'b@example.com']);
    clock.setDay('2025-06-27');
    await rounds.check();
    expect(slack.to('owner')).toEqual(['UB', 'UA', 'UB']);
    const entries = await story(rest);
    expect(entries).toEqual(['UA snoozed until 2025-06-27', `${ADMIN} reminders_sent_by_hand`]);
  });

  test.each([
    ['is not offered before the first window', '2025-04-30', null],
    ['lasts until the second window if pressed in the first', '2025-05-01', '2025-05-31'],
    ['lasts until the last three days if pressed the day before', '2025-06-26', '2025-06-27'],
    ['is not offered in the last three days', '2025-06-27', null],
    ['is not offered on the last day', '2025-06-30', null],
    ['is not offered after the deadline', '2025-07-09', null],
  ])('%s, on %s', async (_, date, until) => {
    const { reminders, clock, store, ...rest } = await startWith(TWO);
    clock.setDay(date);
    expect(await reminders.snooze(member('UA'))).toBe(until);
    expect(await store.snoozedUntil('UA')).toBe(until);
    expect(await story(rest)).toHaveLength(until === null ? 0 : 1);
  });

  test('lasts until Monday where the next window begins on a Saturday and checks are on weekdays', async () => {
    const { reminders, clock, store } = await startWith(TWO, { cron: '0 9 * * 1-5' });
    clock.setDay('2025-05-26');
    expect(await reminders.snooze(member('UA'))).toBe('2025-06-02');
    expect(await store.snoozedUntil('UA')).toBe('2025-06-02');
  });

  test('is not offered in the last three days, even when the window began earlier', async () => {
    const { reminders, rounds, slack, clock } = await startWith(TWO, { days: [14, 7] });
    clock.setDay('2025-06-28');
    await rounds.check();
    expect(slack.reminded.map(({ maySnooze }) => maySnooze)).toEqual([false, false]);
    expect(await reminders.snooze(member('UA'))).toBeNull();
  });

  test('is offered four days before the deadline', async () => {
    const { rounds, slack, clock } = await startWith(TWO);
    clock.setDay('2025-06-26');
    await rounds.check();
    expect(slack.reminded.map(({ maySnooze }) => maySnooze)).toEqual([true, true]);
  });
});

describe('a pause', () => {
  test('holds until a migrator resumes reminders; then the window that is due is served', async () => {
    const started = await startWith(TWO);
    const { reminders, rounds, slack, clock } = started;
    await reminders.pause(migrator(ADMIN), null);
    await rounds.check();
    clock.setDay('2025-06-28');
    await rounds.check();
    expect(slack.sent).toEqual([]);
    expect(await reminders.resume(migrator('UOTHER'))).toBe(true);
    expect(await reminders.resume(migrator('UOTHER'))).toBe(false);
    await rounds.check();
    expect(slack.digests.map(({ deadline, pause }) => [deadline.days, pause])).toEqual([[2, null]]);
    expect(await story(started)).toEqual([`${ADMIN} reminders_paused`, 'UOTHER reminders_resumed']);
  });

  test('ends on its day in the time zone in which days are counted', async () => {
    const started = await startWith(TWO, { timeZone: 'America/New_York' });
    const { reminders, rounds, slack, clock } = started;
    const pause = await reminders.pause(migrator(ADMIN), '2025-06-25');
    expect(await reminders.activePause()).toEqual(pause);
    clock.setDay('2025-06-24');
    // 3:59 of the 25th in UTC is a minute before midnight in New York.
    clock.advanceMs(16 * 3_600_000 - 60_000);
    await rounds.check();
    expect(slack.sent).toEqual([]);
    clock.advanceMs(60_000);
    expect(await reminders.activePause()).toBeNull();
    await rounds.check();
    expect(slack.to('digest')).toHaveLength(1);
    expect(await story(started)).toEqual([`${ADMIN} reminders_paused until 2025-06-25`]);
    expect(await reminders.resume(migrator(ADMIN))).toBe(false);
  });

  test('stops a round that is being sent, which continues when reminders are resumed', async () => {
    const started = await startWith([...TWO, of('c@example.com', 3)]);
    const { world, reminders, rounds, slack } = started;
    slack.during = async () => {
      slack.during = async () => {};
      await reminders.pause(migrator(ADMIN), null);
    };
    await run(started, world);
    expect(slack.sent.map(({ to }) => to)).toEqual(['UA']);
    await reminders.resume(migrator(ADMIN));
    await rounds.resume();
    expect(slack.to('owner')).toEqual(['UA', 'UB', 'UC']);
    expect(slack.to('digest')).toHaveLength(1);
  });
});

describe('a manual round', () => {
  test('is sent as the round of the window that is due, which is not served again at the next check', async () => {
    const started = await startWith(TWO);
    const { world, reminders, store, slack } = started;
    await reminders.startManualRound(migrator(ADMIN), 'round');
    expect((await store.unfinishedRounds()).map(({ key }) => key)).toEqual([`${DEADLINE}/7`]);
    expect((await store.round(`${DEADLINE}/14`))?.finishedAt).toEqual((await store.round('round'))?.startedAt);
    await run(started, world);
    expect(slack.sent).toHaveLength(3);
    expect(await story(started)).toEqual([`${ADMIN} reminders_sent_by_hand`]);
  });

  test('is a separate round after the window was served', async () => {
    const started = await startWith(TWO);
    const { world, reminders, store, slack } = started;
    await run(started, world);
    await reminders.startManualRound(migrator(ADMIN), 'round');
    expect((await store.unfinishedRounds()).map(({ key }) => key)).toEqual(['round']);
    await run(started, world);
    expect(slack.to('owner')).toEqual(['UA', 'UB', 'UA', 'UB']);
    expect(slack.to('digest')).toHaveLength(2);
  });

  test('is sent before the first window begins', async () => {
    const started = await startWith(TWO);
    const { world, reminders, slack, clock } = started;
    clock.setDay('2025-01-01');
    await reminders.startManualRound(migrator(ADMIN), 'round');
    await run(started, world);
    expect(slack.reminded.map(({ to, deadline, maySnooze }) => [to, deadline.days, maySnooze])).toEqual([
      ['UA', 180, false],
      ['UB', 180, false],
    ]);
  });

  test.each(['before', 'after'])(
    'is started once per request, even when the button is pressed again %s it was served',
    async (when) => {
      const started = await startWith(TWO);
      const { world, reminders, slack, clock } = started;
      const other = newInstance(world).reminders;
      await Promise.all([
        reminders.startManualRound(migrator(ADMIN), 'round'),
        other.startManualRound(migrator(ADMIN), 'round'),
      ]);
      if (when === 'after') await run(started, world);
      clock.advanceMs(60_000);
      await other.startManualRound(migrator(ADMIN), 'round');
      await other.startManualRound(migrator('UOTHER'), 'round');
      await run(started, world);
      expect(slack.sent).toHaveLength(3);
      expect(await story(started)).toHaveLength(1);
      // A migrator who starts a round is reminded like every other owner.
      await reminders.startManualRound(migrator('UA'), 'another round');
      await run(started, world);
      expect(slack.to('owner')).toEqual(['UA', 'UB', 'UA', 'UB']);
    },
  );

  test('is sent despite a pause, shows the pause, and serves the window that is due', async () => {
    const started = await startWith(TWO);
    const { world, reminders, slack } = started;
    const pause = await reminders.pause(migrator(ADMIN), null);
    await reminders.startManualRound(migrator(ADMIN), 'round');
    await run(started, world);
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
    expect(slack.digests.map((digest) => digest.pause)).toEqual([pause]);
    await reminders.resume(migrator(ADMIN));
    await run(started, world);
    expect(slack.sent).toHaveLength(3);
  });
});
