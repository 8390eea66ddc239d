import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { ConsolePaths, DeveloperConsole } from '../../src/adobe/console.ts';
import { QueryServiceMigration } from '../../src/adobe/query-service.ts';
import { startAdobe } from '../adobe/setup.ts';
import { startCaller } from './adobe-caller.ts';

const published: Record<string, object> = JSON.parse(
  readFileSync(new URL('../adobe/published-schemas.json', import.meta.url), 'utf8'),
);
const ORGANIZATION = '/console/organizations/81234';
const BI = technicalAccountIdOf('bi-nightly');

describe('published schemas', () => {
  test.each([
    ['accounts', '/data/foundation/queryauth/accounts?limit=3'],
    ['accounts', '/data/foundation/queryauth/accounts?start=2021-01-01T00:00:00.000Z'],
    ['queries', '/data/foundation/query/queries'],
    ['schedules', '/data/foundation/query/schedules'],
    ['organizations', '/console/organizations'],
    ['integrations', `${ORGANIZATION}/integrations`],
    ['integrations', `${ORGANIZATION}/integrations?page=7&size=50`],
    ['integration', `${ORGANIZATION}/integrations/100001`],
    ['integration', `${ORGANIZATION}/integrations/90003`],
    ['status', `${ORGANIZATION}/credentials/oauth-server-to-server/100001/status`],
  ])('a response conforms to the published schema of %s: %s', async (schema, path) => {
    const { ask } = await startCaller();
    const { status, body } = await ask(path);
    expect(status).toBe(200);
    expect(schemaErrors(schema, body)).toEqual([]);
  });

  test('the token response conforms to the published schema', async () => {
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
    expect(schemaErrors('token', await response.json())).toEqual([]);
  });

  test('a deviation from a published schema is detected', () => {
    expect(schemaErrors('status', { migrationStatus: 'DONE' })).not.toEqual([]);
    expect(schemaErrors('accounts', { accounts: [{ name: 'x' }] })).not.toEqual([]);
  });
});

function schemaErrors(schema: string, body: unknown): string[] {
  // Adobe's schemas omit some types.
  const validate = new Ajv({ strict: false, allErrors: true }).compile(published[schema] ?? { not: {} });
  validate(body);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test('the last page of accounts links to an empty one, as in the sample that Adobe publishes', async () => {
  const { ask } = await startCaller({ pageSize: 10, nextLink: (pathAndQuery) => pathAndQuery });
  const counts: number[] = [];
  let path: string | undefined = '/data/foundation/queryauth/accounts?limit=10';
  while (path !== undefined) {
    const { body } = await ask(path);
    counts.push(body.accounts.length);
    path = body._links.next;
  }
  expect(counts).toEqual([10, 3, 0]);
});

describe('rejected requests', () => {
  test.each([
    ['a wrong token', 'data', { authorization: 'Bearer x' }, 401, '401013'],
    ['a wrong API key', 'data', { 'x-api-key': 'x' }, 403, '403000'],
    ['another organisation', 'data', { 'x-gw-ims-org-id': 'x@AdobeOrg' }, 403, '403025'],
    ['an unknown sandbox', 'data', { 'x-sandbox-name': 'x' }, 400, undefined],
    ['a wrong token at the Console', 'console', { authorization: 'x' }, 401, '401013'],
    ['a wrong API key at the Console', 'console', { 'x-api-key': 'x' }, 403, '403000'],
  ])('Adobe rejects %s', async (_, host, changes, status, code) => {
    const { ask } = await startCaller();
    const path = host === 'data' ? '/data/foundation/queryauth/accounts' : '/console/organizations';
    const response = await ask(path, changes);
    expect([response.status, response.body.error_code]).toEqual([status, code]);
  });

  test('Adobe rejects an expired token', async () => {
    const { ask, clock } = await startCaller({ tokenSeconds: 60 });
    expect((await ask('/console/organizations')).status).toBe(200);
    clock.advance(60);
    expect((await ask('/console/organizations')).status).toBe(401);
  });

  test('Adobe responds 404 to another organisation, an unknown integration and an unknown path', async () => {
    const { ask } = await startCaller();
    expect((await ask('/console/organizations/1/integrations')).status).toBe(404);
    expect((await ask(`${ORGANIZATION}/integrations/1`)).status).toBe(404);
    expect((await ask('/data/foundation/queryauth/migrations')).status).toBe(404);
  });
});

describe('simulated migrations', () => {
  async function startMigrations() {
    const started = await startCaller({ migrationSeconds: 40 });
    const { tokens, platform } = started;
    const path = '/data/foundation/queryauth/accounts/{technicalAccountId}/migrate';
    const method = new QueryServiceMigration({ tokens, platform, path, timeoutMs: 10_000 });
    const console = new DeveloperConsole(started.console, new ConsolePaths(started.console, SIMULATED_CLIENT.orgId));
    return {
      ...started,
      start: () =>
        method.start(
          { technicalAccountId: BI, sandbox: 'prod', consoleId: '100001', step: 'start' },
          AbortSignal.any([]),
          () => true,
        ),
      status: () => console.migrationStatus('100001'),
    };
  }

  test('a migration ends after its duration', async () => {
    const { start, status, clock } = await startMigrations();
    await start();
    clock.advance(39);
    expect(await status()).toBe('started');
    clock.advance(1);
    expect(await status()).toBe('completed');
  });

  test('a failed migration can be started again', async () => {
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

  test('a migration can be started in Adobe’s UI', async () => {
    const { adobe, status, clock } = await startMigrations();
    adobe.migrateElsewhere(BI);
    expect(await status()).toBe('started');
    clock.advance(40);
    expect(await status()).toBe('completed');
    expect(adobe.starts).toEqual([]);
  });

  test('a migration takes the duration set when it started', async () => {
    const { adobe, start, status, clock } = await startMigrations();
    adobe.migrationSeconds = 10;
    await start();
    adobe.migrationSeconds = 300;
    clock.advance(9);
    expect(await status()).toBe('started');
    clock.advance(1);
    expect(await status()).toBe('completed');
  });

  test('no migration starts in Adobe’s UI where it does not offer Migrate', async () => {
    const { adobe } = await startMigrations();
    adobe.migrateElsewhere(BI);
    const started = ['bi-nightly', 'powerbi-gateway', 'notebooks', 'no-such-name'].filter((name) => {
      try {
        adobe.migrateElsewhere(technicalAccountIdOf(name));
        return true;
      } catch {
        return false;
      }
    });
    expect(started).toEqual([]);
  });

  test('a deleted credential cannot be migrated', async () => {
    const { adobe, ask, start } = await startMigrations();
    adobe.remove(BI);
    expect((await start()).kind).toBe('refused');
    expect((await ask(`${ORGANIZATION}/integrations/100001`)).status).toBe(404);
  });
});

test('the simulated Adobe stops immediately, even with pending requests', async () => {
  const { adobe, ask } = await startCaller();
  adobe.faults.add({ on: 'organizations', kind: 'hang', ms: 60_000 });
  const arrived = new Promise<void>((resolve) => adobe.onChange(resolve));
  const waiting = ask('/console/organizations').catch(() => 'cut off');
  await arrived;
  await adobe.stop();
  expect(await waiting).toBe('cut off');
});
