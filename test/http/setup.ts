import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Checks } from '../../src/http/readiness.ts';
import { createOperationsServer, type OperationsServerOptions } from '../../src/http/server.ts';
import { createLogger } from '../../src/lib/log.ts';
import { TestClock } from '../support/clock.ts';

export const fine: Checks = {
  database: async () => ({ ok: true }),
  slack: async () => ({ ok: true }),
  sync: async () => ({ ok: true }),
};

/** An operations server that is closed when the test ends, and the lines it logs. */
export async function start(options: Partial<OperationsServerOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger({ level: 'trace', secrets: [], destination: { write: (line) => void lines.push(line) } });
  const metrics = { contentType: 'text/plain; version=0.0.4', text: async () => 'metric 1\n' };
  const server = createOperationsServer({ logger, checks: fine, metrics, clock: new TestClock(), ...options });
  const port = await server.listen(0, '127.0.0.1');
  onTestFinished(() => server.close(0));
  return { server, port, lines, logger };
}

/** A server that does not listen. */
export function unstarted() {
  return createOperationsServer({
    logger: createLogger({ level: 'silent', secrets: [] }),
    checks: fine,
    metrics: { contentType: '', text: async () => '' },
    clock: new TestClock(),
  });
}

/** Sends one request on a separate connection. */
export async function ask(port: number, path: string, options: RequestOptions = {}, body?: string) {
  const request = httpRequest({ host: '127.0.0.1', port, path, agent: false, ...options });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await readText(response) };
}

/** Opens a connection and writes these parts to it. */
export async function raw(port: number, ...parts: string[]): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  // A connection that the server closes may end in a reset.
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  for (const part of parts) socket.write(part);
  return socket;
}
