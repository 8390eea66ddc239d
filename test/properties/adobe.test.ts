import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { QueryServiceAccounts } from '../../src/adobe/accounts.ts';
import { ConsolePaths, DeveloperConsole } from '../../src/adobe/console.ts';
import { QueryServiceMigration } from '../../src/adobe/query-service.ts';
import {
  AccountsPage,
  Integration,
  IntegrationsPage,
  MigrationStatus,
  Organizations,
  TokenResponse,
  validate,
} from '../../src/adobe/schema.ts';
import { AdobeError } from '../../src/credentials/adobe-error.ts';
import { clientsAt, tokensAt } from '../adobe/setup.ts';
import { TestClock } from '../support/clock.ts';
import { anyText, run } from './arbitraries.ts';

const SCHEMAS = { AccountsPage, Integration, IntegrationsPage, MigrationStatus, Organizations, TokenResponse };
/** Keys that Adobe uses, so that deeper checks are reached too. */
const KEYS = [
  'accounts',
  '_links',
  'next',
  'href',
  'technicalAccountId',
  'accountName',
  'description',
  'assignedToUser',
  'created',
  'lastUpdated',
  'content',
  'id',
  'code',
  'pages',
  'total',
  'migrationStatus',
  'access_token',
  'expires_in',
  'error_code',
  'message',
  '__proto__',
  'toString',
];
const leaf = fc.oneof(
  anyText(),
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e308,
    1_700_000_000_000,
    'NOT_STARTED',
    'COMPLETED',
    'ABCDEF0123456789ABCDEF01',
    '2025-01-01',
    '1'.repeat(400),
    '5B1D4A7E0F2C3D6B0A495E21@AdobeOrg',
  ),
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    leaf,
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('json'), { maxKeys: 6 }),
    fc.record({
      accounts: fc.array(fc.record({ technicalAccountId: leaf, accountName: leaf, created: leaf })),
      _links: tie('json'),
    }),
    fc.record({ content: fc.array(fc.record({ id: leaf })), pages: leaf, total: leaf }),
  ),
}));

/** Asserts an AdobeError that may be shown and stored; anything else fails the test. */
function expectTyped(error: unknown): void {
  if (!(error instanceof AdobeError)) throw error;
  const { operation, code = '', detail = '' } = error.problem;
  expect(operation).not.toBe('');
  expect(code.length).toBeLessThanOrEqual(500);
  expect(detail.length).toBeLessThanOrEqual(500);
  expect(error.stack).not.toContain('eyJ.simulated');
}

test.each(Object.entries(SCHEMAS))('any response for %s gives a value or a typed error', (_, schema) => {
  fc.assert(
    fc.property(json, (answer) => {
      // As it arrives over the wire.
      const received: unknown = JSON.parse(JSON.stringify(answer));
      try {
        validate<unknown>('try', schema, received);
      } catch (error) {
        expectTyped(error);
        expect((error as AdobeError).kind).toBe('bad_answer');
      }
    }),
    run(400),
  );
});

test('whatever Adobe’s hosts respond, a read gives a value or a typed error, and a start an outcome', async () => {
  let next = { status: 200, type: 'application/json', body: '' };
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (request.url?.startsWith('/ims/')) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: 'eyJ.simulated.x', expires_in: 86_399 }));
      return;
    }
    requests += 1;
    response.writeHead(next.status, { 'content-type': next.type, location: 'http://127.0.0.1:9/elsewhere' });
    response.end(next.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tokens = tokensAt(url, new TestClock());
  const { platform, console } = clientsAt(url, tokens);
  const path = '/accounts/{technicalAccountId}/migrate';
  const method = new QueryServiceMigration({ platform, tokens, path, timeoutMs: 1_000 });

  const answer = fc.record({
    status: fc.constantFrom(
      200,
      200,
      200,
      201,
      204,
      299,
      301,
      302,
      400,
      401,
      403,
      404,
      405,
      408,
      409,
      410,
      418,
      425,
      429,
      500,
      502,
      503,
      599,
    ),
    type: fc.constantFrom('application/json', 'application/problem+json', 'text/html', ''),
    body: fc.oneof(
      json.map((each) => JSON.stringify(each)),
      anyText(),
      fc.constantFrom('', '{', '<html>', 'null', '[]', '{"accounts":[],"_links":{"next":"//"}}'),
    ),
  });
  await fc.assert(
    fc.asyncProperty(answer, async (given) => {
      next = given;
      // The organisation is cached, so each run has a new Console.
      const developer = new DeveloperConsole(console, new ConsolePaths(console, '5B1D4A7E0F2C3D6B0A495E21@AdobeOrg'));
      await new QueryServiceAccounts(platform).readAccounts('prod').catch(expectTyped);
      await developer.integrationIds().catch(expectTyped);
      await developer.migrationStatus('1').catch(expectTyped);
      requests = 0;
      const outcome = await method.start(
        { technicalAccountId: '../x', consoleId: '1', sandbox: 'prod', step: 'start' },
        new AbortController().signal,
        () => true,
      );
      expect(requests).toBe(1);
      const expected =
        given.status < 300
          ? given.status === 204 || given.body === '' || isJson(given.body)
            ? 'accepted'
            : 'unclear'
          : given.status >= 500 || [408, 409, 425].includes(given.status)
            ? 'unclear'
            : 'refused';
      expect(outcome.kind).toBe(expected);
      if ('error' in outcome) expectTyped(outcome.error);
    }),
    run(150),
  );
});

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) !== 'string';
  } catch {
    return false;
  }
}
