import { describe, expect, test } from 'vitest';
import { manyCredentials, seedOrganisation, technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { QueryServiceAccounts } from '../../src/adobe/accounts.ts';
import { failureOf, startAdobe } from './setup.ts';

const ID = '38645A7360CA3DF30A49400F';

async function startAccounts(options: Parameters<typeof startAdobe>[0] = {}) {
  const started = await startAdobe(options);
  return { ...started, accounts: new QueryServiceAccounts(started.platform) };
}

/** Reads accounts from one page of this body. */
async function reading(body: unknown) {
  const { adobe, accounts } = await startAccounts();
  adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body });
  return accounts.readAccounts('prod');
}

const item = (changes: object = {}) => ({ accountName: 'bi', technicalAccountId: ID, ...changes });
const pageOf = (...accounts: object[]) => ({ accounts });

describe('the accounts', () => {
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
    expect(adobe.calls.filter(({ path }) => path.includes('/accounts'))).toHaveLength(10);
  });

  test('are never requested from another host or path, whatever the next link contains', async () => {
    const elsewhere = await startAdobe();
    const nextLink = (path: string) => ({ href: `${elsewhere.url}/elsewhere${path.slice(path.indexOf('?'))}` });
    const { adobe, accounts } = await startAccounts({ seed: manyCredentials(30), pageSize: 10, nextLink });
    await expect(accounts.readAccounts('prod')).resolves.toHaveLength(30);
    expect(elsewhere.adobe.calls).toEqual([]);
    expect(adobe.calls.map(({ path }) => path).filter((path) => path.includes('elsewhere'))).toEqual([]);
  });

  test('are requested with the unchanged query of the next link', async () => {
    const { adobe, accounts } = await startAccounts();
    const next = '?start=2021-06-16T18:07:49.581Z&orderby=%2Bcreated';
    const body = { ...pageOf(item()), _links: { next } };
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body });
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body: pageOf() });
    await accounts.readAccounts('prod');
    expect(adobe.calls.at(-1)?.path).toBe(`/data/foundation/queryauth/accounts${next}`);
  });

  test('stop with an error if the next links form a circle', async () => {
    const { accounts } = await startAccounts({ pageSize: 2, nextLink: () => '?start=2' });
    const { problem } = await failureOf(accounts.readAccounts('prod'));
    expect(problem).toMatchObject({ kind: 'bad_answer', detail: '_links.next: repeats a page' });
  });

  test('stop with an error if the next links never end', async () => {
    let page = 0;
    const nextLink = () => `?start=2&page=${++page}`;
    const { adobe, accounts } = await startAccounts({ pageSize: 2, nextLink });
    const { problem } = await failureOf(accounts.readAccounts('prod'));
    expect(problem.detail).toBe('_links.next: still more after 1000 pages');
    expect(adobe.calls.filter(({ path }) => path.includes('/accounts'))).toHaveLength(1000);
  });

  test.each([
    ['nothing', {}],
    ['null', { _links: null }],
    ['no link', { _links: {} }],
    ['a null link', { _links: { next: null } }],
    ['an empty link', { _links: { next: { href: '' } } }],
  ])('end if the next link is %s', async (_, links) => {
    await expect(reading({ ...pageOf(item()), ...links })).resolves.toHaveLength(1);
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
    [{ created: '2021-06-16' }, { changedAt: new Date('2021-06-16') }],
    [{ lastUpdated: 'yesterday', created: '2021-06-16' }, { changedAt: new Date('2021-06-16') }],
    [{ lastUpdated: 'yesterday' }, { changedAt: null }],
    [{ lastUpdated: 1e300 }, { changedAt: null }],
    [{ lastUpdated: { year: 2021 } }, { changedAt: null }],
    [{ unheardOf: true }, { name: 'bi' }],
  ])('with %j is accepted', async (changes, expected) => {
    await expect(reading(pageOf(item(changes)))).resolves.toMatchObject([expected]);
  });

  test.each([
    [
      pageOf(item(), item({ technicalAccountId: 7 })),
      'accounts[1].technicalAccountId: expected string, received number',
    ],
    [pageOf({ accountName: 'bi' }), 'accounts[0].technicalAccountId: missing'],
    [
      pageOf(item({ technicalAccountId: '../start' })),
      'accounts[0].technicalAccountId: expected a technical account id',
    ],
    [pageOf({ technicalAccountId: ID }), 'accounts[0].accountName: missing'],
    [pageOf(item({ assignedToUser: 7 })), 'accounts[0].assignedToUser: expected string, received number'],
    [{ items: [] }, 'accounts: missing'],
    [[], 'the response: expected object, received array'],
    [{ ...pageOf(), _links: { next: { url: 'x' } } }, '_links.next: expected a link'],
    [{ ...pageOf(), _links: { next: 'http://' } }, '_links.next: not a link'],
  ])('is rejected with the name of the invalid field: %j', async (body, detail) => {
    expect((await failureOf(reading(body))).problem).toMatchObject({ kind: 'bad_answer', detail });
  });
});

test('ten thousand accounts are read', async () => {
  const { accounts } = await startAccounts({ seed: manyCredentials(10_000), pageSize: 100 });
  await expect(accounts.readAccounts('prod')).resolves.toHaveLength(10_000);
});

test('the seed has about twenty credentials, of every state', () => {
  const { credentials } = seedOrganisation();
  expect(credentials).toHaveLength(20);
  expect(new Set(credentials.map(({ state }) => state)).size).toBe(4);
});
