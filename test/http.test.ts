import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { App } from '@slack/bolt';
import { afterEach, describe, expect, test } from 'vitest';
import { createMetrics, type MetricsOptions } from '../src/http/metrics.ts';
import type { Checks } from '../src/http/readiness.ts';
import { createOperationsServer, type OperationsServerOptions } from '../src/http/server.ts';
import { createSlackReceiver } from '../src/http/slack.ts';
import { boltLogger, createLogger } from '../src/log.ts';

const fine: Checks = {
  database: async () => ({ ok: true }),
  slack: async () => ({ ok: true }),
  sync: async () => ({ ok: true }),
};

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: Partial<OperationsServerOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'trace',
    secrets: [],
    destination: { write: (line) => void lines.push(line) },
  });
  const metrics = { contentType: 'text/plain; version=0.0.4', text: async () => 'metric 1\n' };
  const server = createOperationsServer({ logger, checks: fine, metrics, ...options });
  const port = await server.listen(0, '127.0.0.1');
  cleanups.push(() => server.close(0));
  return { server, port, lines, logger };
}

async function ask(port: number, path: string, options: RequestOptions = {}, body?: string) {
  const request = httpRequest({ host: '127.0.0.1', port, path, agent: false, ...options });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await readText(response) };
}

async function raw(port: number, ...parts: string[]): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  // What the server cuts may end in a reset.
  socket.on('error', () => {});
  cleanups.push(async () => socket.destroy());
  await once(socket, 'connect');
  for (const part of parts) socket.write(part);
  return socket;
}

describe('pages', () => {
  test.each([
    ['/healthz', 200, '{"status":"ok"}\n'],
    ['/healthz?probe=1', 200, '{"status":"ok"}\n'],
    ['/metrics', 200, 'metric 1\n'],
    ['/', 404, '{"error":"not found"}\n'],
    ['/slack/events', 404, '{"error":"not found"}\n'],
    ['//', 400, '{"error":"bad request target"}\n'],
  ])('%s answers %i', async (path, status, body) => {
    const { port } = await start();
    const answer = await ask(port, path);
    expect(answer).toMatchObject({ status, body });
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers).not.toHaveProperty('x-powered-by');
    const head = await ask(port, path, { method: 'HEAD' });
    expect(head).toMatchObject({ status, body: '' });
    expect(head.headers['content-length']).toBe(String(body.length));
  });

  test.each(['/healthz', '/readyz', '/metrics'])('%s answers other methods with 405', async (path) => {
    const { port } = await start();
    const answer = await ask(port, path, { method: 'POST' }, 'x');
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  test('metrics that fail are a 500 without details, to be found in the log', async () => {
    const text = async () => {
      throw new Error('inner details');
    };
    const { port, lines } = await start({ metrics: { contentType: 'text/plain', text } });
    const answer = await ask(port, '/metrics');
    const { error, reference } = JSON.parse(answer.body);
    expect(answer.status).toBe(500);
    expect(error).toBe('internal error');
    expect(answer.body).not.toContain('details');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ reference, err: { message: 'inner details' } });
  });
});

describe('readiness', () => {
  const cases: [string, Partial<Checks>, number, unknown][] = [
    ['all is well', {}, 200, { ok: true }],
    [
      'a check says no',
      { slack: async () => ({ ok: false, detail: 'connecting' }) },
      503,
      { ok: false, detail: 'connecting' },
    ],
    [
      'a check rejects',
      {
        slack: async () => {
          throw new Error('password=x');
        },
      },
      503,
      { ok: false, detail: 'did not answer; see the log' },
    ],
    [
      'a check throws',
      {
        slack: () => {
          throw new Error('password=x');
        },
      },
      503,
      { ok: false, detail: 'did not answer; see the log' },
    ],
    [
      'a check hangs',
      { slack: () => new Promise(() => {}) },
      503,
      { ok: false, detail: 'did not answer; see the log' },
    ],
  ];
  test.each(cases)('when %s', async (_, checks, status, slack) => {
    const { port } = await start({ checks: { ...fine, ...checks }, checkTimeoutMs: 20 });
    const answer = await ask(port, '/readyz');
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({
      ready: status === 200,
      checks: { database: { ok: true }, slack, sync: { ok: true } },
    });
  });

  test('does not start a hanging check again, until it is given up', async () => {
    let calls = 0;
    const hanging = () => {
      calls += 1;
      return new Promise<never>(() => {});
    };
    const { port } = await start({ checks: { ...fine, database: hanging }, checkTimeoutMs: 30 });
    await Promise.all([ask(port, '/readyz'), ask(port, '/readyz')]);
    await ask(port, '/readyz');
    expect(calls).toBe(1);
    while (calls === 1) expect((await ask(port, '/readyz')).status).toBe(503);
  });

  test('is logged when it changes', async () => {
    let ok = false;
    const { port, lines } = await start({ checks: { ...fine, sync: async () => ({ ok }) } });
    await ask(port, '/readyz');
    await ask(port, '/readyz');
    ok = true;
    await ask(port, '/readyz');
    await ask(port, '/readyz');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['not ready', 'ready again']);
  });
});

