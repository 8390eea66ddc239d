import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { StartOutcome } from '../../src/migrations/method.ts';
import { adobeError, consoleId, problem } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { ASKER, confirmed, newProcess, oneConfirmed, startWith, story, TIMEOUT } from './setup.ts';

const BEGUN = [`asked by ${ASKER.userId}`, `confirmed by ${ASKER.userId}`];

describe('the start', () => {
  test('the start is sent once, after the intent was recorded', async () => {
    const now = await oneConfirmed();
    let found: string | undefined;
    now.adobe.onStart = async () => {
      found = (await now.state())?.state;
      return { kind: 'accepted' };
    };
    await now.advance();
    expect(found).toBe('submitted');
    expect(now.adobe.started).toEqual([
      { technicalAccountId: accountId(1), consoleId: consoleId(1), sandbox: 'dev', step: 'start' },
    ]);
    expect(await now.state()).toMatchObject({ state: 'submitted', startedAt: now.clock.now(), endedAt: null });
  });

  test('the start is sent after reading Adobe’s state', async () => {
    const now = await oneConfirmed();
    await now.advance();
    expect(now.adobe.calls).toEqual([`status ${consoleId(1)}`, `start ${accountId(1)}`]);
  });

  test('the start is sent to the first sandbox of the credential', async () => {
    const now = await startWith([]);
    now.adobe.add(1, {}, ['qa', 'dev']);
    const process = newProcess(now.world, { sandboxes: ['qa', 'dev'] });
    await process.sync.run();
    await confirmed(process, 1);
    await process.runner.advance();
    expect(now.adobe.started).toMatchObject([{ sandbox: 'qa' }]);
  });

  test('the start is not sent on a reading from before the process was suspended; Adobe’s state is read again first', async () => {
    const now = await oneConfirmed();
    const read = now.adobe.migrationStatus.bind(now.adobe);
    now.adobe.migrationStatus = async (id) => {
      now.adobe.migrationStatus = read;
      const status = await read(id);
      now.clock.advance(30);
      return status;
    };
    await now.advance();
    expect(now.adobe.started).toEqual([]);
    expect(await now.state()).toMatchObject({ state: 'confirmed' });
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.later();
    expect(now.adobe.started).toEqual([]);
    expect(await now.state()).toMatchObject({ state: 'migrated', reason: { code: 'elsewhere' } });
  });

  test('a process that stops while it connects sends nothing, and leaves the queue to others', async () => {
    const now = await oneConfirmed();
    now.adobe.onStart = async (_target, _signal, maySend) => {
      await now.runner.stop(0);
      return maySend() ? { kind: 'accepted' } : { kind: 'late' };
    };
    await now.advance();
    await expect.poll(now.state).toMatchObject({ state: 'failed', reason: { code: 'late' } });
    expect(await newProcess(now.world).runner.acquireLease()).toBe(true);
  });

  test('nothing is sent without a confirmation', async () => {
    const now = await startWith([1]);
    await now.runner.advance();
    expect(now.adobe.calls).toEqual([]);
  });
});

/** Every outcome of a start, whether Adobe then migrates, and the audit rows that follow. */
const OUTCOMES: readonly {
  readonly outcome: StartOutcome;
  readonly migrates: boolean;
  readonly end: string;
  readonly audited: readonly string[];
}[] = [
  {
    outcome: { kind: 'accepted' },
    migrates: true,
    end: 'migrated',
    audited: ['start_answered by qs-creds accepted', 'running by qs-creds', 'migrated by qs-creds'],
  },
  {
    outcome: { kind: 'accepted' },
    migrates: false,
    end: 'needs_attention',
    audited: ['start_answered by qs-creds accepted', 'needs_attention by qs-creds unclear'],
  },
  {
    outcome: { kind: 'refused', error: adobeError('not_allowed', 403) },
    migrates: false,
    end: 'failed',
    audited: ['start_answered by qs-creds refused', 'failed by qs-creds refused'],
  },
  {
    outcome: { kind: 'unsent', error: adobeError('unreachable') },
    migrates: false,
    end: 'failed',
    audited: ['start_answered by qs-creds unsent', 'failed by qs-creds unsent'],
  },
  {
    outcome: { kind: 'unclear', error: adobeError('lost') },
    migrates: true,
    end: 'migrated',
    audited: ['start_answered by qs-creds unclear', 'running by qs-creds', 'migrated by qs-creds'],
  },
  {
    outcome: { kind: 'unclear', error: adobeError('unavailable', 504) },
    migrates: false,
    end: 'needs_attention',
    audited: ['start_answered by qs-creds unclear', 'needs_attention by qs-creds unclear'],
  },
];

