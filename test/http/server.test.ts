import { once } from 'node:events';
import { Agent, type RequestOptions } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { OperationsServerOptions } from '../../src/http/server.ts';
import { ask, raw, start, unstarted } from './setup.ts';

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

describe('listening', () => {
  test('on a port in use is one sentence', async () => {
    const { port } = await start();
    const other = unstarted();
    await expect(other.listen(port, '127.0.0.1')).rejects.toThrow(
      `Port ${port} is in use by another program: stop that, or set PORT to a free port.`,
    );
    await other.close(0);
  });

  test('on an address that is not the machine’s is one sentence', async () => {
    // Of a network kept for documentation (RFC 5737): nobody has it.
    await expect(unstarted().listen(0, '192.0.2.1')).rejects.toThrow(
      'Port 0 could not be opened, since this machine has no such address: look at LISTEN_ADDRESS.',
    );
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
    onTestFinished(() => agent.destroy());
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
    const server = unstarted();
    await server.close(never);
  });
});