describe('bodies', () => {
  /** A listener that answers with the body's length. */
  const echo: NonNullable<OperationsServerOptions['slack']> = (request, response) => {
    response.end(String(request.rawBody.length));
    return 'handled';
  };
  const cases: [string, RequestOptions['headers'], number, number][] = [
    ['of the limit, announced', { 'Content-Length': 1000 }, 1000, 200],
    ['above, announced', { 'Content-Length': 1001 }, 1001, 413],
    ['of the limit, in chunks', { 'Transfer-Encoding': 'chunked' }, 1000, 200],
    ['above, in chunks', { 'Transfer-Encoding': 'chunked' }, 1001, 413],
  ];
  test.each(cases)('%s', async (_, headers, length, status) => {
    const { port } = await start({ slack: echo, bodyLimit: 1000 });
    const answer = await ask(
      port,
      '/slack/events',
      { method: 'POST', ...(headers && { headers }) },
      'x'.repeat(length),
    );
    expect(answer.status).toBe(status);
    expect(answer.body).toBe(status === 200 ? String(length) : '{"error":"body too large"}\n');
  });

  test('of 1 MB are the most by default, and above are refused before they are sent', async () => {
    const { port } = await start({ slack: echo });
    const announced = await raw(
      port,
      'POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n',
    );
    expect(String(await once(announced, 'data'))).toMatch(/^HTTP\/1.1 413 /);
    const answer = await ask(port, '/slack/events', { method: 'POST' }, 'x'.repeat(1048576));
    expect(answer).toMatchObject({ status: 200, body: '1048576' });
  });

  test('that do not arrive are waited for until the timeout only', async () => {
    let called = false;
    const slack = () => {
      called = true;
      return 'handled' as const;
    };
    const { port } = await start({ slack, requestTimeoutMs: 50 });
    const slow = await raw(port, 'POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc');
    expect(String(await once(slow, 'data'))).toMatch(/^HTTP\/1.1 408 /);
    await once(slow, 'close');
    expect(called).toBe(false);
  });
});

describe('the Slack listener', () => {
  test('that throws gives a 500 without details, to be found in the log', async () => {
    const slack = () => {
      throw new Error('inner details');
    };
    const { port, lines } = await start({ slack });
    const answer = await ask(port, '/slack/events', { method: 'POST' }, 'x');
    const { reference } = JSON.parse(answer.body);
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body)).toEqual({ error: 'internal error', reference });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      level: 'error',
      reference,
      err: { message: 'inner details' },
    });
  });

  const signingSecret = 'shh-signing';
  async function startBolt() {
    const quiet = boltLogger(createLogger({ level: 'silent', secrets: [] }));
    const { receiver, listener } = createSlackReceiver({ signingSecret, logger: quiet });
    const app = new App({
      receiver,
      logger: quiet,
      authorize: async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' }),
      deferInitialization: true,
    });
    await app.init();
    app.command('/qs-creds', ({ ack, command }) => ack(`got ${command.text}`));
    return start({ slack: listener });
  }

  function signed(body: string, secret = signingSecret) {
    const timestamp = Math.floor(Date.now() / 1000);
    const mac = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
    return {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'X-Slack-Request-Timestamp': String(timestamp),
        'X-Slack-Signature': `v0=${mac}`,
      },
    };
  }
  const command =
    'command=%2Fqs-creds&text=help+%E2%9C%93&user_id=U2&team_id=T1&response_url=http%3A%2F%2Flocalhost';

  test('of Bolt answers signed commands', async () => {
    const { port } = await startBolt();
    const answer = await ask(port, '/slack/events', signed(command), command);
    expect(answer).toMatchObject({
      status: 200,
      body: 'got help ✓',
      headers: { 'x-content-type-options': 'nosniff' },
    });
  });

  test('of Bolt refuses what another signed', async () => {
    const { port } = await startBolt();
    expect(await ask(port, '/slack/events', signed(command, 'other'), command)).toMatchObject({
      status: 401,
    });
  });

  test.each([
    ['GET', '/slack/events'],
    ['POST', '/elsewhere'],
  ])('of Bolt does not serve %s %s: 404, without a line at error level', async (method, path) => {
    const { port, lines } = await startBolt();
    expect(await ask(port, path, { method })).toMatchObject({ status: 404, body: '{"error":"not found"}\n' });
    expect(lines).toEqual([]);
  });
});

describe('listening', () => {
  test('on a port in use is one sentence', async () => {
    const { port } = await start();
    const other = createOperationsServer({
      logger: createLogger({ level: 'silent', secrets: [] }),
      checks: fine,
      metrics: { contentType: '', text: async () => '' },
    });
    await expect(other.listen(port, '127.0.0.1')).rejects.toThrow(
      new Error(`Port ${port} is in use by another program: stop that, or set PORT to a free port.`),
    );
    await other.close(0);
  });
});

