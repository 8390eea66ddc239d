import { describe, expect, test } from 'vitest';
import { AdobeError, type AdobeErrorKind } from '../../src/credentials/adobe-error.ts';
import type { UnreadItems } from '../../src/credentials/ports.ts';
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
  /** The sandboxes of every credential that is listed, by number. */
  const sandboxes = async () =>
    Object.fromEntries(
      (await now.stores.credentials.page({}, 0, 100)).rows.map(({ name, sandboxes }) => [
        name.split(' ')[1],
        sandboxes,
      ]),
    );
  return { ...now, knownAt, statuses, sandboxes };
}

describe('a sync that cannot read the accounts', () => {
  test.each([
    ['not_allowed', 403],
    ['unavailable', 503],
    ['token_refused', 400],
  ] as const)('(%s) records the problem and keeps the known statuses, with their age', async (kind, status) => {
    const now = await anHourLater();
    now.adobe.failing.set('accounts', adobeError(kind, status));
    expect(await now.sync.run()).toEqual({
      triedAt: now.clock.now(),
      succeededAt: now.knownAt,
      problem: problem(kind, status),
      unread: kind === 'token_refused' ? [] : [unread('sandbox', ['dev', 'prod'], kind, status)],
      progress: null,
    });
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
  });

  test.each<[AdobeErrorKind, number | undefined]>([
    ['not_allowed', 403],
    ['no_such_path', 404],
    ['unavailable', 500],
    ['lost', undefined],
  ])('of one sandbox (%s) reads the others and keeps the earlier content of that one', async (kind, status) => {
    const now = await anHourLater();
    now.adobe.add(4, {}, ['dev', 'prod']);
    now.adobe.add(5, {}, ['prod']);
    await now.sync.run();
    now.adobe.failing.set('accounts prod', adobeError(kind, status));
    // Credentials 1 and 4 are gone from dev; 4 is in prod as well.
    now.adobe.accounts.set('dev', []);
    now.adobe.add(2);
    now.adobe.add(6);
    const at = now.clock.now();
    expect(await now.sync.run()).toEqual({
      triedAt: at,
      succeededAt: at,
      problem: null,
      unread: [unread('sandbox', ['prod'], kind, status)],
      progress: null,
    });
    expect(await now.sandboxes()).toEqual({ 2: ['dev'], 4: ['prod'], 5: ['prod'], 6: ['dev'] });
  });

  test('keeps the sandbox of a credential that another sandbox still shows', async () => {
    const now = await anHourLater();
    now.adobe.add(4, {}, ['dev', 'prod']);
    await now.sync.run();
    now.adobe.failing.set('accounts prod', adobeError('not_allowed', 403));
    await now.sync.run();
    expect((await now.sandboxes())[4]).toEqual(['dev', 'prod']);
  });

  test('keeps the accounts read before Adobe asked for a pause, and makes no more calls', async () => {
    const now = await anHourLater();
    now.adobe.add(4, {}, ['prod']);
    await now.sync.run();
    now.adobe.calls.length = 0;
    now.adobe.failing.set('accounts prod', adobeError('throttled', 429));
    now.adobe.add(5);
    expect(await now.sync.run()).toMatchObject({ problem: problem('throttled', 429) });
    // The lists are requested at the same time.
    expect(now.adobe.calls.toSorted()).toEqual(['accounts dev', 'accounts prod', 'integrations']);
    expect(await now.sandboxes()).toEqual({ 1: ['dev'], 2: ['dev'], 3: ['dev'], 4: ['prod'], 5: ['dev'] });
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
  });

  test('clears the problem at the next success', async () => {
    const now = await anHourLater();
    now.adobe.failing.set('accounts', adobeError('unavailable', 503));
    await now.sync.run();
    now.adobe.failing.clear();
    const at = now.clock.now();
    expect(await now.sync.run()).toEqual({ triedAt: at, succeededAt: at, problem: null, unread: [], progress: null });
  });

  test('releases the lease', async () => {
    const now = await anHourLater();
    now.adobe.failing.set('accounts', adobeError('unavailable', 503));
    await now.sync.run();
    const other = newProcess(now.world);
    expect(await other.stores.leases.acquire('sync', now.clock.now(), 1)).toBe(true);
  });

  test('because of an unexpected error throws, and the next sync works', async () => {
    const now = await anHourLater();
    const { readAccounts } = now.adobe;
    now.adobe.readAccounts = () => Promise.reject(new TypeError('a bug of ours'));
    await expect(now.sync.run()).rejects.toThrow('a bug of ours');
    now.adobe.readAccounts = readAccounts;
    expect(await now.sync.run()).toMatchObject({ problem: null });
  });
});

