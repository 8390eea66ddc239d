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

/** What becomes of each operation: a status, or the kind of the fault, or nothing. */
function outcomes(...on: readonly FaultId[]) {
  const { faults } = new SimulatedAdobe();
  for (const id of on) faults.switch(id, true);
  return OPERATIONS.map((operation) => {
    const fault = faults.take(operation);
    return fault?.kind === 'status' ? fault.status : (fault?.kind ?? '-');
  });
}

describe('a fault that is switched on', () => {
  test.each<{ on: FaultId[]; token: unknown; accounts: unknown; status: unknown; start: unknown }>([
    { on: [], token: '-', accounts: '-', status: '-', start: '-' },
    { on: ['down'], token: 503, accounts: 503, status: 503, start: 503 },
    { on: ['rate-limited'], token: '-', accounts: 429, status: 429, start: 429 },
    { on: ['refused'], token: '-', accounts: '-', status: 403, start: '-' },
    { on: ['start-response-lost'], token: '-', accounts: '-', status: '-', start: 'lose-response' },
    { on: ['slow'], token: 'slow', accounts: 'slow', status: 'slow', start: 'slow' },
    { on: ['migration-fails'], token: '-', accounts: '-', status: '-', start: '-' },
    {
      on: ['slow', 'start-response-lost'],
      token: 'slow',
      accounts: 'slow',
      status: 'slow',
      start: 'lose-response',
    },
    { on: ['slow', 'refused', 'rate-limited'], token: 'slow', accounts: 429, status: 429, start: 429 },
    {
      on: ['refused', 'migration-fails', 'slow'],
      token: 'slow',
      accounts: 'slow',
      status: 403,
      start: 'slow',
    },
    {
      on: ['start-response-lost', 'rate-limited', 'down'],
      token: 503,
      accounts: 503,
      status: 503,
      start: 503,
    },
  ])('$on', ({ on, token, accounts, status, start }) => {
    expect(outcomes(...on)).toEqual([token, accounts, status, start]);
  });

  test('holds until it is switched off', async () => {
    const { adobe, ask } = await startCaller();
    adobe.switchFault('down', true);
    for (const path of [ACCOUNTS, STATUS, ACCOUNTS]) expect((await ask(path)).status).toBe(503);
    adobe.faults.clear();
    expect((await ask(ACCOUNTS)).status).toBe(503);
    adobe.switchFault('down', false);
    expect((await ask(ACCOUNTS)).status).toBe(200);
  });

  test('comes after those that were ordered', async () => {
    const { adobe, ask } = await startCaller();
    adobe.switchFault('down', true);
    adobe.faults.add({ on: 'accounts', kind: 'status', status: 418, times: 2 });
    expect((await ask(ACCOUNTS)).status).toBe(418);
    expect((await ask(STATUS)).status).toBe(503);
    expect((await ask(ACCOUNTS)).status).toBe(418);
    expect((await ask(ACCOUNTS)).status).toBe(503);
  });

  test('says when to ask again after too many requests', async () => {
    const { adobe, url } = await startCaller();
    adobe.switchFault('rate-limited', true);
    const answer = await fetch(url + ACCOUNTS);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '10']);
  });

  test('is the same as when the Console refuses', async () => {
    const { adobe, ask } = await startCaller();
    adobe.consoleRefuses(true);
    expect((await ask(STATUS)).status).toBe(403);
    expect(adobe.view('').faults.filter(({ on }) => on)).toMatchObject([{ id: 'refused' }]);
    adobe.switchFault('refused', false);
    expect((await ask(STATUS)).status).toBe(200);
  });

  test('loses the answer to a start that is done', async () => {
    const { adobe, post, ask } = await startCaller();
    adobe.switchFault('start-response-lost', true);
    await expect(post(`${ACCOUNTS}/${BI}/migrate`)).rejects.toThrow();
    expect((await ask(STATUS)).body).toEqual({ migrationStatus: 'STARTED' });
    expect(adobe.starts).toHaveLength(1);
  });
});

describe('while migrations fail', () => {
  test.each(['by the API', 'elsewhere'])(
    'one that begins %s goes back, also when that is over',
    async (how) => {
      const { adobe, post, ask, clock } = await startCaller({ migrationSeconds: 40 });
      adobe.switchFault('migration-fails', true);
      if (how === 'elsewhere') adobe.migrateElsewhere(BI);
      else expect((await post(`${ACCOUNTS}/${BI}/migrate`)).status).toBe(202);
      adobe.switchFault('migration-fails', false);
      clock.advance(39);
      expect((await ask(STATUS)).body).toEqual({ migrationStatus: 'STARTED' });
      clock.advance(1);
      expect((await ask(STATUS)).body).toEqual({ migrationStatus: 'NOT_STARTED' });
    },
  );

  test('one that began before is completed', async () => {
    const { adobe, ask, clock } = await startCaller({ migrationSeconds: 40 });
    adobe.migrateElsewhere(BI);
    adobe.switchFault('migration-fails', true);
    clock.advance(40);
    expect((await ask(STATUS)).body).toEqual({ migrationStatus: 'COMPLETED' });
  });
});