describe('closing', () => {
  const never = 60_000;

  test('lets the request in flight finish and closes its kept-alive connection', async () => {
    const arrived = Promise.withResolvers<() => void>();
    const { server, port } = await start({
      slack: (_, response) => {
        arrived.resolve(() => response.end('done'));
        return 'handled';
      },
    });
    const agent = new Agent({ keepAlive: true });
    cleanups.push(async () => agent.destroy());
    const answer = ask(port, '/slack/events', { method: 'POST', agent }, 'x');
    const finish = await arrived.promise;
    const closed = server.close(never);
    await expect(ask(port, '/healthz')).rejects.toThrow('ECONNREFUSED');
    finish();
    expect(await answer).toMatchObject({ status: 200, body: 'done' });
    await closed;
  });

  test('closes idle and unused connections at once', async () => {
    const { server, port } = await start();
    const unused = await raw(port);
    const idle = await raw(port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    const gone = Promise.all([once(unused, 'close'), once(idle, 'close')]);
    await server.close(never);
    await gone;
  });

  test('cuts what is left at the deadline, once however often it is asked', async () => {
    const arrived = Promise.withResolvers<void>();
    const { server, port } = await start({
      slack: () => {
        arrived.resolve();
        return 'handled';
      },
    });
    const hanging = expect(ask(port, '/slack/events', { method: 'POST' }, 'x')).rejects.toThrow(
      'socket hang up',
    );
    await arrived.promise;
    const closed = server.close(20);
    expect(server.close(never)).toBe(closed);
    await closed;
    await hanging;
  });

  test('before listening is nothing', async () => {
    const server = createOperationsServer({
      logger: createLogger({ level: 'silent', secrets: [] }),
      checks: fine,
      metrics: { contentType: '', text: async () => '' },
    });
    await server.close(never);
  });
});

describe('metrics', () => {
  const options: MetricsOptions = {
    subcommands: ['list', 'help'],
    actions: ['confirm'],
    refusals: ['not_allowed'],
    credentials: async () => ({ eligible: 2, migrated: 1 }),
    lastSync: async () => new Date(1_750_000_000_500),
  };

  test('start at 0, count, and take unknown names as other', async () => {
    const metrics = createMetrics(options);
    metrics.command('list');
    metrics.command('<!channel> my secret');
    metrics.action('confirm');
    metrics.migration('migrated');
    metrics.refusal('not_allowed');
    metrics.adobeCall({ operation: 'accounts', outcome: 'ok', seconds: 0.2 });
    metrics.adobeCall({ operation: 'accounts', outcome: 'throttled', seconds: 3 });
    const text = await metrics.text();
    const lines = text.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'qs_creds_commands_total{subcommand="list"} 1',
        'qs_creds_commands_total{subcommand="help"} 0',
        'qs_creds_commands_total{subcommand="other"} 1',
        'qs_creds_actions_total{action="confirm"} 1',
        'qs_creds_migrations_total{outcome="migrated"} 1',
        'qs_creds_migrations_total{outcome="needs_attention"} 0',
        'qs_creds_refusals_total{reason="not_allowed"} 1',
        'qs_creds_adobe_calls_total{operation="accounts",outcome="ok"} 1',
        'qs_creds_adobe_calls_total{operation="accounts",outcome="throttled"} 1',
        'qs_creds_adobe_call_seconds_bucket{le="0.25",operation="accounts"} 1',
        'qs_creds_credentials{status="eligible"} 2',
        'qs_creds_credentials{status="unknown"} 0',
        'qs_creds_last_sync_timestamp_seconds 1750000000.5',
      ]),
    );
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toContain('secret');
  });

  const unreadable: [string, Partial<MetricsOptions>][] = [
    [
      'reject',
      { credentials: () => Promise.reject(new Error('x')), lastSync: () => Promise.reject(new Error('x')) },
    ],
    ['hang', { credentials: () => new Promise(() => {}), lastSync: () => new Promise(() => {}) }],
    ['have nothing yet', { credentials: () => Promise.reject(new Error('x')), lastSync: async () => null }],
  ];
  test.each(unreadable)('are served without the gauges when these %s', async (_, broken) => {
    const text = await createMetrics({ ...options, ...broken, collectTimeoutMs: 20 }).text();
    expect(text).toContain('qs_creds_commands_total{subcommand="list"} 0');
    expect(text).not.toMatch(/^qs_creds_(credentials|last_sync_timestamp_seconds)[ {]/m);
  });

  test('of two bots in one process do not meet', async () => {
    const one = createMetrics(options);
    const two = createMetrics(options);
    one.command('help');
    expect(await two.text()).toContain('qs_creds_commands_total{subcommand="help"} 0');
  });
});
