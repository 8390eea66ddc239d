import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type EventEmitter, once } from 'node:events';
import { Agent, type RequestOptions } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { OperationsServerOptions } from '../../src/http/server.ts';
import { ask, raw, start, unstarted } from './setup.ts';

describe('the server', () => {
  /** A listener that reads bodies of up to 1000 bytes and responds with their length. */
  const echo: NonNullable<OperationsServerOptions['slack']> = {
    admit: () => ({ bodyLimit: 1000 }),
    handle: (request, response) => void response.end(String(request.rawBody.length)),
  };
  const cases: [string, RequestOptions['headers'], number, number][] = [
    ['accepts a body of the limit with a content length', { 'Content-Length': 1000 }, 1000, 200],
    ['rejects a body above the limit with a content length', { 'Content-Length': 1001 }, 1001, 413],
    ['accepts a body of the limit in chunks', { 'Transfer-Encoding': 'chunked' }, 1000, 200],
    ['rejects a body above the limit in chunks', { 'Transfer-Encoding': 'chunked' }, 1001, 413],
  ];
  test.each(cases)('%s', async (_, headers, length, status) => {
    const { port } = await start({ slack: echo });
    const response = await ask(
      port,
      '/slack/events',
      { method: 'POST', ...(headers && { headers }) },
      'x'.repeat(length),
    );
    expect(response.status).toBe(status);
    expect(response.body).toBe(status === 200 ? String(length) : '{"error":"body too large"}\n');
  });

  test('rejects a body that is too long before it is sent', async () => {
    const { port } = await start({ slack: echo });
    const announced = await raw(port, 'POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n');
    expect(String(await once(announced, 'data'))).toMatch(/^HTTP\/1.1 413 /);
  });

  test('limits the total size of unfinished bodies, and accepts bodies again once they are gone', async () => {
    // Two of these fit within the limit, a third does not.
    const size = 3 * 1024 * 1024;
    const { port } = await start({ slack: { ...echo, admit: () => ({ bodyLimit: size }) } });
    const head = `POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n`;
    const part = head + 'x'.repeat(size - 100);
    const [first, second, third] = [await raw(port, part), await raw(port, part), await raw(port, part)];
    const full = await Promise.race(
      [first, second, third].map(async (each) => [each, String(await once(each, 'data'))]),
    );
    expect(full[1]).toMatch(/^HTTP\/1.1 503 /);
    expect((await ask(port, '/healthz')).status).toBe(200);
    for (const each of [first, second, third]) each.end('x'.repeat(100));
    const again = () => ask(port, '/slack/events', { method: 'POST' }, 'x'.repeat(size));
    await expect.poll(again).toMatchObject({ status: 200 });
  });

  test('does not read the body of a request that it does not admit', async () => {
    let read = 0;
    const slack = {
      admit: () => ({ status: 401 }) as const,
      handle: () => {
        read += 1;
      },
    };
    const { port } = await start({ slack });
    const head = await raw(port, 'POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n');
    expect(String(await once(head, 'data'))).toMatch(/^HTTP\/1.1 401 /);
    expect(read).toBe(0);
  });

  test('responds with 408 to a body that does not arrive in time', async () => {
    let called = false;
    const slack = {
      admit: () => ({ bodyLimit: 1000 }),
      handle: () => {
        called = true;
      },
    };
    const { port } = await start({ slack, requestTimeoutMs: 50 });
    const slow = await raw(port, 'POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc');
    expect(String(await once(slow, 'data'))).toMatch(/^HTTP\/1.1 408 /);
    await once(slow, 'close');
    expect(called).toBe(false);
  });

  test('continues, and logs it, when the system cannot accept a connection', async () => {
    const { port, lines } = await start();
    const seen = Promise.withResolvers<EventEmitter>();
    const see = (message: unknown) => seen.resolve((message as { server: EventEmitter }).server);
    subscribe('http.server.request.start', see);
    onTestFinished(() => void unsubscribe('http.server.request.start', see));
    await ask(port, '/healthz');
    // As if no file descriptor were left; an error without a listener would end the process.
    (await seen.promise).emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
    expect(lines.filter((line) => line.includes('a connection could not be accepted'))).toHaveLength(1);
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  test('says in one sentence that its port is in use', async () => {
    const { port } = await start();
    const other = unstarted();
    await expect(other.listen(port, '127.0.0.1')).rejects.toThrow(
      `Port ${port} is in use by another program: stop that, or set PORT to a free port.`,
    );
    await expect(other.listen(port, '127.0.0.1', 'OPERATIONS_PORT')).rejects.toThrow(
      'set OPERATIONS_PORT to a free port.',
    );
    await other.close(0);
  });

  test('says in one sentence that the machine does not have its address', async () => {
    // Reserved for documentation (RFC 5737): no machine has it.
    await expect(unstarted().listen(0, '192.0.2.1')).rejects.toThrow(
      'Port 0 could not be opened, since this machine has no such address: check LISTEN_ADDRESS.',
    );
  });
});

describe('closing the server', () => {
  const never = 60_000;

  test('lets the request in flight finish, then closes its kept-alive connection', async () => {
    const arrived = Promise.withResolvers<() => void>();
    const { server, port } = await start({
      slack: {
        admit: () => ({ bodyLimit: 1000 }),
        handle: (_, response) => arrived.resolve(() => response.end('done')),
      },
    });
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const response = ask(port, '/slack/events', { method: 'POST', agent }, 'x');
    const finish = await arrived.promise;
    const closed = server.close(never);
    await expect(ask(port, '/healthz')).rejects.toThrow('ECONNREFUSED');
    finish();
    expect(await response).toMatchObject({ status: 200, body: 'done' });
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

  test('cuts the connections that are left at the deadline, even when called again', async () => {
    const arrived = Promise.withResolvers<void>();
    const { server, port } = await start({
      slack: { admit: () => ({ bodyLimit: 1000 }), handle: () => arrived.resolve() },
    });
    const hanging = expect(ask(port, '/slack/events', { method: 'POST' }, 'x')).rejects.toThrow('socket hang up');
    await arrived.promise;
    const closed = server.close(20);
    expect(server.close(never)).toBe(closed);
    await closed;
    await hanging;
  });

  test('succeeds at once when it has never listened', async () => {
    const since = performance.now();
    await expect(unstarted().close(never)).resolves.toBeUndefined();
    expect(performance.now() - since).toBeLessThan(never / 2);
  });
});
