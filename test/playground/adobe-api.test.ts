import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { DeveloperConsole } from '../../src/adobe/console.ts';
import { QueryServiceMigration } from '../../src/adobe/query-service.ts';
import { startAdobe } from '../adobe/setup.ts';
import { startCaller } from './adobe-caller.ts';

const published: Record<string, object> = JSON.parse(
  readFileSync(new URL('../adobe/published-schemas.json', import.meta.url), 'utf8'),
);
const ORGANIZATION = '/console/organizations/81234';
const BI = technicalAccountIdOf('bi-nightly');

describe('the simulated Adobe answers as Adobe publishes', () => {
  test.each([
    ['accounts', '/data/foundation/queryauth/accounts?limit=3'],
    ['accounts', '/data/foundation/queryauth/accounts?start=1000'],
    ['queries', '/data/foundation/query/queries'],
    ['schedules', '/data/foundation/query/schedules'],
    ['organizations', '/console/organizations'],
    ['integrations', `${ORGANIZATION}/integrations`],
    ['integrations', `${ORGANIZATION}/integrations?page=7&size=50`],
    ['integration', `${ORGANIZATION}/integrations/100001`],
    ['integration', `${ORGANIZATION}/integrations/90003`],
    ['status', `${ORGANIZATION}/credentials/oauth-server-to-server/100001/status`],
  ])('%s: %s', async (schema, path) => {
    const { ask } = await startCaller();
    const { status, body } = await ask(path);
    expect(status).toBe(200);
    expect(faultsOf(schema, body)).toEqual([]);
  });

  test('token', async () => {
    const { url } = await startAdobe();
    const { clientId, clientSecret, scopes } = SIMULATED_CLIENT;
    const response = await fetch(`${url}/ims/token/v3`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: scopes.join(', '),
      }),
    });
    expect(faultsOf('token', await response.json())).toEqual([]);
  });

  test('and a field that is not published would be seen', () => {
    expect(faultsOf('status', { migrationStatus: 'DONE' })).not.toEqual([]);
    expect(faultsOf('accounts', { accounts: [{ name: 'x' }] })).not.toEqual([]);
  });
});

function faultsOf(schema: string, body: unknown): string[] {
  // Adobe's schemas leave out types here and there.
  const validate = new Ajv({ strict: false, allErrors: true }).compile(published[schema] ?? { not: {} });
  validate(body);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('the simulated Adobe refuses', () => {
  test.each([
    ['a wrong token', 'data', { authorization: 'Bearer x' }, 401, '401013'],
    ['a wrong api key', 'data', { 'x-api-key': 'x' }, 403, '403000'],
    ['another organisation', 'data', { 'x-gw-ims-org-id': 'x@AdobeOrg' }, 403, '403025'],
    ['an unknown sandbox', 'data', { 'x-sandbox-name': 'x' }, 400, undefined],
    ['a wrong token at the Console', 'console', { authorization: 'x' }, 401, '401013'],
    ['a wrong api key at the Console', 'console', { 'x-api-key': 'x' }, 403, '403000'],
  ])('%s', async (_, host, changes, status, code) => {
    const { ask } = await startCaller();
    const path = host === 'data' ? '/data/foundation/queryauth/accounts' : '/console/organizations';
    const answer = await ask(path, changes);
    expect([answer.status, answer.body.error_code]).toEqual([status, code]);
  });

  test('a token whose time is over', async () => {
    const { ask, clock } = await startCaller({ tokenSeconds: 60 });
    expect((await ask('/console/organizations')).status).toBe(200);
    clock.advance(60);
    expect((await ask('/console/organizations')).status).toBe(401);
  });

  test('another organisation’s number, an unknown integration, an unknown path', async () => {
    const { ask } = await startCaller();
    expect((await ask('/console/organizations/1/integrations')).status).toBe(404);
    expect((await ask(`${ORGANIZATION}/integrations/1`)).status).toBe(404);
    expect((await ask('/data/foundation/queryauth/migrations')).status).toBe(404);
  });
});

describe('a simulated migration', () => {
  async function startMigrations() {
    const started = await startCaller({ migrationSeconds: 40 });
    const { tokens, platform } = started;
    const path = '/data/foundation/queryauth/accounts/{technicalAccountId}/migrate';
    const method = new QueryServiceMigration({ tokens, platform, path, timeoutMs: 10_000 });
    const console = new DeveloperConsole(started.console, SIMULATED_CLIENT.orgId);
    return {
      ...started,
      start: () =>
        method.start({ technicalAccountId: BI, sandbox: 'prod', consoleId: '100001' }, AbortSignal.any([])),
      status: () => console.migrationStatus('100001'),
    };
  }

  test('is over after its time', async () => {
    const { start, status, clock } = await startMigrations();
    await start();
    clock.advance(39);
    expect(await status()).toBe('started');
    clock.advance(1);
    expect(await status()).toBe('completed');
  });

  test('can fail, and be started anew', async () => {
    const { adobe, start, status, clock } = await startMigrations();
    await start();
    adobe.failMigration(BI);
    expect(await status()).toBe('started');
    clock.advance(40);
    expect(await status()).toBe('not_started');
    await start();
    expect(await status()).toBe('started');
    expect(adobe.starts).toHaveLength(2);
  });

  test('can be somebody else’s', async () => {
    const { adobe, status, clock } = await startMigrations();
    adobe.migrateElsewhere(BI);
    expect(await status()).toBe('started');
    clock.advance(40);
    expect(await status()).toBe('completed');
    expect(adobe.starts).toEqual([]);
  });

  test('takes the time that was set when it began', async () => {
    const { adobe, start, status, clock } = await startMigrations();
    adobe.migrationSeconds = 10;
    await start();
    adobe.migrationSeconds = 300;
    clock.advance(9);
    expect(await status()).toBe('started');
    clock.advance(1);
    expect(await status()).toBe('completed');
  });

  test('cannot be begun where Adobe shows no Migrate', async () => {
    const { adobe } = await startMigrations();
    adobe.migrateElsewhere(BI);
    for (const name of ['bi-nightly', 'powerbi-gateway', 'notebooks', 'nothing of this name'])
      expect(() => adobe.migrateElsewhere(technicalAccountIdOf(name)), name).toThrow('cannot be migrated');
  });

  test('cannot be of what was removed', async () => {
    const { adobe, ask, start } = await startMigrations();
    adobe.remove(BI);
    expect((await start()).kind).toBe('refused');
    expect((await ask(`${ORGANIZATION}/integrations/100001`)).status).toBe(404);
  });
});

test('stops at once, whoever still waits', async () => {
  const { adobe, ask } = await startCaller();
  adobe.faults.add({ on: 'organizations', kind: 'hang', ms: 60_000 });
  const waiting = ask('/console/organizations').catch(() => 'cut off');
  while (adobe.calls.length < 2) await new Promise((resolve) => setImmediate(resolve));
  await adobe.stop();
  expect(await waiting).toBe('cut off');
});
