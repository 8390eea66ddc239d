import { describe, expect, test } from 'vitest';
import { consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { ASKER, by, confirmed, newProcess, PLACE, type Process, startWith, TIMEOUT } from './setup.ts';

/** Confirmed migrations, in this order. */
async function confirmedOnes(numbers: readonly number[]) {
  const now = await startWith(numbers);
  for (const number of numbers) {
    await confirmed(now, number);
    now.clock.advance(1);
  }
  /** Seconds pass, Adobe is asked, messages are brought up to date. */
  const later = async (seconds: number, process: Pick<Process, 'runner' | 'progress'> = now) => {
    now.clock.advance(seconds);
    await process.runner.advance();
    await process.progress.report();
  };
  const states = () => now.messages.shown.map(({ progress }) => progress);
  return { ...now, later, states };
}

describe('progress', () => {
  test('progress shows the place in the queue, and moves up', async () => {
    const now = await confirmedOnes([1, 2, 3]);
    await now.progress.report();
    expect(now.states()).toEqual([{ kind: 'confirmed' }, { kind: 'confirmed' }, { kind: 'confirmed' }]);
    now.messages.shown.length = 0;
    await now.progress.report();
    expect(now.messages.shown.map(({ migration, progress }) => [migration.shown.name, progress])).toEqual([
      ['credential 1', { kind: 'starting' }],
      ['credential 2', { kind: 'waiting', place: 1, isFirstHandedOver: false }],
      ['credential 3', { kind: 'waiting', place: 2, isFirstHandedOver: false }],
    ]);
    await now.runner.advance();
    now.adobe.statuses.set(consoleId(1), 'completed');
    now.messages.shown.length = 0;
    await now.later(5);
    expect(now.messages.shown.map(({ migration, progress }) => [migration.shown.name, progress.kind])).toEqual([
      ['credential 1', 'ended'],
      ['credential 2', 'starting'],
      ['credential 3', 'waiting'],
    ]);
  });

  test('progress is one message, edited only when it changes', async () => {
    const now = await confirmedOnes([1]);
    for (let i = 0; i < 3; i++) await now.progress.report();
    expect(now.states()).toEqual([{ kind: 'confirmed' }, { kind: 'starting' }]);
    await now.later(5);
    await now.later(5);
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.later(5);
    expect(new Set(now.messages.shown.map(({ ts }) => ts))).toEqual(new Set(['1.1']));
    expect(now.messages.shown.at(-1)).toMatchObject({ migration: { message: { channel: PLACE.channel } } });
  });

  test('progress is edited three tenths of the expected time apart while a migration runs, and no more often', async () => {
    const now = await confirmedOnes([1]);
    await now.progress.report();
    await now.runner.advance();
    await now.progress.report();
    for (let tenths = 0; tenths < 360; tenths++) await now.later(0.1);
    const expectedSeconds = 40;
    const running = [0, 12, 24, 36].map((elapsedSeconds) => ({ kind: 'running', elapsedSeconds, expectedSeconds }));
    expect(now.states()).toEqual([{ kind: 'confirmed' }, ...running]);
  });
});

test('a long queue edits progress at most forty times a minute, and still shows every end', async () => {
  const numbers = Array.from({ length: 30 }, (_, i) => i + 1);
  const now = await confirmedOnes(numbers);
  await now.progress.report();
  const edits: number[] = [];
  const ends: string[] = [];
  for (let second = 0; second < 240; second++) {
    now.messages.shown.length = 0;
    if (second % 10 === 9) now.adobe.statuses.set(consoleId((second + 1) / 10), 'completed');
    await now.later(1);
    edits.push(...now.messages.shown.filter(({ progress }) => progress.kind !== 'ended').map(() => second));
    ends.push(...now.messages.ends());
  }
  const inAMinute = edits.map((from) => edits.filter((at) => at >= from && at < from + 60).length);
  expect(Math.max(...inAMinute)).toBeLessThanOrEqual(40);
  expect(ends.slice(0, 20)).toEqual(numbers.slice(0, 20).map((number) => `credential ${number}: migrated`));
});

describe('the end', () => {
  test('the end is shown once', async () => {
    const now = await confirmedOnes([1]);
    now.adobe.statuses.set(consoleId(1), 'completed');
    for (let i = 0; i < 5; i++) await now.later(5);
    expect(now.messages.ends()).toEqual(['credential 1: migrated']);
    expect(await now.stores.migrations.unnotified()).toEqual([]);
  });

  test.each([
    ['none', 'failed'],
    ['completed', 'migrated'],
  ] as const)(
    'the end is shown of a migration whose progress was never shown (Adobe: %s, end: %s)',
    async (status, state) => {
      const now = await confirmedOnes([1]);
      now.adobe.statuses.set(consoleId(1), status);
      await now.runner.advance();
      await now.progress.report();
      expect(now.messages.ends()).toEqual([`credential 1: ${state}`]);
    },
  );

  test('an end that needs attention is shown', async () => {
    const now = await confirmedOnes([1]);
    await now.later(0);
    await now.later(TIMEOUT / 1000);
    expect(now.messages.ends()).toEqual(['credential 1: needs_attention']);
  });

  test('no end is shown of a request that was never confirmed', async () => {
    const now = await startWith([1]);
    await by(ASKER, now).ask(accountId(1), PLACE);
    now.clock.advance(600);
    await now.pendingRequests.expireOverdue();
    await now.progress.report();
    expect(now.messages.shown).toEqual([]);
  });

  test('an end that happens while an earlier one is being shown is shown too', async () => {
    const now = await confirmedOnes([1]);
    await now.later(0);
    now.clock.advance(TIMEOUT / 1000);
    await now.runner.advance();
    const { messages } = now;
    const show = messages.show.bind(messages);
    messages.show = async (migration, progress) => {
      messages.show = show;
      const message = await show(migration, progress);
      // While Slack is slow, Adobe completes the migration.
      now.adobe.statuses.set(consoleId(1), 'completed');
      now.clock.advance(5);
      await now.sync.run();
      await now.runner.advance();
      return message;
    };
    await now.progress.report();
    await now.progress.report();
    expect(messages.ends()).toEqual(['credential 1: needs_attention', 'credential 1: migrated']);
  });
});

test('an end that was shown but not marked as notified does not hide the next', async () => {
  const now = await confirmedOnes([1]);
  const { migrations } = now.stores;
  await now.later(0);
  const markNotified = migrations.markNotified.bind(migrations);
  migrations.markNotified = () => Promise.reject(new Error('the database is away'));
  await expect(now.later(TIMEOUT / 1000)).rejects.toThrow('away');
  migrations.markNotified = markNotified;
  now.adobe.statuses.set(consoleId(1), 'completed');
  now.clock.advance(1);
  await now.sync.run();
  await now.later(5);
  expect(now.messages.ends()).toEqual(['credential 1: needs_attention', 'credential 1: migrated']);
});

describe('when Slack does not accept a progress message', () => {
  test('ends are shown in order once Slack is available again', async () => {
    const now = await confirmedOnes([2, 1]);
    now.messages.down = true;
    for (const number of [2, 1]) {
      now.adobe.statuses.set(consoleId(number), 'completed');
      await now.later(5);
    }
    expect(now.messages.ends()).toEqual([]);
    now.messages.down = false;
    await now.later(5);
    await now.later(5);
    expect(now.messages.ends()).toEqual(['credential 2: migrated', 'credential 1: migrated']);
  });

  test('a later end waits for an earlier one, even if Slack is available again in between', async () => {
    const now = await confirmedOnes([2, 1]);
    const [first] = await now.stores.migrations.queue();
    now.messages.down = new Set([first?.id ?? '']);
    for (const number of [2, 1]) {
      now.adobe.statuses.set(consoleId(number), 'completed');
      await now.later(5);
    }
    await now.later(1);
    expect(now.messages.ends()).toEqual([]);
    now.messages.down = false;
    // The earlier end is not yet due to be retried: the later one still waits for it.
    await now.later(1);
    expect(now.messages.ends()).toEqual([]);
    await now.later(5);
    expect(now.messages.ends()).toEqual(['credential 2: migrated', 'credential 1: migrated']);
  });

  test('a message that Slack rejects holds up no other', async () => {
    const now = await confirmedOnes([2, 1]);
    const [first] = await now.stores.migrations.queue();
    now.messages.refused.add(first?.id ?? '');
    for (const number of [2, 1]) {
      now.adobe.statuses.set(consoleId(number), 'completed');
      await now.later(5);
    }
    await now.later(1);
    expect(now.messages.ends()).toEqual(['credential 1: migrated']);
    now.messages.refused.clear();
    await now.later(5);
    expect(now.messages.ends()).toEqual(['credential 1: migrated', 'credential 2: migrated']);
  });

  test('an end on which Slack fails repeatedly holds up no other', async () => {
    const now = await confirmedOnes([2, 1]);
    const [first] = await now.stores.migrations.queue();
    now.messages.down = new Set([first?.id ?? '']);
    for (const number of [2, 1]) {
      now.adobe.statuses.set(consoleId(number), 'completed');
      await now.later(5);
    }
    for (let times = 0; times < 3; times++) await now.later(5);
    expect(now.messages.ends()).toEqual(['credential 1: migrated']);
    now.messages.down = false;
    await now.later(60);
    expect(now.messages.ends()).toEqual(['credential 1: migrated', 'credential 2: migrated']);
  });

  test('a failed message is retried after five seconds, not at once', async () => {
    const now = await confirmedOnes([1]);
    now.messages.down = true;
    await now.progress.report();
    now.messages.down = false;
    now.clock.advance(4.999);
    await now.progress.report();
    expect(now.states()).toEqual([]);
    now.clock.advance(0.001);
    await now.progress.report();
    expect(now.states()).toEqual([{ kind: 'confirmed' }]);
  });

  test('other messages are shown while one fails', async () => {
    const now = await confirmedOnes([1, 2]);
    const [first] = await now.stores.migrations.queue();
    now.messages.down = new Set([first?.id ?? '']);
    await now.progress.report();
    expect(now.messages.shown.map(({ migration }) => migration.shown.name)).toEqual(['credential 2']);
  });
});

describe('a new process', () => {
  test('a new process shows the ends that were not shown, in the same message', async () => {
    const now = await confirmedOnes([1]);
    await now.progress.report();
    now.messages.down = true;
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.later(5);
    now.messages.down = false;
    const next = newProcess(now.world);
    await next.progress.report();
    await next.progress.report();
    expect(now.messages.ends()).toEqual(['credential 1: migrated']);
    expect(now.messages.shown.at(-1)?.ts).toBe('1.1');
  });

  test('a new process shows no end twice', async () => {
    const now = await confirmedOnes([1]);
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.later(5);
    await newProcess(now.world).progress.report();
    expect(now.messages.ends()).toHaveLength(1);
  });
});
