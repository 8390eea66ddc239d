import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { StartOutcome } from '../../src/migrations/method.ts';
import { adobeError, consoleId, problem } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { confirmed, newProcess, type Process, startWith, story, TIMEOUT } from './setup.ts';

/** Confirmed migrations, the first of them sent. */
async function oneSent(numbers: readonly number[] = [1]) {
  const now = await startWith(numbers);
  const ids: string[] = [];
  for (const number of numbers) {
    ids.push((await confirmed(now, number)).id);
    now.clock.advance(1);
  }
  const states = async () => Promise.all(ids.map(async (id) => (await now.stores.migrations.get(id))?.state));
  const later = async (seconds = 5, { runner }: Pick<Process, 'runner'> = now) => {
    now.clock.advance(seconds);
    await runner.advance();
    await setImmediate();
  };
  await later();
  const state = () => now.stores.migrations.get(ids[0] ?? '');
  return { ...now, states, state, later };
}

describe('in flight', () => {
  test.each([-3_600, 3_600])(
    'a clock change of %i s affects neither the readings nor the progress nor the timeout',
    async (by) => {
      const now = await oneSent();
      const shown = () => now.messages.shown.at(-1)?.progress;
      await now.progress.report();
      await now.progress.report();
      now.clock.set(by);
      await now.later(24);
      await now.progress.report();
      expect(shown()).toMatchObject({ kind: 'running', elapsedSeconds: 24 });
      expect(now.adobe.called('status')).toHaveLength(2);
      await now.later(TIMEOUT / 1_000 - 29);
      expect(await now.states()).toEqual(['running']);
      await now.later(10);
      expect(await now.states()).toEqual(['needs_attention']);
    },
  );

  test('Adobe’s state is read every five seconds and no more often', async () => {
    const now = await oneSent();
    const reads = () => now.adobe.called('status').length;
    expect(reads()).toBe(1);
    await now.later(4.999);
    expect(reads()).toBe(1);
    await now.later(0.001);
    expect(reads()).toBe(2);
  });

  test('a migration in flight is running, then migrated, and so is its credential', async () => {
    const now = await oneSent();
    await now.later();
    expect(await now.states()).toEqual(['running']);
    expect(await now.stores.credentials.get(accountId(1))).toMatchObject({ status: 'migrating' });
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.later();
    expect(await now.state()).toMatchObject({ state: 'migrated', endedAt: now.clock.now(), reason: null });
    expect(await now.stores.credentials.get(accountId(1))).toMatchObject({ status: 'migrated' });
  });

  test('a migration that Adobe reverts has failed, and can be requested again', async () => {
    const now = await oneSent();
    await now.later();
    now.adobe.statuses.set(consoleId(1), 'not_started');
    await now.later();
    expect(await now.state()).toMatchObject({ state: 'failed', reason: { code: 'put_back' } });
    expect(now.adobe.started).toHaveLength(1);
    await confirmed(now, 1);
    await now.later();
    expect(now.adobe.started).toHaveLength(2);
  });

  test('a migration that takes too long after its intent needs attention', async () => {
    const now = await oneSent();
    await now.later(TIMEOUT / 1000 - 0.001);
    expect(await now.states()).toEqual(['running']);
    await now.later();
    const reason = { code: 'unclear', lastStatus: 'started', problem: null };
    expect(await now.state()).toMatchObject({ state: 'needs_attention', reason });
    expect(await now.stores.credentials.get(accountId(1))).toMatchObject({ status: 'needs_attention' });
  });

  test.each(['unavailable', 'not_allowed'] as const)(
    'a state that cannot be read (%s) is retried, then needs attention',
    async (kind) => {
      const now = await oneSent();
      now.adobe.failing.set('status', adobeError(kind));
      await now.later();
      expect(await now.states()).toEqual(['submitted']);
      await now.later(TIMEOUT / 1000);
      const reason = { code: 'unclear', lastStatus: null, problem: problem(kind) };
      expect(await now.state()).toMatchObject({ state: 'needs_attention', reason });
    },
  );

  test('an error that is not from Adobe is thrown and decides nothing', async () => {
    const now = await oneSent();
    now.adobe.migrationStatus = () => Promise.reject(new TypeError('an error of ours'));
    await expect(now.later(TIMEOUT / 1000)).rejects.toThrow('an error of ours');
    expect(await now.states()).toEqual(['submitted']);
  });
});

describe('a migration that needed attention', () => {
  test('a migration that needed attention is migrated once Adobe reports it, and people are notified again', async () => {
    const now = await oneSent();
    await now.later(TIMEOUT / 1000);
    await now.progress.report();
    now.adobe.statuses.set(consoleId(1), 'completed');
    now.clock.advance(3600);
    await now.sync.run();
    await now.later();
    expect(await now.state()).toMatchObject({ state: 'migrated' });
    await now.progress.report();
    expect(now.messages.ends()).toEqual(['credential 1: needs_attention', 'credential 1: migrated']);
    expect((await story(now)).at(-1)).toBe('migrated by qs-creds');
    expect(now.endings).toEqual(['needs_attention', 'migrated']);
  });

  test('a migration that needs attention is never sent again, whatever Adobe reports', async () => {
    const now = await oneSent();
    await now.later(TIMEOUT / 1000);
    for (const status of ['not_started', 'started', 'none'] as const) {
      now.adobe.statuses.set(consoleId(1), status);
      await now.sync.run();
      await now.later();
      expect(await now.states()).toEqual(['needs_attention']);
    }
    expect(now.adobe.started).toHaveLength(1);
  });
});

