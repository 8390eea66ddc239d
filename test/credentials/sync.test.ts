import { describe, expect, test } from 'vitest';
import { ASKER, confirmed, newProcess, newWorld, type Settings, startWith, story } from '../migrations/setup.ts';
import { consoleId } from '../support/fakes.ts';
import { accountId, credential } from '../support/samples.ts';

/** A process before its first sync. */
async function unread(settings: Settings = {}) {
  const world = await newWorld();
  const process = newProcess(world, settings);
  const all = async () => (await process.stores.credentials.page({}, 0, 1000)).rows;
  return { ...process, ...world, world, all };
}

describe('a sync', () => {
  test('stores what Adobe shows, with its status and time', async () => {
    const now = await unread();
    now.adobe.add(1, { name: 'etl', description: 'nightly', owner: 'jo@example.com' });
    expect(await now.stores.sync.syncState()).toEqual({
      triedAt: null,
      succeededAt: null,
      problem: null,
      unread: [],
      progress: null,
    });
    const at = now.clock.now();
    expect(await now.sync.run()).toEqual({ triedAt: at, succeededAt: at, problem: null, unread: [], progress: null });
    expect(await now.all()).toEqual([
      {
        ...credential(1, { name: 'etl', description: 'nightly', owner: 'jo@example.com' }),
        sandboxes: ['dev'],
        production: [],
        consoleId: consoleId(1),
        status: 'eligible',
        usage: [],
        hold: null,
      },
    ]);
  });

  test('stores an account of several sandboxes as one credential, with the sandboxes in order', async () => {
    const now = await unread({ sandboxes: ['prod', 'qa', 'dev'] });
    now.adobe.add(1, { technicalAccountId: `${accountId(1).toLowerCase()}@techacct.adobe.com` }, ['dev']);
    now.adobe.add(1, {}, ['prod']);
    now.adobe.add(2, {}, ['qa']);
    await now.sync.run();
    expect(now.adobe.called('accounts')).toEqual(['accounts prod', 'accounts qa', 'accounts dev']);
    expect((await now.all()).map(({ sandboxes }) => sandboxes)).toEqual([['prod', 'dev'], ['qa']]);
  });

  test('stores an account that one sandbox lists twice as one credential', async () => {
    const now = await unread();
    now.adobe.add(1);
    now.adobe.add(1);
    await now.sync.run();
    expect((await now.all()).map(({ sandboxes }) => sandboxes)).toEqual([['dev']]);
  });

  test('stores hundreds of credentials, each with its own status', async () => {
    const now = await unread();
    for (let number = 1; number <= 137; number++) now.adobe.add(number);
    now.adobe.statuses.set(consoleId(100), 'completed');
    now.adobe.statuses.set(consoleId(137), 'none');
    await now.sync.run();
    const counts = { eligible: 135, migrated: 1, not_eligible: 1 };
    expect((await now.stores.syncs.overview()).counts).toMatchObject(counts);
    expect(await now.stores.credentials.get(accountId(100))).toMatchObject({ status: 'migrated' });
  });

  test('asks the Console about no integration if there are no accounts', async () => {
    const now = await unread();
    now.adobe.integrations.set('other', null);
    expect(await now.sync.run()).toMatchObject({ problem: null });
    expect(now.adobe.calls.toSorted()).toEqual(['accounts dev', 'accounts prod', 'integrations']);
  });

  test('removes a credential that is gone from Adobe, and restores it when it returns', async () => {
    const now = await unread();
    now.adobe.add(1);
    now.adobe.add(2);
    await now.sync.run();
    const accounts = now.adobe.accounts.get('dev') ?? [];
    now.adobe.accounts.set('dev', accounts.slice(1));
    await now.sync.run();
    expect((await now.all()).map(({ name }) => name)).toEqual(['credential 2']);
    expect(await now.stores.credentials.get(accountId(1))).toBeNull();
    now.adobe.accounts.set('dev', accounts);
    await now.sync.run();
    expect((await now.all()).map(({ name }) => name)).toEqual(['credential 1', 'credential 2']);
  });

  test('gives a credential missing in the Console an unknown status with the reason', async () => {
    const now = await unread();
    now.adobe.add(1);
    now.adobe.integrations.set(consoleId(1), null);
    now.adobe.add(2);
    await now.sync.run();
    expect(await now.all()).toMatchObject([
      { name: 'credential 2', status: 'eligible' },
      { status: 'unknown', unknownBecause: { code: 'not_in_console' }, consoleId: null },
    ]);
  });
});