describe('when the Console fails', () => {
  test.each<[AdobeErrorKind, number | undefined]>([
    ['not_allowed', 403],
    ['no_such_path', 404],
    ['throttled', 429],
    ['unavailable', 503],
    ['unreachable', undefined],
    ['lost', undefined],
  ])('as a whole (%s), a sync fails, and stores what the sandboxes show', async (kind, status) => {
    const now = await anHourLater();
    now.adobe.failing.set('integrations', adobeError(kind, status));
    now.adobe.add(4);
    const noted = { succeededAt: now.knownAt, problem: problem(kind, status) };
    expect(await now.sync.run()).toMatchObject(noted);
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
    expect(await now.stores.credentials.get(accountId(4))).toMatchObject({
      status: 'unknown',
      unknownBecause: { code: 'console_failed', problem: problem(kind, status) },
    });
    now.adobe.failing.clear();
    await now.sync.run();
    expect(await now.stores.credentials.get(accountId(4))).toMatchObject({ status: 'eligible' });
  });

  test.each<[AdobeErrorKind, number | undefined]>([
    ['not_allowed', 401],
    ['not_allowed', 403],
    ['no_such_path', 404],
    ['unavailable', 500],
    ['lost', undefined],
    ['bad_answer', undefined],
  ])('for an integration of no known credential (%s, status %s), a sync reads the others', async (kind, status) => {
    const now = await anHourLater();
    now.adobe.integrations.set('odd', null);
    now.adobe.failing.set('detail odd', adobeError(kind, status));
    now.adobe.add(4);
    const state = await now.sync.run();
    expect(state).toMatchObject({ problem: null, unread: [unread('integration', ['odd'], kind, status)] });
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
    expect((await now.stores.syncs.overview()).counts).toMatchObject({ eligible: 3, unknown: 0 });
  });

  test('for the integration of a credential, its status is unknown with the reason', async () => {
    const now = await anHourLater();
    now.adobe.add(4);
    now.adobe.failing.set(`detail ${consoleId(4)}`, adobeError('not_allowed', 403));
    for (let i = 0; i < 2; i++) {
      expect(await now.sync.run()).toMatchObject({ problem: null });
      expect(await now.stores.credentials.get(accountId(4))).toMatchObject({
        status: 'unknown',
        unknownBecause: { code: 'console_failed', problem: problem('not_allowed', 403) },
      });
    }
  });

  test('for every status, a sync fails', async () => {
    const now = await anHourLater();
    now.adobe.failing.set('status', adobeError('not_allowed', 403));
    expect(await now.sync.run()).toMatchObject({ succeededAt: now.knownAt, problem: problem('not_allowed', 403) });
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
  });

  test('by not responding, a sync does not wait for every credential', async () => {
    const now = await anHourLater();
    for (let number = 10; number < 60; number++) now.adobe.add(number);
    await now.sync.run();
    now.adobe.calls.length = 0;
    now.adobe.failing.set('status', adobeError('lost'));
    expect(await now.sync.run()).toMatchObject({ problem: problem('lost') });
    expect(now.adobe.called('status').length).toBeLessThan(15);
  });

  test('after some details, a later sync does not read those details again', async () => {
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
    expect((await now.stores.syncs.overview()).counts).toMatchObject({ eligible: 82, migrated: 1 });
  });
});

describe('when one status cannot be read, a sync', () => {
  test.each<[AdobeErrorKind, number | undefined]>([
    ['not_allowed', 401],
    ['not_allowed', 403],
    ['no_such_path', 404],
    ['unavailable', 500],
    ['lost', undefined],
    ['bad_answer', undefined],
  ])('keeps it (%s, status %s) and reads the others', async (kind, status) => {
    const now = await anHourLater();
    now.adobe.failing.set(`status ${consoleId(1)}`, adobeError(kind, status));
    now.adobe.statuses.set(consoleId(2), 'started');
    const state = await now.sync.run();
    expect(state).toMatchObject({ problem: null, unread: [unread('integration', [consoleId(1)], kind, status)] });
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

  test('keeps every status when Adobe asks for a pause, and reports the pause', async () => {
    const now = await anHourLater();
    now.adobe.failing.set(`status ${consoleId(1)}`, adobeError('throttled', 429));
    expect(await now.sync.run()).toMatchObject({ succeededAt: now.knownAt, problem: { kind: 'throttled' } });
    expect(await now.statuses()).toEqual(['eligible', 'eligible', 'migrated']);
  });
});

test.each([
  ['an hour', 3_244],
  ['3 days', 3 * 24 * 3_600],
  ['63 years', 2_000_000_000],
])(
  'a pause of %s that Adobe asks for is respected by every instance, and the sync resumes after it',
  async (_, seconds) => {
    const now = await anHourLater();
    const until = new Date(now.clock.now().getTime() + seconds * 1_000).toISOString();
    now.adobe.failing.set('accounts', new AdobeError('throttled', 'a test call', { status: 429, until }));
    expect(await now.sync.run()).toMatchObject({ problem: { kind: 'throttled', until } });
    now.adobe.failing.clear();
    now.adobe.calls.length = 0;
    now.clock.advance(seconds - 1);
    const restarted = newProcess(now.world);
    const paused = { triedAt: now.clock.now(), succeededAt: now.knownAt, problem: { until } };
    expect(await restarted.sync.run()).toMatchObject(paused);
    expect(now.adobe.calls).toEqual([]);
    now.clock.advance(2);
    expect(await restarted.sync.run()).toMatchObject({ problem: null });
  },
);

test('a pause recorded while the clock was a day ahead is void once the clock is right', async () => {
  const now = await anHourLater();
  now.clock.set(24 * 3_600);
  const until = new Date(now.clock.now().getTime() + 60_000).toISOString();
  now.adobe.failing.set('accounts', new AdobeError('throttled', 'a test call', { status: 429, until }));
  expect(await now.sync.run()).toMatchObject({ problem: { kind: 'throttled', until } });
  now.adobe.failing.clear();
  now.clock.set(-24 * 3_600);
  expect(await newProcess(now.world).sync.run()).toMatchObject({ problem: null });
});

function unread(
  what: UnreadItems['what'],
  names: string[],
  kind: AdobeErrorKind = 'bad_answer',
  status?: number,
): UnreadItems {
  return { what, count: names.length, names, problem: problem(kind, status) };
}
