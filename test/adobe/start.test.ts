import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { QueryServiceMigration } from '../../src/adobe/query-service.ts';
import type { StartOutcome } from '../../src/migrations/method.ts';
import { tlsFront } from '../support/proxy.ts';
import { clientsAt, IN_TIME, PATH, startAdobe, TARGET, tokensAt, trustTestCertificates } from './setup.ts';

async function startMigrations({ timeoutMs = 10_000, path = PATH } = {}) {
  const started = await startAdobe();
  const { platform, tokens, adobe } = started;
  const method = new QueryServiceMigration({ platform, tokens, path, timeoutMs });
  const posts = () => adobe.calls.filter(({ path }) => path.includes('/migrate'));
  return { ...started, method, posts, never: new AbortController().signal };
}

const problemOf = (outcome: StartOutcome) => ('error' in outcome ? outcome.error.problem : undefined);

describe('starting a migration sends exactly one request and', () => {
  test('is accepted if Adobe accepts it', async () => {
    const { adobe, clock, method, posts, never } = await startMigrations();
    expect(await method.start(TARGET, never, IN_TIME)).toEqual({ kind: 'accepted' });
    expect(adobe.starts).toEqual([{ technicalAccountId: TARGET.technicalAccountId, at: clock.now() }]);
    expect(posts()).toMatchObject([{ method: 'POST', status: 202 }]);
  });

  test.each([
    [200, []],
    [201, { unheardOf: 1 }],
    [202, ''],
    [204, undefined],
  ])('is accepted with status %i and %j', async (status, body) => {
    const { adobe, method, posts, never } = await startMigrations();
    adobe.faults.add({ on: 'start', kind: 'status', status, body });
    expect((await method.start(TARGET, never, IN_TIME)).kind).toBe('accepted');
    expect(posts()).toHaveLength(1);
  });

  test.each(['<html>', '{"status":'])('is unclear if the response is not JSON: %s', async (body) => {
    const { adobe, method, posts, never } = await startMigrations();
    adobe.faults.add({ on: 'start', kind: 'status', status: 200, body });
    const outcome = await method.start(TARGET, never, IN_TIME);
    expect([outcome.kind, problemOf(outcome)]).toEqual([
      'unclear',
      expect.objectContaining({ kind: 'lost', detail: 'ERR_NOT_JSON' }),
    ]);
    expect(posts()).toHaveLength(1);
  });

  test.each([302, 307, 400, 401, 403, 404, 405, 410, 422, 429])('is refused with status %i', async (status) => {
    const { adobe, method, posts, never, url } = await startMigrations();
    const headers = { location: `${url}/elsewhere`, 'retry-after': '0' };
    adobe.faults.add({ on: 'start', kind: 'status', status, headers });
    const outcome = await method.start(TARGET, never, IN_TIME);
    expect([outcome.kind, problemOf(outcome)?.status]).toEqual(['refused', status]);
    expect(posts()).toHaveLength(1);
    expect(adobe.calls.map(({ path }) => path)).toEqual(['/ims/token/v3', posts()[0]?.path]);
  });

  test.each([408, 409, 425, 500, 502, 503, 504])('is unclear with status %i', async (status) => {
    const { adobe, method, posts, never } = await startMigrations();
    adobe.faults.add({ on: 'start', kind: 'status', status });
    const outcome = await method.start(TARGET, never, IN_TIME);
    expect([outcome.kind, problemOf(outcome)?.status]).toEqual(['unclear', status]);
    expect(posts()).toHaveLength(1);
  });

  test.each(['lose-response', 'half-response'] as const)('is unclear if the response is lost: %s', async (kind) => {
    const { adobe, method, posts, never } = await startMigrations();
    adobe.faults.add({ on: 'start', kind });
    const outcome = await method.start(TARGET, never, IN_TIME);
    expect([outcome.kind, problemOf(outcome)?.kind]).toEqual(['unclear', 'lost']);
    expect([posts().length, adobe.starts.length]).toEqual([1, 1]);
  });

  test('is unclear if there is no response in time', async () => {
    const { adobe, method, posts, never } = await startMigrations({ timeoutMs: 500 });
    adobe.faults.add({ on: 'start', kind: 'hang', ms: 60_000 });
    const outcome = await method.start(TARGET, never, IN_TIME);
    expect([outcome.kind, problemOf(outcome)?.detail]).toEqual(['unclear', 'ETIMEDOUT']);
    expect(posts()).toHaveLength(1);
    // The default timeout of 10 s would be far too late.
  }, 5000);

  test('is accepted if the response arrives only when the migration has ended', async () => {
    const { adobe, method, never } = await startMigrations();
    adobe.faults.add({ on: 'start', kind: 'slow', ms: 20 });
    expect(await method.start(TARGET, never, IN_TIME)).toEqual({ kind: 'accepted' });
  });

  test('is unclear if the app stops waiting', async () => {
    const { adobe, method, posts } = await startMigrations();
    adobe.faults.add({ on: 'start', kind: 'hang', ms: 60_000 });
    const shutdown = new AbortController();
    const outcome = method.start(TARGET, shutdown.signal, IN_TIME);
    await expect.poll(posts).toHaveLength(1);
    shutdown.abort();
    expect([(await outcome).kind, problemOf(await outcome)?.detail]).toEqual(['unclear', 'ERR_CANCELED']);
    expect(posts()).toHaveLength(1);
  });

  test('uses a new connection, since Adobe may close a reused one just as we write', async () => {
    const server = createServer((_, response) => response.writeHead(202).end());
    let connections = 0;
    server.on('connection', () => connections++).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close().closeAllConnections());
    const { tokens, never } = await startMigrations();
    const { port } = server.address() as AddressInfo;
    const { platform } = clientsAt(`http://127.0.0.1:${port}`, tokens);
    const method = new QueryServiceMigration({ platform, tokens, path: PATH, timeoutMs: 1000 });
    for (let i = 0; i < 3; i++) await method.start(TARGET, never, IN_TIME);
    expect(connections).toBe(3);
  });

  test('encodes the id into the configured path', async () => {
    const { adobe, method, never } = await startMigrations({ path: '/a/{technicalAccountId}/b/{technicalAccountId}' });
    const outcome = await method.start({ ...TARGET, technicalAccountId: 'x/../$&' }, never, IN_TIME);
    expect(adobe.calls.at(-1)?.path).toBe('/a/x%2F..%2F%24%26/b/x%2F..%2F%24%26');
    expect(problemOf(outcome)).toMatchObject({ kind: 'no_such_path', status: 404 });
  });

  test('is refused with an invalid token, but the next start is not', async () => {
    const { adobe, tokens, method, posts, never } = await startMigrations();
    await tokens.token();
    adobe.revokeTokens();
    expect((await method.start(TARGET, never, IN_TIME)).kind).toBe('refused');
    expect(posts()).toHaveLength(1);
    expect((await method.start(TARGET, never, IN_TIME)).kind).toBe('accepted');
  });

  test('goes to the configured host only', async () => {
    const elsewhere = await startAdobe();
    const { method, never } = await startMigrations({ path: `${elsewhere.url}/migrate` });
    expect((await method.start(TARGET, never, IN_TIME)).kind).toBe('refused');
    expect(elsewhere.adobe.calls).toEqual([]);
  });

  test('names the sandbox of the credential', async () => {
    const { adobe, method, never } = await startMigrations();
    const outcome = await method.start({ ...TARGET, sandbox: 'dev' }, never, IN_TIME);
    expect(problemOf(outcome)).toMatchObject({ status: 404, detail: 'There is no such account in this sandbox.' });
    expect(adobe.starts).toEqual([]);
  });

  test('is unclear for a second start, during the migration or after it', async () => {
    const { clock, adobe, method, never } = await startMigrations();
    await method.start(TARGET, never, IN_TIME);
    expect((await method.start(TARGET, never, IN_TIME)).kind).toBe('unclear');
    clock.advance(40);
    expect((await method.start(TARGET, never, IN_TIME)).kind).toBe('unclear');
    expect(adobe.starts).toHaveLength(1);
  });
});

