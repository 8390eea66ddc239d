import { describe, expect, test } from 'vitest';
import { adobeError, consoleId, problem } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { ASKER, newProcess, oneConfirmed, story, TIMEOUT } from './setup.ts';

describe('right before the start', () => {
  test.each([
    ['completed', 'migrated', 'elsewhere'],
    ['started', 'running', 'elsewhere'],
    ['none', 'failed', 'not_eligible'],
  ] as const)(
    'a confirmed migration with Adobe’s state %s becomes %s, and nothing is sent',
    async (status, state, why) => {
      const now = await oneConfirmed();
      now.adobe.statuses.set(consoleId(1), status);
      await now.advance();
      expect(await now.state()).toMatchObject({ state, reason: { code: why }, startedAt: now.clock.now() });
      expect(await now.stores.credentials.get(accountId(1))).toMatchObject({ adobeStatus: status });
      await now.later();
      expect(now.adobe.started).toEqual([]);
      expect(await story(now)).toEqual([
        `asked by ${ASKER.userId}`,
        `confirmed by ${ASKER.userId}`,
        `${state} by qs-creds ${why}`,
      ]);
    },
  );

  test('a migration found started elsewhere ends as migrated elsewhere', async () => {
    const now = await oneConfirmed();
    now.adobe.statuses.set(consoleId(1), 'started');
    await now.advance();
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.later();
    expect(await now.state()).toMatchObject({ state: 'migrated', reason: { code: 'elsewhere' } });
  });

  test('an expired confirmation sends nothing', async () => {
    const now = await oneConfirmed();
    await now.later(4 * 60 * 60);
    expect(await now.state()).toMatchObject({ state: 'failed', reason: { code: 'outdated' } });
    expect(now.adobe.started).toEqual([]);
  });

  test('a transient error before the start is retried', async () => {
    const now = await oneConfirmed();
    now.adobe.failing.set('status', adobeError('unavailable', 503));
    await now.advance();
    await now.later();
    expect(await now.state()).toMatchObject({ state: 'confirmed', startedAt: null });
    now.adobe.failing.clear();
    await now.later();
    expect(await now.state()).toMatchObject({ state: 'submitted' });
  });

  test('a transient error that persists fails the migration, and nothing is sent', async () => {
    const now = await oneConfirmed();
    now.adobe.failing.set('status', adobeError('throttled', 429));
    await now.advance();
    await now.later(TIMEOUT / 1000 - 1);
    expect(await now.state()).toMatchObject({ state: 'confirmed' });
    await now.later();
    const reason = { code: 'unchecked', problem: problem('throttled', 429) };
    expect(await now.state()).toMatchObject({ state: 'failed', reason });
    expect(now.adobe.started).toEqual([]);
  });

  test('a state that always arrives too late to act on fails the migration after the timeout, and nothing is sent', async () => {
    const now = await oneConfirmed();
    const read = now.stores.console.migrationStatus.bind(now.stores.console);
    now.stores.console.migrationStatus = async (id) => {
      now.clock.advance(12);
      return read(id);
    };
    for (let reads = 0; reads * 12 < TIMEOUT / 1000; reads++) {
      expect(await now.state()).toMatchObject({ state: 'confirmed' });
      await now.advance();
    }
    await now.advance();
    expect(await now.state()).toMatchObject({ state: 'failed', reason: { code: 'late' } });
    expect(now.adobe.started).toEqual([]);
  });

  test('a permanent error fails the migration at once, and nothing is sent', async () => {
    const now = await oneConfirmed();
    now.adobe.failing.set('status', adobeError('not_allowed', 403));
    await now.advance();
    expect(await now.state()).toMatchObject({ state: 'failed', reason: { code: 'unchecked' } });
    expect(now.adobe.started).toEqual([]);
  });

  test('if two processes read the same state, only one sends', async () => {
    const now = await oneConfirmed();
    const other = newProcess(now.world);
    await Promise.all([now.advance(), now.advance(other)]);
    expect(now.adobe.started).toHaveLength(1);
    expect((await story(now)).filter((line) => line.startsWith('submitted'))).toHaveLength(1);
  });
});