describe('the outcome of a start', () => {
  test.each(OUTCOMES)(
    'a start with the outcome $outcome.kind is tried once and fully audited (Adobe migrates: $migrates)',
    async ({ outcome, migrates, end, audited }) => {
      const now = await oneConfirmed();
      now.adobe.onStart = async (target) => {
        if (migrates) now.adobe.statuses.set(target.consoleId, 'started');
        return outcome;
      };
      await now.advance();
      await now.later();
      if (migrates) now.adobe.statuses.set(consoleId(1), 'completed');
      for (let passed = 0; passed <= 2 * TIMEOUT; passed += 5_000) await now.later();
      expect(now.adobe.started).toHaveLength(1);
      expect(await now.state()).toMatchObject({ state: end });
      expect(await story(now)).toEqual([...BEGUN, 'submitted by qs-creds', ...audited]);
      expect(now.endings).toEqual([end]);
    },
  );

  test('an Adobe error on the start is audited and stored with the migration', async () => {
    const now = await oneConfirmed();
    now.adobe.onStart = async () => ({ kind: 'refused', error: adobeError('refused', 400) });
    await now.advance();
    const reason = { code: 'refused', problem: problem('refused', 400) };
    expect(await now.state()).toMatchObject({ reason, endedAt: now.clock.now() });
    const { rows } = await now.stores.audit.history(accountId(1), 1, 1);
    expect(rows).toMatchObject([
      { action: 'start_answered', migrationId: now.id, detail: { why: 'refused', answer: 'refused 400' } },
    ]);
  });

  test.each([
    ['does not store', false],
    ['stores without confirming it', true],
  ])(
    'a response to the start that the database %s is recorded once when the database works again',
    async (_, isTaken) => {
      const now = await oneConfirmed();
      const { audit } = now.stores;
      const record = audit.record.bind(audit);
      audit.record = async (entry) => {
        if (isTaken) await record(entry);
        throw new Error('the connection was lost');
      };
      now.adobe.onStart = async () => ({ kind: 'refused', error: adobeError('refused', 400) });
      await now.advance();
      expect(await now.state()).toMatchObject({ state: 'submitted' });
      audit.record = record;
      await now.later();
      await now.later();
      expect(await now.state()).toMatchObject({ state: 'failed', reason: { code: 'refused' } });
      expect((await story(now)).filter((line) => line.startsWith('start_answered'))).toHaveLength(1);
      expect(now.adobe.started).toHaveLength(1);
    },
  );

  test('a lost response to the start is stored for the person who has to check', async () => {
    const now = await oneConfirmed();
    now.adobe.onStart = async () => ({ kind: 'unclear', error: adobeError('lost') });
    await now.advance();
    expect(await now.state()).toMatchObject({ state: 'submitted', startProblem: problem('lost') });
    await now.later(TIMEOUT / 1000);
    const reason = { code: 'unclear', lastStatus: 'not_started', problem: problem('lost') };
    expect(await now.state()).toMatchObject({ state: 'needs_attention', reason });
  });
});

describe('a late response to a start', () => {
  test.each<StartOutcome>([
    { kind: 'accepted' },
    { kind: 'refused', error: adobeError('refused', 400) },
    { kind: 'unsent', error: adobeError('unreachable') },
    { kind: 'unclear', error: adobeError('lost') },
  ])('a late response ($kind) changes nothing once Adobe has completed the migration', async (outcome) => {
    const now = await oneConfirmed();
    const { promise, resolve } = Promise.withResolvers<StartOutcome>();
    now.adobe.onStart = () => promise;
    await now.advance();
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.later();
    expect(await now.state()).toMatchObject({ state: 'migrated' });
    resolve(outcome);
    await setImmediate();
    expect(await now.state()).toMatchObject({ state: 'migrated', reason: null });
    expect((await story(now)).slice(-2)).toEqual([
      'migrated by qs-creds',
      `start_answered by qs-creds ${outcome.kind}`,
    ]);
    expect(now.endings).toEqual(['migrated']);
  });

  test('a late refusal does not change that the migration needs attention', async () => {
    const now = await oneConfirmed();
    const { promise, resolve } = Promise.withResolvers<StartOutcome>();
    now.adobe.onStart = () => promise;
    await now.advance();
    await now.later(TIMEOUT / 1000);
    resolve({ kind: 'refused', error: adobeError('refused', 400) });
    await setImmediate();
    expect(await now.state()).toMatchObject({ state: 'needs_attention' });
  });

  test('a missing response does not delay the reading of Adobe’s state', async () => {
    const now = await oneConfirmed();
    now.adobe.onStart = () => new Promise(() => undefined);
    await now.advance();
    now.adobe.statuses.set(consoleId(1), 'started');
    await now.later();
    expect(await now.state()).toMatchObject({ state: 'running' });
  });
});
