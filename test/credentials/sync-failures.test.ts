import { describe, expect, test } from 'vitest';
import type { AdobeErrorKind } from '../../src/credentials/adobe-error.ts';
import { newProcess, startWith } from '../migrations/setup.ts';
import { adobeError, consoleId, problem } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';

/** Last synced an hour ago: 1 and 2 eligible, 3 migrated. */
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

describe('a sync that cannot read the accounts', () => {
  test.each([
    ['not_allowed', 403],
    ['unavailable', 503],
    ['token_refused', 400],
  ] as const)('(%s) records the problem and keeps what was known, with its age', async (kind, status) => {
    const now = await anHourLater();
    now.adobe.failing.set('accounts', adobeError(kind, status));
    expect(await now.sync.run()).toEqual({
      triedAt: now.clock.now(),
      succeededAt: now.knownAt,
      problem: problem(kind, status),
    });
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
  });

  test('of one sandbox changes nothing of the others', async () => {
    const now = await anHourLater();
    now.adobe.accounts.set('dev', []);
    now.adobe.failing.set('accounts prod', adobeError('unavailable', 503));
    expect(await now.sync.run()).toMatchObject({ problem: { kind: 'unavailable' } });
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
  });

  test('clears the problem at the next success', async () => {
    const now = await anHourLater();
    now.adobe.failing.set('accounts', adobeError('unavailable', 503));
    await now.sync.run();
    now.adobe.failing.clear();
    const at = now.clock.now();
    expect(await now.sync.run()).toEqual({ triedAt: at, succeededAt: at, problem: null });
  });

  test('releases the lease', async () => {
    const now = await anHourLater();
    now.adobe.failing.set('accounts', adobeError('unavailable', 503));
    await now.sync.run();
    const other = newProcess(now.world);
    expect(await other.stores.leases.acquire('sync', now.clock.now(), 1)).toBe(true);
  });

  test('because of a bug of ours throws, and the next sync works', async () => {
    const now = await anHourLater();
    const { readAccounts } = now.adobe;
    now.adobe.readAccounts = () => Promise.reject(new TypeError('a bug of ours'));
    await expect(now.sync.run()).rejects.toThrow('a bug of ours');
    now.adobe.readAccounts = readAccounts;
    expect(await now.sync.run()).toMatchObject({ problem: null });
  });
});

describe('when the Console fails', () => {
  test.each<[AdobeErrorKind, number]>([
    ['not_allowed', 403],
    ['no_such_path', 404],
  ])('permanently (%s), a sync makes every credential unknown except the migrated ones', async (kind, status) => {
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
  ])('transiently (%s), a sync keeps what was known', async (kind, status) => {
    const now = await anHourLater();
    now.adobe.failing.set('integrations', adobeError(kind, status));
    const noted = { succeededAt: now.knownAt, problem: problem(kind, status) };
    expect(await now.sync.run()).toMatchObject(noted);
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
  });

  test('after some details, a later sync does not read those again', async () => {
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

describe('when one status cannot be read, a sync', () => {
  test('keeps it after a server error, and reads the others', async () => {
    const now = await anHourLater();
    now.adobe.failing.set(`status ${consoleId(1)}`, adobeError('unavailable', 500));
    now.adobe.statuses.set(consoleId(2), 'started');
    expect(await now.sync.run()).toMatchObject({ problem: null });
    expect(await now.statuses()).toEqual(['eligible', 'unfinished', 'migrated']);
  });

  test('makes it unknown after a server error if none was known', async () => {
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

  test('makes it unknown after a permanent error, and reads the others', async () => {
    const now = await anHourLater();
    now.adobe.failing.set(`status ${consoleId(1)}`, adobeError('not_allowed', 403));
    await now.sync.run();
    expect(await now.statuses()).toEqual(['unknown', 'eligible', 'migrated']);
  });

  test.each(['throttled', 'lost'] as const)('fails and changes nothing after a transient error (%s)', async (kind) => {
    const now = await anHourLater();
    now.adobe.failing.set(`status ${consoleId(1)}`, adobeError(kind));
    now.adobe.statuses.set(consoleId(2), 'started');
    expect(await now.sync.run()).toMatchObject({ succeededAt: now.knownAt, problem: { kind } });
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
  });
});
