import { describe, expect, test } from 'vitest';
import { manyCredentials, seedOrganisation, technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { QueryServiceAccounts } from '../../src/adobe/accounts.ts';
import { failureOf, startAdobe } from './setup.ts';

const ID = '38645A7360CA3DF30A49400F';

async function startAccounts(options: Parameters<typeof startAdobe>[0] = {}) {
  const started = await startAdobe(options);
  const reader = new QueryServiceAccounts(started.platform);
  const readAccounts = async (sandbox: string) => (await reader.readAccounts(sandbox)).items;
  return { ...started, reader, accounts: { readAccounts } };
}

/** Reads accounts from a single page with this body. */
async function reading(body: unknown) {
  const { adobe, accounts } = await startAccounts();
  adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body });
  return accounts.readAccounts('prod');
}

const item = (changes: object = {}) => ({ accountName: 'bi', technicalAccountId: ID, ...changes });
const pageOf = (...accounts: unknown[]) => ({ accounts });

describe('the accounts', () => {
  test('are read on after a page with no readable account and no new name', async () => {
    const { adobe, reader } = await startAccounts();
    const second = { ...item(), technicalAccountId: '12345A7360CA3DF30A49400F' };
    const odd = { accountName: 'odd' };
    for (const [page, body] of [pageOf(item(), odd), pageOf(odd), pageOf(second)].entries()) {
      const links = page === 2 ? {} : { _links: { next: `?start=2021&page=${page}` } };
      adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body: { ...body, ...links } });
    }
    const { items, unread } = await reader.readAccounts('prod');
    expect(items).toHaveLength(2);
    expect(unread).toMatchObject([{ what: 'account', name: 'odd' }]);
  });

  test('without a readable id or a name stay nameless beside an account with that placeholder as its name', async () => {
    for (const order of [
      ['', 'without a name'],
      ['without a name', ''],
    ]) {
      const { adobe, reader } = await startAccounts();
      const odd = order.map((accountName) => ({ accountName }));
      adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body: pageOf(item(), ...odd) });
      const { unread } = await reader.readAccounts('prod');
      expect(unread).toMatchObject([{ what: 'account', name: 'without a name', isNameless: true }]);
    }
  });

  test('are read per sandbox', async () => {
    const { accounts } = await startAccounts();
    const dev = await accounts.readAccounts('dev');
    expect(dev.map(({ name }) => name)).toContain('R&D sandbox 🚀');
    expect(dev.find(({ name }) => name === 'airflow-etl')).toEqual({
      technicalAccountId: technicalAccountIdOf('airflow-etl'),
      name: 'airflow-etl',
      description: 'Airflow: profile snapshots to the warehouse',
      owner: 'owner@example.com',
      changedAt: new Date('2021-06-20T18:07:49.581Z'),
    });
    const prod = await accounts.readAccounts('prod');
    expect(prod.find(({ name }) => name === 'legacy-export')?.owner).toBeNull();
    expect(prod.map(({ name }) => name)).not.toContain('looker-dev');
  });

  test.each([
    ['an object', (path: string) => ({ href: `http://127.0.0.1:1${path}` })],
    ['a bare string', (path: string) => `https://platform-va7.adobe.io${path}`],
    ['a path', (path: string) => ({ href: path })],
    ['a query', (path: string) => path.slice(path.indexOf('?'))],
  ])('are read from every page when the next link is %s', async (_, nextLink) => {
    const { adobe, accounts } = await startAccounts({ seed: manyCredentials(95), pageSize: 10, nextLink });
    const all = await accounts.readAccounts('prod');
    expect(new Set(all.map(({ technicalAccountId }) => technicalAccountId)).size).toBe(95);
    // Ten pages, and the empty one that the last of them links to.
    expect(adobe.calls.filter(({ path }) => path.includes('/accounts'))).toHaveLength(11);
  });

  test('are never requested from another host or path, whatever the next link contains', async () => {
    const elsewhere = await startAdobe();
    const nextLink = (path: string) => ({ href: `${elsewhere.url}/elsewhere${path.slice(path.indexOf('?'))}` });
    const { adobe, accounts } = await startAccounts({ seed: manyCredentials(30), pageSize: 10, nextLink });
    await expect(accounts.readAccounts('prod')).resolves.toHaveLength(30);
    expect(elsewhere.adobe.calls).toEqual([]);
    expect(adobe.calls.map(({ path }) => path).filter((path) => path.includes('elsewhere'))).toEqual([]);
  });

  test.each([
    ['?start=2021-06-16T18:07:49.581Z&orderby=%2Bcreated&limit=20', ''],
    ['?start=2021-06-16T18:07:49.581Z&orderby=%2Bcreated', '&limit=100'],
    // The path never changes; a link without a query requests the first page again, which ends the reading.
    ['', '?limit=100'],
  ])(
    'are requested with the unchanged query of the next link, plus a limit if it has none: %j',
    async (query, limit) => {
      const { adobe, accounts } = await startAccounts();
      const next = `/accounts${query}`;
      const body = { ...pageOf(item()), _links: { next } };
      adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body });
      adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body: pageOf() });
      await accounts.readAccounts('prod');
      expect(adobe.calls.at(-1)?.path).toBe(`/data/foundation/queryauth/accounts${query}${limit}`);
    },
  );

  test.each([
    ['is repeated', () => '?start=2021', 2],
    ['leads back to an earlier page', (page: number) => `?start=2021&page=${page}`, 3],
  ] as const)('end if the next link %s, as in the sample that Adobe publishes', async (_, next, requests) => {
    const { adobe, accounts } = await startAccounts();
    const second = { ...item(), technicalAccountId: '12345A7360CA3DF30A49400F' };
    for (const [page, body] of [pageOf(item()), pageOf(second), pageOf(second), pageOf(second)].entries())
      adobe.faults.add({
        on: 'accounts',
        kind: 'status',
        status: 200,
        body: { ...body, _links: { next: next(page) } },
      });
    await expect(accounts.readAccounts('prod')).resolves.toHaveLength(2);
    expect(adobe.calls.filter(({ path }) => path.includes('/accounts'))).toHaveLength(requests);
  });

  test.each([
    ['a page that cannot be read', { status: 403 }, undefined, { kind: 'not_allowed', status: 403 }],
    ['a page that is not JSON', { status: 200, body: '<html>' }, undefined, { kind: 'lost' }],
    ['an invalid next link', null, 'http://', { kind: 'bad_answer', detail: '_links.next: not a link' }],
  ] as const)(
    'that were read before %s are kept, with the reason why the rest is missing',
    async (_, second, next, problem) => {
      const { adobe, reader } = await startAccounts();
      const first = { ...pageOf(item(), { accountName: 'odd' }), _links: { next: next ?? '?start=2021' } };
      adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body: first });
      if (second !== null) adobe.faults.add({ on: 'accounts', kind: 'status', ...second, times: 9 });
      const { items, unread, cutShort } = await reader.readAccounts('prod');
      expect(items).toMatchObject([{ name: 'bi' }]);
      expect(unread).toMatchObject([{ what: 'account', name: 'odd' }]);
      expect(cutShort?.problem).toMatchObject(problem);
    },
  );

  test.each([
    ['no links', {}],
    ['null for its links', { _links: null }],
    ['no next link', { _links: {} }],
    ['a null next link', { _links: { next: null } }],
    ['an empty next link', { _links: { next: { href: '' } } }],
    ['a next link without a reference', { _links: { next: {} } }],
    ['a next link with a null reference', { _links: { next: { href: null } } }],
  ])('end with a page that has %s', async (_, links) => {
    await expect(reading({ ...pageOf(item()), ...links })).resolves.toHaveLength(1);
  });

  test('are none if Adobe returns null for the list', async () => {
    await expect(reading({ accounts: null })).resolves.toEqual([]);
  });

  test('contain each account once, even if two pages repeat it', async () => {
    await expect(reading(pageOf(item(), item({ accountName: 'renamed' })))).resolves.toMatchObject([
      { name: 'renamed' },
    ]);
  });
});