describe('starting a migration sends nothing', () => {
  test('if IMS refuses the client', async () => {
    const { adobe, clock, url, platform, posts, never } = await startMigrations();
    const tokens = tokensAt(url, clock, { clientSecret: 'wrong' });
    const method = new QueryServiceMigration({ platform, tokens, path: PATH, timeoutMs: 1000 });
    const outcome = await method.start(TARGET, never, IN_TIME);
    expect([outcome.kind, problemOf(outcome)?.kind]).toEqual(['unsent', 'token_refused']);
    expect([posts().length, adobe.starts.length]).toEqual([0, 0]);
  });

  test('if the connection is refused', async () => {
    const { adobe, tokens, method, never } = await startMigrations();
    await tokens.token();
    await adobe.stop();
    const outcome = await method.start(TARGET, never, IN_TIME);
    expect([outcome.kind, problemOf(outcome)?.kind]).toEqual(['unsent', 'unreachable']);
  });

  test('if the TLS handshake was never completed, whatever the code of the error', async () => {
    const { tokens, never } = await startMigrations();
    await tokens.token();
    const faults: [string, (socket: Socket) => void][] = [
      ['ETIMEDOUT', () => {}],
      ['ECONNRESET', (socket) => socket.once('data', () => socket.resetAndDestroy())],
      ['EPROTO', (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))],
    ];
    for (const [code, treat] of faults) {
      const server = createTcpServer(treat).listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      const { port } = server.address() as AddressInfo;
      const { platform } = clientsAt(`https://127.0.0.1:${port}`, tokens);
      const method = new QueryServiceMigration({ platform, tokens, path: PATH, timeoutMs: 50 });
      const outcome = await method.start(TARGET, never, IN_TIME);
      expect([code, outcome.kind, problemOf(outcome)?.kind]).toEqual([code, 'unsent', 'unreachable']);
    }
  });

  test.each(['http', 'https'])('if it is too late once the connection over %s is established', async (scheme) => {
    const { adobe, tokens, method, posts, never, url } = await startMigrations();
    let late = method;
    if (scheme === 'https') {
      const front = await tlsFront(url);
      onTestFinished(front.stop);
      trustTestCertificates();
      const { platform } = clientsAt(front.url, tokens);
      late = new QueryServiceMigration({ platform, tokens, path: PATH, timeoutMs: 10_000 });
    }
    let asked = 0;
    const maySend = () => ++asked < 1;
    expect(await late.start(TARGET, never, maySend)).toEqual({ kind: 'late' });
    expect([asked, posts(), adobe.starts]).toEqual([1, [], []]);
    expect(await late.start(TARGET, never, IN_TIME)).toEqual({ kind: 'accepted' });
    expect(posts()).toHaveLength(1);
  });

  test('if the app stopped before', async () => {
    const { method, posts } = await startMigrations();
    expect((await method.start(TARGET, AbortSignal.abort(), IN_TIME)).kind).toBe('unsent');
    expect(posts()).toEqual([]);
  });
});
