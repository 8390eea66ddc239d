import { expect, test } from 'vitest';
import { startWith } from '../migrations/setup.ts';
import { adobeError, consoleId, problem } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';

const REFUSED = adobeError('not_allowed', 403);

/** Synced an hour ago: 1 to 3 are Eligible, in this order. Since then Adobe has renamed each. */
async function start() {
  const now = await startWith([1, 2, 3]);
  const syncedAt = now.clock.now();
  now.clock.advance(3_600);
  now.adobe.accounts.set(
    'dev',
    (now.adobe.accounts.get('dev') ?? []).map((each) => ({ ...each, name: each.name.toUpperCase() })),
  );
  /** `1 credential 1 [dev] eligible` */
  const listed = async () =>
    (await now.stores.credentials.page({}, 0, 100)).rows
      .map(({ technicalAccountId, name, sandboxes, status }) =>
        [Number.parseInt(technicalAccountId, 16), name, JSON.stringify(sandboxes), status].join(' '),
      )
      .sort();
  return { ...now, syncedAt, listed };
}

test('if a later page of a sandbox cannot be read, the accounts read so far are up to date, and the rest stays as it was', async () => {
  const now = await start();
  now.adobe.add(4, {}, ['prod']);
  now.adobe.cutShort.set('accounts dev', { after: 1, error: REFUSED });
  now.adobe.statuses.set(consoleId(1), 'started');
  now.adobe.statuses.set(consoleId(2), 'started');
  const at = now.clock.now();
  const unread = [{ what: 'sandbox', count: 1, names: ['dev'], problem: problem('not_allowed', 403) }];
  expect(await now.sync.run()).toMatchObject({ succeededAt: at, problem: null, unread });
  expect(await now.listed()).toEqual([
    '1 CREDENTIAL 1 ["dev"] unfinished',
    '2 credential 2 ["dev"] unfinished',
    '3 credential 3 ["dev"] eligible',
    '4 credential 4 ["prod"] eligible',
  ]);
});

test('if a later page of the only sandbox cannot be read, the sync fails, and the accounts read so far are kept', async () => {
  const now = await start();
  now.adobe.accounts.delete('prod');
  now.adobe.failing.set('accounts prod', REFUSED);
  now.adobe.cutShort.set('accounts dev', { after: 2, error: REFUSED });
  expect(await now.sync.run()).toMatchObject({ succeededAt: now.syncedAt, problem: problem('not_allowed', 403) });
  expect(await now.listed()).toEqual([
    '1 CREDENTIAL 1 ["dev"] eligible',
    '2 CREDENTIAL 2 ["dev"] eligible',
    '3 credential 3 ["dev"] eligible',
  ]);
});

test('a pause that Adobe asks for at a later page ends the sync, and the accounts read so far are kept', async () => {
  const now = await start();
  now.adobe.add(4, {}, ['prod']);
  now.adobe.cutShort.set('accounts dev', { after: 1, error: adobeError('throttled', 429) });
  now.adobe.statuses.set(consoleId(1), 'started');
  expect(await now.sync.run()).toMatchObject({ problem: { kind: 'throttled' } });
  expect(now.adobe.called('status')).toEqual([]);
  expect((await now.listed()).slice(0, 3)).toEqual([
    '1 CREDENTIAL 1 ["dev"] eligible',
    '2 credential 2 ["dev"] eligible',
    '3 credential 3 ["dev"] eligible',
  ]);
});

test('if a later page of integrations cannot be read, those read so far are up to date, the rest stays, and the sync fails', async () => {
  const now = await start();
  now.adobe.add(4);
  now.adobe.cutShort.set('integrations', { after: 1, error: REFUSED });
  for (const number of [1, 2]) now.adobe.statuses.set(consoleId(number), 'started');
  expect(await now.sync.run()).toMatchObject({ succeededAt: now.syncedAt, problem: problem('not_allowed', 403) });
  expect(await now.listed()).toEqual([
    '1 CREDENTIAL 1 ["dev"] unfinished',
    '2 CREDENTIAL 2 ["dev"] eligible',
    '3 CREDENTIAL 3 ["dev"] eligible',
    '4 credential 4 ["dev"] unknown',
  ]);
  expect((await now.stores.credentials.get(accountId(4)))?.unknownBecause).toMatchObject({ code: 'console_failed' });
});

test('a credential is not joined to another integration of its account while its own may be on a page that could not be read', async () => {
  const now = await start();
  for (const fresh of [false, true]) {
    const own = [...now.adobe.integrations];
    now.adobe.integrations.clear();
    for (const [id, account] of [[fresh ? 'fresh' : 'other', accountId(1)] as const, ...own])
      now.adobe.integrations.set(id, account);
    if (!fresh) await now.sync.run();
    now.adobe.cutShort.set('integrations', { after: 1, error: REFUSED });
    await now.sync.run();
    expect(await now.stores.credentials.get(accountId(1))).toMatchObject({
      consoleId: consoleId(1),
      status: 'eligible',
    });
    now.adobe.cutShort.clear();
  }
});

test('a first sync that cannot read a later page of a sandbox shows what it read, and has not succeeded', async () => {
  const now = await startWith([]);
  await now.db.deleteFrom('sync_state').execute();
  for (const number of [1, 2]) now.adobe.add(number);
  now.adobe.failing.set('accounts prod', REFUSED);
  now.adobe.cutShort.set('accounts dev', { after: 1, error: REFUSED });
  expect(await now.sync.run()).toMatchObject({ succeededAt: null, problem: { kind: 'not_allowed' } });
  expect((await now.stores.credentials.page({}, 0, 9)).rows).toMatchObject([
    { name: 'credential 1', status: 'eligible' },
  ]);
});