describe('an account', () => {
  test.each([
    [{}, { description: '', owner: null, changedAt: null }],
    [
      { assignedToUser: '', description: null },
      { description: '', owner: null },
    ],
    [{ assignedToUser: ' a@example.com ' }, { owner: 'a@example.com' }],
    [{ accountName: '' }, { name: '' }],
    [{ technicalAccountId: `${ID.toLowerCase()}@techacct.adobe.com` }, { technicalAccountId: ID }],
    [{ lastUpdated: '2021-06-16T18:07:49.581Z' }, { changedAt: new Date(1623866869581) }],
    [{ lastUpdated: 1623866869581 }, { changedAt: new Date(1623866869581) }],
    [{ lastUpdated: '1623866869581' }, { changedAt: new Date(1623866869581) }],
    [{ lastUpdated: 1623866869 }, { changedAt: new Date(1623866869000) }],
    [{ lastUpdated: '2021-06-16 18:07:49' }, { changedAt: new Date('2021-06-16T18:07:49Z') }],
    [{ lastUpdated: '2021-06-16T18:07:49' }, { changedAt: new Date('2021-06-16T18:07:49Z') }],
    [{ lastUpdated: '2021-06-16T18:07:49+0200' }, { changedAt: new Date('2021-06-16T16:07:49Z') }],
    [{ created: '2021-06-16' }, { changedAt: new Date('2021-06-16') }],
    [{ lastUpdated: 'yesterday', created: '2021-06-16' }, { changedAt: new Date('2021-06-16') }],
    [{ lastUpdated: 'yesterday' }, { changedAt: null }],
    [{ lastUpdated: 1e300 }, { changedAt: null }],
    [{ lastUpdated: '1623866869581000' }, { changedAt: null }],
    [{ lastUpdated: 0, created: '2021-06-16' }, { changedAt: new Date('2021-06-16') }],
    [{ lastUpdated: '0001-01-01T00:00:00' }, { changedAt: null }],
    [{ lastUpdated: -8_640_000_000_000 }, { changedAt: null }],
    [{ lastUpdated: { year: 2021 } }, { changedAt: null }],
    [{ unheardOf: true }, { name: 'bi' }],
    [{ accountName: null }, { name: ID }],
    [{ accountName: { en: 'bi' } }, { name: ID }],
    [{ assignedToUser: 7 }, { owner: null }],
    [{ description: ['x'] }, { description: '' }],
  ])('with %j is accepted', async (changes, expected) => {
    await expect(reading(pageOf(item(changes)))).resolves.toMatchObject([expected]);
  });

  test('without a name is accepted, with its id as the name', async () => {
    await expect(reading(pageOf(item({ accountName: undefined })))).resolves.toMatchObject([{ name: ID }]);
  });

  test.each([
    [pageOf(item({ technicalAccountId: 7 })), 'accounts[0].technicalAccountId: expected string, received number'],
    [pageOf({ accountName: 'bi' }), 'accounts[0].technicalAccountId: missing'],
    [
      pageOf(item({ technicalAccountId: '../start' })),
      'accounts[0].technicalAccountId: expected a technical account id',
    ],
    [{ items: [] }, 'accounts: missing'],
    [[], 'the response: expected object, received array'],
    [{ ...pageOf(), _links: { next: { url: 'x' } } }, '_links.next: expected a link'],
    [{ ...pageOf(), _links: { next: 'http://' } }, '_links.next: not a link'],
  ])('is rejected, if it is the only one, with the name of the invalid field: %j', async (body, detail) => {
    expect((await failureOf(reading(body))).problem).toMatchObject({ kind: 'bad_answer', detail });
  });
});

