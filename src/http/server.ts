import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from 'pino';
import { newReference } from '../lib/reference.ts';
import { StartError } from '../lib/start-error.ts';
import { announcesMoreThan, readBody } from './body.ts';
import { type Checks, createReadiness } from './readiness.ts';

/** A request whose body was read; Bolt takes `rawBody` instead of reading the stream itself. */
export type BufferedRequest = IncomingMessage & { rawBody: Buffer };

/** Answers Slack's requests, or says that there is nothing at this path. May throw before it has answered. */
export type SlackListener = (request: BufferedRequest, response: ServerResponse) => 'handled' | 'not found';

export interface OperationsServerOptions {
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly checks: Checks;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  /** HTTP mode only. */
  readonly slack?: SlackListener;
  /** Milliseconds a readiness check may take; default 2000. */
  readonly checkTimeoutMs?: number;
  /** Milliseconds in which a request must have arrived whole; default 10 000. */
  readonly requestTimeoutMs?: number;
  /** Bytes of a body; default 1 MB. Slack's payloads stay far below. */
  readonly bodyLimit?: number;
}

export interface OperationsServer {
  /**
   * Starts to listen, on `address`, or on all of the machine's when it is null. Resolves with the port, which is another than asked
   * for when that was 0. Rejects with one sentence for the operator.
   */
  listen(port: number, address: string | null): Promise<number>;
  /**
   * Stops: new connections are refused and idle ones closed at once, requests in flight may finish within `deadlineMs`
   * milliseconds, what is left then is cut. Never rejects.
   */
  close(deadlineMs: number): Promise<void>;
}

/** Load balancers keep connections for up to a minute; closing before they do gives their users 502 now and then. */
const KEEP_ALIVE_MS = 65_000;
const ONE_MB = 1024 * 1024;

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The one HTTP server of both modes: `/healthz`, `/readyz`, `/metrics`, and Slack's requests in HTTP mode. */
export function createOperationsServer(options: OperationsServerOptions): OperationsServer {
  const { logger, metrics, slack, bodyLimit = ONE_MB, requestTimeoutMs = 10_000 } = options;
  const readiness = createReadiness(options.checks, options.checkTimeoutMs ?? 2000, logger);
  let closing: Promise<void> | undefined;
  const unused = new Set<Socket>();

  const pages: ReadonlyMap<string, Handler> = new Map<string, Handler>([
    ['/healthz', async (_, response) => answer(response, 200, { status: 'ok' })],
    [
      '/readyz',
      async (_, response) => {
        const state = await readiness();
        answer(response, state.ready ? 200 : 503, state);
      },
    ],
    ['/metrics', async (_, response) => answer(response, 200, await metrics.text(), metrics.contentType)],
  ]);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (announcesMoreThan(request, bodyLimit)) return refuse(response, 413, 'body too large');
    const address = request.url ?? '';
    if (!URL.canParse(address, 'http://localhost')) return refuse(response, 400, 'bad request target');
    const page = pages.get(address.split('?', 1)[0] ?? '');
    if (page === undefined) return toSlack(request, response);
    if (request.method === 'GET' || request.method === 'HEAD') return page(request, response);
    response.setHeader('Allow', 'GET, HEAD');
    refuse(response, 405, 'method not allowed');
  }

  async function toSlack(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (slack === undefined) return refuse(response, 404, 'not found');
    let rawBody: Buffer | undefined;
    try {
      rawBody = await readBody(request, bodyLimit);
    } catch {
      // Who was to be answered is gone.
      return;
    }
    if (rawBody === undefined) return refuse(response, 413, 'body too large');
    if (slack(Object.assign(request, { rawBody }), response) === 'not found')
      refuse(response, 404, 'not found');
  }

  const server = createServer(
    {
      headersTimeout: Math.min(5000, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // Node looks for late requests this often; its default of 30 s would make the timeouts above meaningless.
      connectionsCheckingInterval: Math.min(1000, requestTimeoutMs),
    },
    async (request, response) => {
      unused.delete(request.socket);
      response.setHeader('Cache-Control', 'no-store');
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.once('close', () => {
        // A connection kept alive would hold up a server that is closing.
        if (closing !== undefined) request.socket.end();
      });
      try {
        await handle(request, response);
      } catch (err) {
        const reference = newReference();
        logger.error({ err, reference, method: request.method }, 'request failed');
        if (response.headersSent) response.destroy();
        else refuse(response, 500, 'internal error', { reference });
      }
    },
  );

  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });

  return {
    listen: (port, address) => listen(server, port, address),
    close(deadlineMs) {
      closing ??= close(server, unused, deadlineMs);
      return closing;
    },
  };
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  type = 'application/json; charset=utf-8',
): void {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

function refuse(
  response: ServerResponse,
  status: number,
  error: string,
  more: { reference?: string } = {},
): void {
  answer(response, status, { error, ...more });
}

const LISTEN_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program: stop that, or set PORT to a free port.',
  EADDRNOTAVAIL: 'could not be opened, since this machine has no such address: look at LISTEN_ADDRESS.',
  EACCES: 'may not be opened by this user: set PORT to 1024 or more.',
};

function listen(server: Server, port: number, address: string | null): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException) => {
      const fault =
        LISTEN_FAULTS[cause.code ?? ''] ?? `could not be opened (${cause.code ?? cause.message}).`;
      reject(new StartError(`Port ${port} ${fault}`, cause));
    };
    server.once('error', failed);
    server.listen({ port, ...(address !== null && { host: address }) }, () => {
      server.off('error', failed);
      // Only a string when listening on a socket file, which is never asked for.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function close(server: Server, unused: ReadonlySet<Socket>, deadlineMs: number): Promise<void> {
  if (!server.listening) return;
  const cut = setTimeout(() => server.closeAllConnections(), deadlineMs);
  // This closes idle kept-alive connections, but not those opened in advance, which Node counts as busy.
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of unused) if (socket.bytesRead === 0) socket.destroy();
  await closed;
  clearTimeout(cut);
}