describe('to save calls, a sync', () => {
  test('reads the details of an integration only once', async () => {
    const now = await unread();
    now.adobe.add(1);
    now.adobe.integrations.set('other', null);
    await now.sync.run();
    expect(now.adobe.called('detail')).toEqual([`detail ${consoleId(1)}`, 'detail other']);
    now.adobe.calls.length = 0;
    now.adobe.add(2);
    await now.sync.run();
    await newProcess(now.world).sync.run();
    expect(now.adobe.called('detail')).toEqual([`detail ${consoleId(2)}`]);
  });

  test('never reads the status of a migrated credential again', async () => {
    const now = await unread();
    now.adobe.add(1);
    now.adobe.add(2);
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.sync.run();
    now.adobe.calls.length = 0;
    await now.sync.run();
    expect(now.adobe.called('status')).toEqual([`status ${consoleId(2)}`]);
    expect(await now.stores.credentials.get(accountId(1))).toMatchObject({ status: 'migrated' });
  });

  test('is joined by another call in the same process', async () => {
    const now = await unread();
    now.adobe.add(1);
    const states = await Promise.all([now.sync.run(), now.sync.run(), now.sync.run()]);
    expect(now.adobe.called('accounts dev')).toHaveLength(1);
    expect(states[1]).toEqual(states[0]);
    await now.sync.run();
    expect(now.adobe.called('accounts dev')).toHaveLength(2);
  });

  test('does not run while another process is syncing', async () => {
    const now = await unread();
    const other = newProcess(now.world);
    await other.stores.leases.acquire('sync', now.clock.now(), 5_000);
    expect(await now.sync.run()).toMatchObject({ triedAt: null });
    expect(now.adobe.calls).toEqual([]);
    now.clock.advance(5);
    expect(await now.sync.run()).toMatchObject({ triedAt: now.clock.now() });
  });

  test('releases its lease, so that the next process need not wait', async () => {
    const now = await unread();
    await now.sync.run();
    expect(await newProcess(now.world).sync.run()).toMatchObject({ problem: null });
    expect(now.adobe.called('accounts dev')).toHaveLength(2);
  });
});

describe('the history', () => {
  test.each([
    ['started', 'started_outside by qs-creds'],
    ['completed', 'migrated_outside by qs-creds'],
  ] as const)('records the status %s outside the app once, in the audit trail', async (status, line) => {
    const now = await startWith([1, 2]);
    now.adobe.statuses.set(consoleId(1), status);
    await now.sync.run();
    await now.sync.run();
    expect(await story(now)).toEqual([line]);
    const { rows } = await now.stores.audit.history(accountId(1), 0, 10);
    expect(rows).toHaveLength(1);
  });

  test('records a start and a completion outside the app separately', async () => {
    const now = await startWith([1]);
    now.adobe.statuses.set(consoleId(1), 'started');
    await now.sync.run();
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.sync.run();
    expect(await story(now)).toEqual(['started_outside by qs-creds', 'migrated_outside by qs-creds']);
  });

  test('does not record the status of a credential seen for the first time', async () => {
    const now = await unread();
    now.adobe.add(1);
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.sync.run();
    expect(await story(now)).toEqual([]);
  });

  test('does not record a status that was unknown before', async () => {
    const now = await unread();
    now.adobe.add(1);
    now.adobe.statuses.set(consoleId(1), 'completed');
    const integrations = [...now.adobe.integrations];
    now.adobe.integrations.clear();
    await now.sync.run();
    for (const [id, account] of integrations) now.adobe.integrations.set(id, account);
    await now.sync.run();
    expect(await now.stores.credentials.get(accountId(1))).toMatchObject({ status: 'migrated' });
    expect(await story(now)).toEqual([]);
  });

  test('does not record a credential that was reset or cannot be migrated', async () => {
    const now = await startWith([1, 2]);
    now.adobe.statuses.set(consoleId(1), 'started');
    await now.sync.run();
    now.adobe.statuses.set(consoleId(1), 'not_started');
    now.adobe.statuses.set(consoleId(2), 'none');
    await now.sync.run();
    expect(await story(now)).toEqual(['started_outside by qs-creds']);
  });

  test('does not record our own migration as an external change', async () => {
    const now = await startWith([1]);
    await confirmed(now, 1);
    await now.runner.advance();
    await now.sync.run();
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.sync.run();
    const ours = [`asked by ${ASKER.userId}`, `confirmed by ${ASKER.userId}`, 'submitted by qs-creds'];
    expect((await story(now)).slice(0, 3)).toEqual(ours);
    expect((await story(now)).filter((line) => line.includes('outside'))).toEqual([]);
  });

  test('records the external migration of a credential that we failed to migrate', async () => {
    const now = await startWith([1]);
    await confirmed(now, 1);
    now.adobe.statuses.set(consoleId(1), 'none');
    await now.runner.advance();
    now.adobe.statuses.set(consoleId(1), 'completed');
    now.clock.advance(1);
    await now.sync.run();
    expect((await story(now)).at(-1)).toBe('migrated_outside by qs-creds');
  });
});