test('accounts without a readable id are left out and named, and the others are read', async () => {
  const { adobe, reader } = await startAccounts();
  const bad = [
    item({ accountName: 'hyphens', technicalAccountId: '38645a73-60ca-3df3-0a49-400f' }),
    item({ accountName: 'empty', technicalAccountId: '' }),
    { accountName: 'missing' },
    { accountName: null, technicalAccountId: 'a/b' },
    null,
  ];
  adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body: pageOf(...bad, item()) });
  const { items, unread } = await reader.readAccounts('prod');
  expect(items).toMatchObject([{ technicalAccountId: ID, name: 'bi' }]);
  expect(unread.map(({ name }) => name)).toEqual(['hyphens', 'empty', 'missing', 'a/b', 'without a name']);
  // Without a readable id or name, it may be any of the known accounts.
  expect(unread.map(({ isNameless = false }) => isNameless)).toEqual([false, false, false, true, true]);
  expect(unread[2]).toEqual({
    what: 'account',
    name: 'missing',
    problem: {
      kind: 'bad_answer',
      operation: 'list the accounts of sandbox prod',
      detail: 'accounts[2].technicalAccountId: missing',
    },
  });
});

test.each([
  [{ lastUpdated: 'yesterday', created: '2021-06-16' }, 'date', 'changedAt', 'lastUpdated: expected a date'],
  [{ created: 'yesterday' }, 'date', 'changedAt', 'created: expected a date'],
  [{ lastUpdated: 1e300 }, 'date', 'changedAt', 'lastUpdated: expected a date'],
  [{ lastUpdated: '1623866869581000' }, 'date', 'changedAt', 'lastUpdated: expected a date'],
  [{ lastUpdated: { year: 2021 } }, 'date', 'changedAt', 'lastUpdated: expected a date'],
  [{ lastUpdated: '2021-13-45' }, 'date', 'changedAt', 'lastUpdated: expected a date'],
  [{ accountName: { en: 'bi' } }, 'name', 'name', 'accountName: expected text'],
  [{ description: ['x'] }, 'description', 'description', 'description: expected text'],
  [{ assignedToUser: 7 }, 'owner', 'owner', 'assignedToUser: expected text'],
])(
  'the unreadable part of the account %j is named, and the account is read without it',
  async (changes, what, field, detail) => {
    const { adobe, reader } = await startAccounts();
    const other = item({ technicalAccountId: '12345A7360CA3DF30A49400F' });
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body: pageOf(item(changes), other) });
    const { items, unread } = await reader.readAccounts('prod');
    expect(items).toHaveLength(2);
    const operation = 'list the accounts of sandbox prod';
    const name = `${what === 'name' ? ID : 'bi'}: ${detail.split(':')[0]}`;
    expect(unread).toEqual([
      { what, name, of: { account: ID, field }, problem: { kind: 'bad_answer', operation, detail } },
    ]);
  },
);

test('an account that two pages repeat is named only in its latest form', async () => {
  const { adobe, reader } = await startAccounts();
  const body = pageOf(item({ lastUpdated: 'yesterday', assignedToUser: 7 }), item({ lastUpdated: 'today' }));
  adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body });
  expect((await reader.readAccounts('prod')).unread.map(({ name }) => name)).toEqual(['bi: lastUpdated']);
});

test.each([{}, null, '', 0, '0', '0001-01-01T00:00:00Z', '0000-00-00T00:00:00', -62_135_596_800_000])(
  'a date that Adobe omits or returns as %j is empty, and is not named as unreadable',
  async (lastUpdated) => {
    const { adobe, reader } = await startAccounts();
    const changes = typeof lastUpdated === 'object' && lastUpdated !== null ? {} : { lastUpdated };
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body: pageOf(item(changes)) });
    expect(await reader.readAccounts('prod')).toMatchObject({ items: [{ changedAt: null }], unread: [] });
  },
);

test('the seed has about twenty credentials, of every state', () => {
  const { credentials } = seedOrganisation();
  expect(credentials).toHaveLength(20);
  expect(new Set(credentials.map(({ state }) => state)).size).toBe(4);
});
