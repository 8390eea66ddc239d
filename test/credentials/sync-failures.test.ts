import { describe, expect, test } from 'vitest';
import type { AdobeErrorKind } from '../../src/credentials/adobe-error.ts';
import { newProcess, startWith } from '../migrations/setup.ts';
import { adobeError, consoleId, problem } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';

/** What was known an hour ago: 1 and 2 eligible, 3 migrated. */
async function anHourLater() {
  const now = await startWith([1, 2, 3]);
  now.adobe.statuses.set(consoleId(3), 'completed');
  await now.sync.run();
  const knownAt = now.clock.now();
  now.clock.advance(3600);
  now.adobe.calls.length = 0;
  const statuses = async () =>
    Promise.all([1, 2, 3].map(async (n) => (await now.stores.credentials.get(accountId(n)))?.status));
  expect(await statuses()).toEqual(['eligible', 'eligible', 'migrated']);
  return { ...now, knownAt, statuses };
}

describe('when the accounts cannot be read', () => {
  test.each([
    ['not_allowed', 403],
    ['unavailable', 503],
    ['token_refused', 400],
  ] as const)('(%s) it is noted, and what was known stays as old as it is', async (kind, status) => {
    const now = await anHourLater();
    now.adobe.failing.set('accounts', adobeError(kind, status));
    expect(await now.sync.run()).toEqual({
      triedAt: now.clock.now(),
      succeededAt: now.knownAt,
      problem: problem(kind, status),
    });
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
  });

  test('of one sandbox, nothing of the others changes either', async () => {
    const now = await anHourLater();
    now.adobe.accounts.set('dev', []);
    now.adobe.failing.set('accounts prod', adobeError('unavailable', 503));
    expect(await now.sync.run()).toMatchObject({ problem: { kind: 'unavailable' } });
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
  });

  test('the next success clears the problem', async () => {
    const now = await anHourLater();
    now.adobe.failing.set('accounts', adobeError('unavailable', 503));
    await now.sync.run();
    now.adobe.failing.clear();
    const at = now.clock.now();
    expect(await now.sync.run()).toEqual({ triedAt: at, succeededAt: at, problem: null });
  });

  test('the lease is given back', async () => {
    const now = await anHourLater();
    now.adobe.failing.set('accounts', adobeError('unavailable', 503));
    await now.sync.run();
    const other = newProcess(now.world);
    expect(await other.stores.leases.acquire('sync', now.clock.now(), 1)).toBe(true);
  });

  test('for a fault of ours, it is thrown, and the next run works', async () => {
    const now = await anHourLater();
    const { readAccounts } = now.adobe;
    now.adobe.readAccounts = () => Promise.reject(new TypeError('a fault of ours'));
    await expect(now.sync.run()).rejects.toThrow('a fault of ours');
    now.adobe.readAccounts = readAccounts;
    expect(await now.sync.run()).toMatchObject({ problem: null });
  });
});

describe('when the Console', () => {
  test.each<[AdobeErrorKind, number]>([
    ['not_allowed', 403],
    ['no_such_path', 404],
  ])('lastingly (%s) shows no integrations, all is unknown but what was migrated', async (kind, status) => {
    const now = await anHourLater();
    now.adobe.failing.set('integrations', adobeError(kind, status));
    expect(await now.sync.run()).toMatchObject({ succeededAt: now.clock.now(), problem: null });
    expect(await now.statuses()).toEqual(['unknown', 'unknown', 'migrated']);
    expect(await now.stores.credentials.get(accountId(1))).toMatchObject({
      unknownBecause: { code: 'console_failed', problem: problem(kind, status) },
      consoleId: consoleId(1),
    });
    now.adobe.failing.clear();
    await now.sync.run();
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
  });

  test.each<[AdobeErrorKind, number | undefined]>([
    ['throttled', 429],
    ['unavailable', 503],
    ['unreachable', undefined],
    ['lost', undefined],
  ])('passingly (%s) shows no integrations, what was known stays', async (kind, status) => {
    const now = await anHourLater();
    now.adobe.failing.set('integrations', adobeError(kind, status));
    const noted = { succeededAt: now.knownAt, problem: problem(kind, status) };
    expect(await now.sync.run()).toMatchObject(noted);
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
  });

  test('shows some details and then fails, those are not asked again', async () => {
    const now = await anHourLater();
    for (let number = 10; number < 90; number++) now.adobe.add(number);
    now.adobe.failing.set(`detail ${consoleId(89)}`, adobeError('unavailable', 503));
    await now.sync.run();
    now.adobe.failing.clear();
    now.adobe.calls.length = 0;
    await now.sync.run();
    const again = now.adobe.called('detail');
    expect(again).toContain(`detail ${consoleId(89)}`);
    expect(again.length).toBeLessThanOrEqual(25);
    expect(await now.stores.credentials.counts()).toMatchObject({ eligible: 82, migrated: 1 });
  });
});

describe('when one status cannot be read', () => {
  test('for a server’s error it stays, and the others are read', async () => {
    const now = await anHourLater();
    now.adobe.failing.set(`status ${consoleId(1)}`, adobeError('unavailable', 500));
    now.adobe.statuses.set(consoleId(2), 'started');
    expect(await now.sync.run()).toMatchObject({ problem: null });
    expect(await now.statuses()).toEqual(['eligible', 'migrating', 'migrated']);
  });

  test('for a server’s error and none was known, it is unknown', async () => {
    const now = await anHourLater();
    now.adobe.add(4);
    now.adobe.failing.set(`status ${consoleId(4)}`, adobeError('unavailable', 500));
    for (let i = 0; i < 2; i++) {
      await now.sync.run();
      expect(await now.stores.credentials.get(accountId(4))).toMatchObject({
        status: 'unknown',
        unknownBecause: { code: 'console_failed', problem: problem('unavailable', 500) },
      });
    }
  });

  test('lastingly, it is unknown, and the others are read', async () => {
    const now = await anHourLater();
    now.adobe.failing.set(`status ${consoleId(1)}`, adobeError('not_allowed', 403));
    await now.sync.run();
    expect(await now.statuses()).toEqual(['unknown', 'eligible', 'migrated']);
  });

  test.each(['throttled', 'lost'] as const)('for a pause or a break (%s), all stays', async (kind) => {
    const now = await anHourLater();
    now.adobe.failing.set(`status ${consoleId(1)}`, adobeError(kind));
    now.adobe.statuses.set(consoleId(2), 'started');
    expect(await now.sync.run()).toMatchObject({ succeededAt: now.knownAt, problem: { kind } });
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
  });
});