describe('the queue', () => {
  test('one migration is in flight, and the others follow in the order of their confirmation', async () => {
    const now = await oneSent([3, 1, 2]);
    await now.later();
    expect(await now.states()).toEqual(['running', 'confirmed', 'confirmed']);
    for (const number of [3, 1, 2]) {
      now.adobe.statuses.set(consoleId(number), 'completed');
      await now.later();
      await now.later();
    }
    expect(await now.states()).toEqual(['migrated', 'migrated', 'migrated']);
    expect(now.adobe.started.map(({ technicalAccountId }) => technicalAccountId)).toEqual([3, 1, 2].map(accountId));
  });

  test('the next migration starts without a pause', async () => {
    const now = await oneSent([1, 2]);
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.later();
    await now.later(0);
    expect(await now.states()).toEqual(['migrated', 'submitted']);
  });

  test('a migration that needs attention makes way for the next', async () => {
    const now = await oneSent([1, 2]);
    await now.later(TIMEOUT / 1000);
    await now.later();
    expect(await now.states()).toEqual(['needs_attention', 'submitted']);
  });

  test('a migration that fails before its start makes way for the next', async () => {
    const now = await oneSent([1, 2, 3]);
    now.adobe.statuses.set(consoleId(1), 'completed');
    now.adobe.statuses.set(consoleId(2), 'none');
    for (let i = 0; i < 3; i++) await now.later();
    expect(await now.states()).toEqual(['migrated', 'failed', 'submitted']);
  });
});

describe('a new process over the same database', () => {
  test('a new process never sends a submitted migration again, and ends it according to Adobe’s state', async () => {
    const now = await oneSent();
    const next = newProcess(now.world);
    await now.later(5, next);
    expect(await now.states()).toEqual(['running']);
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.later(5, next);
    expect(await now.states()).toEqual(['migrated']);
    expect(now.adobe.started).toHaveLength(1);
  });

  test('a start that Adobe never received because the process died needs attention', async () => {
    const now = await startWith([1]);
    now.adobe.onStart = () => new Promise(() => undefined);
    const { id } = await confirmed(now, 1);
    await now.runner.advance();
    const next = newProcess(now.world);
    for (let passed = 0; passed <= TIMEOUT; passed += 5_000) {
      now.clock.advance(5);
      await next.runner.advance();
    }
    const reason = { code: 'unclear', lastStatus: 'not_started', problem: null };
    expect(await now.stores.migrations.get(id)).toMatchObject({ state: 'needs_attention', reason });
    expect(now.adobe.started).toHaveLength(1);
  });

  test('a new process measures the timeout from the intent, not from its own start', async () => {
    const now = await oneSent();
    now.clock.advance(TIMEOUT / 1000 - 1);
    const next = newProcess(now.world);
    await now.later(0, next);
    expect(await now.states()).toEqual(['running']);
    await now.later(5, next);
    expect(await now.states()).toEqual(['needs_attention']);
  });

  test('a new process sends a migration that was confirmed but not yet sent', async () => {
    const now = await startWith([1]);
    await confirmed(now, 1);
    await newProcess(now.world).runner.advance();
    expect(now.adobe.started).toHaveLength(1);
  });
});

describe('stopping', () => {
  test('stopping aborts a start, records that its response is unclear, and leaves the decision to Adobe’s state', async () => {
    const now = await startWith([1]);
    now.adobe.onStart = (_, signal) => {
      const { promise, resolve } = Promise.withResolvers<StartOutcome>();
      signal.addEventListener('abort', () => resolve({ kind: 'unclear', error: adobeError('lost') }));
      return promise;
    };
    const { id } = await confirmed(now, 1);
    await now.runner.advance();
    await now.runner.stop(0);
    await setImmediate();
    const startProblem = problem('lost');
    expect(await now.stores.migrations.get(id)).toMatchObject({ state: 'submitted', startProblem });
  });

  test('stopping leaves a migration that was about to be sent to the next process', async () => {
    const now = await startWith([1]);
    const { id } = await confirmed(now, 1);
    const reading = Promise.withResolvers<'not_started'>();
    now.adobe.migrationStatus = () => reading.promise;
    const advanced = now.runner.advance();
    await now.runner.stop(0);
    reading.resolve('not_started');
    await advanced;
    expect(await now.stores.migrations.get(id)).toMatchObject({ state: 'confirmed' });
    expect(now.adobe.started).toEqual([]);
  });
});
