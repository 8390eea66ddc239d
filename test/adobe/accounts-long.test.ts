import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { manyCredentials } from '../../playground/adobe/seed.ts';
import { QueryServiceAccounts } from '../../src/adobe/accounts.ts';
import { clientsAt, startAdobe } from './setup.ts';

test('the accounts read so far are kept, with why the rest is missing, if new pages never end', async () => {
  let requests = 0;
  const server = createServer((_, response) => {
    const id = String(requests++).padStart(24, '0');
    response.setHeader('content-type', 'application/json');
    const accounts = [{ accountName: 'bi', technicalAccountId: id }];
    response.end(JSON.stringify({ accounts, _links: { next: `?start=${id}` } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const { tokens } = await startAdobe();
  const { platform } = clientsAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens);
  const { items, cutShort } = await new QueryServiceAccounts(platform).readAccounts('prod');
  expect(items).toHaveLength(1000);
  expect(cutShort?.problem.detail).toBe('_links.next: still more after 1000 pages');
  expect(requests).toBe(1000);
});

test('ten thousand accounts are read in as few pages as the documentation says', async () => {
  const { adobe, platform } = await startAdobe({ seed: manyCredentials(10_000), pageSize: 1_000 });
  expect((await new QueryServiceAccounts(platform).readAccounts('prod')).items).toHaveLength(10_000);
  // Plus the empty page to which the last one links.
  expect(adobe.calls.filter(({ path }) => path.includes('/accounts'))).toHaveLength(100 + 1);
});
