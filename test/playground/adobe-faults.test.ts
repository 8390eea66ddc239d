import { describe, expect, test } from 'vitest';
import type { Operation } from '../../playground/adobe/faults.ts';
import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { SimulatedAdobe } from '../../playground/adobe/server.ts';
import type { FaultId } from '../../playground/panel/contract.ts';
import { startCaller } from './adobe-caller.ts';

const BI = technicalAccountIdOf('bi-nightly');
const ACCOUNTS = '/data/foundation/queryauth/accounts';
const STATUS = '/console/organizations/81234/credentials/oauth-server-to-server/100001/status';
const OPERATIONS: readonly Operation[] = ['token', 'accounts', 'status', 'start'];

/** The effect on each operation: a status, the kind of a fault, or '-'. */
function outcomes(...on: readonly FaultId[]) {
  const { faults } = new SimulatedAdobe();
  for (const id of on) faults.switch(id, true);
  return OPERATIONS.map((operation) => {
    const fault = faults.take(operation);
    return fault?.kind === 'status' ? fault.status : (fault?.kind ?? '-');
  });
}

describe('switched faults', () => {
  test.each<{ on: FaultId[]; token: unknown; accounts: unknown; status: unknown; start: unknown }>([
    { on: [], token: '-', accounts: '-', status: '-', start: '-' },
    { on: ['down'], token: 503, accounts: 503, status: 503, start: 503 },
    { on: ['garbage'], token: 'garbage', accounts: 'garbage', status: 'garbage', start: 'garbage' },
    { on: ['paused'], token: '-', accounts: 429, status: 429, start: 429 },
    { on: ['api-missing'], token: '-', accounts: '-', status: 403, start: '-' },
    { on: ['rate-limited'], token: '-', accounts: 429, status: 429, start: 429 },
    { on: ['refused'], token: '-', accounts: '-', status: 403, start: '-' },
    { on: ['no-migrate-path'], token: '-', accounts: '-', status: '-', start: 404 },
    { on: ['start-response-lost'], token: '-', accounts: '-', status: '-', start: 'lose-response' },
    { on: ['slow'], token: 'slow', accounts: 'slow', status: 'slow', start: 'slow' },
    { on: ['migration-fails'], token: '-', accounts: '-', status: '-', start: '-' },
    { on: ['slow', 'start-response-lost'], token: 'slow', accounts: 'slow', status: 'slow', start: 'lose-response' },
    { on: ['slow', 'refused', 'rate-limited'], token: 'slow', accounts: 429, status: 429, start: 429 },
    { on: ['refused', 'migration-fails', 'slow'], token: 'slow', accounts: 'slow', status: 403, start: 'slow' },
    { on: ['start-response-lost', 'rate-limited', 'down'], token: 503, accounts: 503, status: 503, start: 503 },
  ])('the faults $on affect the operations by precedence', ({ on, token, accounts, status, start }) => {
    expect(outcomes(...on)).toEqual([token, accounts, status, start]);
  });

  test('a fault lasts until it is switched off', async () => {
    const { adobe, ask } = await startCaller();
    adobe.switchFault('down', true);
    for (const path of [ACCOUNTS, STATUS, ACCOUNTS]) expect((await ask(path)).status).toBe(503);
    adobe.faults.clear();
    expect((await ask(ACCOUNTS)).status).toBe(503);
    adobe.switchFault('down', false);
    expect((await ask(ACCOUNTS)).status).toBe(200);
  });

  test('injected faults take precedence over one that is switched on', async () => {
    const { adobe, ask } = await startCaller();
    adobe.switchFault('down', true);
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 418, times: 2 });
    expect((await ask(ACCOUNTS)).status).toBe(418);
    expect((await ask(STATUS)).status).toBe(503);
    expect((await ask(ACCOUNTS)).status).toBe(418);
    expect((await ask(ACCOUNTS)).status).toBe(503);
  });

  test.each([
    ['rate-limited', '10'],
    ['paused', '3600'],
  ] as const)('the fault %s sends Retry-After: %s', async (id, seconds) => {
    const { adobe, url } = await startCaller();
    adobe.switchFault(id, true);
    const response = await fetch(url + ACCOUNTS);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, seconds]);
  });

  test('one integration alone cannot be read', async () => {
    const { adobe, ask } = await startCaller();
    adobe.switchFault('integration-refused', true);
    const integrations = '/console/organizations/81234/integrations';
    for (const path of [STATUS, `${integrations}/100001`]) expect((await ask(path)).status, path).toBe(403);
    for (const path of [STATUS.replace('100001', '100002'), integrations, `${integrations}/100002`])
      expect((await ask(path)).status, path).toBe(200);
  });

  test('one sandbox alone cannot be read', async () => {
    const { adobe, ask } = await startCaller();
    adobe.switchFault('sandbox-refused', true);
    expect((await ask(ACCOUNTS, { 'x-sandbox-name': 'stage' })).status).toBe(403);
    for (const path of [ACCOUNTS, STATUS]) expect((await ask(path)).status).toBe(200);
  });

  test('the newest account alone has no readable id', async () => {
    const { adobe, ask } = await startCaller();
    const before = (await ask(ACCOUNTS)).body.accounts;
    adobe.switchFault('account-unreadable', true);
    const { accounts } = (await ask(ACCOUNTS)).body;
    expect(accounts[0]).toMatchObject({ accountName: 'legacy-export', technicalAccountId: 'n/a' });
    expect(accounts.slice(1)).toEqual(before.slice(1));
  });

  test('the newest account alone has no readable date', async () => {
    const { adobe, ask } = await startCaller();
    const before = (await ask(ACCOUNTS)).body.accounts;
    adobe.switchFault('date-unreadable', true);
    const { accounts } = (await ask(ACCOUNTS)).body;
    expect(accounts).toEqual([{ ...before[0], lastUpdated: 'some days ago' }, ...before.slice(1)]);
  });

  test('a project without the I/O Management API is refused with 403003', async () => {
    const { adobe, ask } = await startCaller();
    adobe.switchFault('api-missing', true);
    expect(await ask(STATUS)).toMatchObject({ status: 403, body: { error_code: '403003' } });
  });

  test('consoleRefuses switches the Developer Console’s fault', async () => {
    const { adobe, ask } = await startCaller();
    adobe.consoleRefuses(true);
    expect((await ask(STATUS)).status).toBe(403);
    expect(adobe.view('').faults.filter(({ on }) => on)).toMatchObject([{ id: 'refused' }]);
    adobe.switchFault('refused', false);
    expect((await ask(STATUS)).status).toBe(200);
  });

  test('a start whose response is lost takes effect', async () => {
    const { adobe, post, ask } = await startCaller();
    adobe.switchFault('start-response-lost', true);
    await expect(post(`${ACCOUNTS}/${BI}/migrate`)).rejects.toThrow();
    expect((await ask(STATUS)).body).toEqual({ migrationStatus: 'STARTED' });
    expect(adobe.starts).toHaveLength(1);
  });
});

describe('failing migrations', () => {
  test.each(['by the API', 'in Adobe’s UI'])(
    'a migration started %s fails, even when the fault is switched off before its end',
    async (how) => {
      const { adobe, post, ask, clock } = await startCaller({ migrationSeconds: 40 });
      adobe.switchFault('migration-fails', true);
      if (how === 'in Adobe’s UI') adobe.migrateElsewhere(BI);
      else expect((await post(`${ACCOUNTS}/${BI}/migrate`)).status).toBe(202);
      adobe.switchFault('migration-fails', false);
      clock.advance(39);
      expect((await ask(STATUS)).body).toEqual({ migrationStatus: 'STARTED' });
      clock.advance(1);
      expect((await ask(STATUS)).body).toEqual({ migrationStatus: 'NOT_STARTED' });
    },
  );

  test('a migration started before the fault is completed', async () => {
    const { adobe, ask, clock } = await startCaller({ migrationSeconds: 40 });
    adobe.migrateElsewhere(BI);
    adobe.switchFault('migration-fails', true);
    clock.advance(40);
    expect((await ask(STATUS)).body).toEqual({ migrationStatus: 'COMPLETED' });
  });
});
