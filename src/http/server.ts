import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';
import { FailureLog } from '../lib/failure-log.ts';
import { newReference } from '../lib/reference.ts';
import { StartError } from '../lib/start-error.ts';
import { type Checks, createReadiness, type Readiness } from './readiness.ts';

/** A request whose body has been read: Bolt uses `rawBody` instead of the stream. */
export type BufferedRequest = IncomingMessage & { rawBody: Buffer };

/** Serves Slack's requests. */
export interface SlackListener {
  /** Judges a request by its head alone: how many bytes of its body may be read, or the status to reject it with. */
  admit(request: IncomingMessage): { readonly bodyLimit: number } | { readonly status: 401 | 404 };
  /** May throw, but only before it has responded. */
  handle(request: BufferedRequest, response: ServerResponse): void;
}

export interface OperationsServerOptions {
  readonly logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
  readonly checks: Checks;
  readonly metrics: { readonly contentType: string; text(readiness: Readiness): Promise<string> };
  readonly clock: Clock;
  /** HTTP mode only. */
  readonly slack?: SlackListener;
  /** `health`: another server serves `/readyz` and `/metrics`; default `all`. */
  readonly pages?: 'all' | 'health';
  /**
   * Milliseconds within which a request must have arrived completely; default 5000, since Slack gives up after 3000.
   * Only tests set it, since Node's own timer cannot be replaced by a simulated one.
   */
  readonly requestTimeoutMs?: number;
}

type PortSetting = 'PORT' | 'OPERATIONS_PORT';

interface OperationsServer {
  /**
   * Listens on `address`, or on all addresses of the machine if it is null. `setting`: the setting with the port.
   * @returns the port; the system's choice if 0 was asked for
   * @throws {StartError} one sentence for the operator
   */
  listen(port: number, address: string | null, setting?: PortSetting): Promise<number>;
  /**
   * Rejects new connections and closes idle ones at once. Requests in flight have `deadlineMs` milliseconds to finish;
   * then their connections are cut. Never rejects.
   */
  close(deadlineMs: number): Promise<void>;
}

/** Load balancers reuse connections for up to a minute; closing one earlier causes an occasional 502. */
const KEEP_ALIVE_MS = 65_000;
/** Time limit for a readiness check. Milliseconds. */
const CHECK_MS = 2_000;
/** Maximum number of bytes of unfinished bodies, over all requests: they must not fill the memory. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
const REFUSALS: Readonly<Record<401 | 404 | 413 | 503, string>> = {
  401: 'not signed by Slack',
  404: 'not found',
  413: 'body too large',
  503: 'too many requests at once',
};

/** The metrics read the database: they are made only once in this time, however many requests come. Milliseconds. */
const SCRAPE_MS = 1_000;

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The HTTP server of both modes: `/healthz`, `/readyz`, `/metrics`, and Slack's requests in HTTP mode. */
export function createOperationsServer(options: OperationsServerOptions): OperationsServer {
  const { logger, metrics, slack, clock, requestTimeoutMs = 5_000 } = options;
  const readBody = bodyReader();
  const readiness = createReadiness(options.checks, CHECK_MS, logger);
  const readMetrics = sharedFor(SCRAPE_MS, clock, async () => metrics.text(await readiness()));
  let closing: Promise<void> | undefined;
  const unusedSockets = new Set<Socket>();

  const pages = new Map<string, Handler>([
    ['/healthz', async (_, response) => respond(response, 200, { status: 'ok' })],
  ]);
  if (options.pages !== 'health') {
    pages.set('/readyz', async (_, response) => {
      const state = await readiness();
      respond(response, state.ready ? 200 : 503, state);
    });
    pages.set('/metrics', async (_, response) => respond(response, 200, await readMetrics(), metrics.contentType));
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = request.url ?? '';
    if (!URL.canParse(address, 'http://localhost')) return respondError(response, 400, 'bad request target');
    const page = pages.get(address.split('?', 1)[0] ?? '');
    if (page === undefined) return handleSlackRequest(request, response);
    if (request.method === 'GET' || request.method === 'HEAD') return page(request, response);
    response.setHeader('Allow', 'GET, HEAD');
    respondError(response, 405, 'method not allowed');
  }

  async function handleSlackRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: keyof typeof REFUSALS) => respondError(response, status, REFUSALS[status]);
    const admitted = slack?.admit(request) ?? { status: 404 };
    if ('status' in admitted) return refuse(admitted.status);
    let rawBody: Buffer | 413 | 503;
    try {
      rawBody = await readBody(request, admitted.bodyLimit);
    } catch {
      // The sender has disconnected.
      return;
    }
    if (typeof rawBody === 'number') return refuse(rawBody);
    slack?.handle(Object.assign(request, { rawBody }), response);
  }

  const server = createServer(
    {
      headersTimeout: Math.min(5000, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // Node enforces the timeouts above this often; its default of 30 s would make them meaningless.
      connectionsCheckingInterval: Math.min(1000, requestTimeoutMs),
    },
    async (request, response) => {
      unusedSockets.delete(request.socket);
      response.setHeader('Cache-Control', 'no-store');
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.once('close', () => {
        // A kept-alive connection would delay closing.
        if (closing !== undefined) request.socket.end();
      });
      try {
        await handle(request, response);
      } catch (err) {
        const reference = newReference();
        logger.error({ err, reference, method: request.method }, 'request failed');
        if (response.headersSent) response.destroy();
        else respondError(response, 500, 'internal error', reference);
      }
    },
  );

  server.on('connection', (socket: Socket) => {
    unusedSockets.add(socket);
    socket.once('close', () => unusedSockets.delete(socket));
  });

  const failures = new FailureLog(logger);
  return {
    async listen(port, address, setting = 'PORT') {
      const opened = await listen(server, port, address, setting);
      // For instance if no file descriptor is left; without a listener it would end the process. Logged once per cause.
      server.on('error', (err) =>
        failures.failed('accept', String(err), { err }, 'a connection could not be accepted'),
      );
      return opened;
    },
    close(deadlineMs) {
      closing ??= close(server, unusedSockets, deadlineMs);
      return closing;
    },
  };
}

/** Reads bodies and keeps no more than `MAX_BUFFERED_BYTES` in memory at a time. */
function bodyReader() {
  let bufferedBytes = 0;
  /**
   * @returns 413 for a body of more than `limit` bytes, 503 if there is no room for it; the rest is then discarded as
   * it arrives, until `requestTimeout`
   * @throws if the sender disconnects
   */
  return async (request: IncomingMessage, limit: number): Promise<Buffer | 413 | 503> => {
    // Node has already rejected a length that is not a number.
    if (Number(request.headers['content-length']) > limit) return 413;
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        size += chunk.length;
        bufferedBytes += chunk.length;
        if (size > limit || bufferedBytes > MAX_BUFFERED_BYTES) {
          request.resume();
          return size > limit ? 413 : 503;
        }
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } finally {
      bufferedBytes -= size;
    }
  };
}

/** Callers share the result that is being made, and reuse it for `ms` milliseconds after that; an error is not kept. */
function sharedFor<T>(ms: number, clock: Clock, make: () => Promise<T>): () => Promise<T> {
  let shared: Promise<T> | undefined;
  let madeAt: number | undefined;
  return () => {
    // It is also made again if the clock was set back.
    const age = madeAt === undefined ? 0 : clock.now().getTime() - madeAt;
    if (shared !== undefined && age >= 0 && age < ms) return shared;
    madeAt = undefined;
    shared = make();
    shared.then(
      () => {
        madeAt = clock.now().getTime();
      },
      () => {
        shared = undefined;
      },
    );
    return shared;
  };
}

function respond(
  response: ServerResponse,
  status: number,
  body: unknown,
  type = 'application/json; charset=utf-8',
): void {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

function respondError(response: ServerResponse, status: number, error: string, reference?: string): void {
  respond(response, status, { error, reference });
}

const LISTEN_ERRORS: Readonly<Record<string, (setting: PortSetting) => string>> = {
  EADDRINUSE: (setting) => `is in use by another program: stop that, or set ${setting} to a free port.`,
  EADDRNOTAVAIL: () => 'could not be opened, since this machine has no such address: check LISTEN_ADDRESS.',
  EACCES: (setting) => `may not be opened by this user: set ${setting} to 1024 or more.`,
};

function listen(server: Server, port: number, address: string | null, setting: PortSetting): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException) => {
      const error =
        LISTEN_ERRORS[cause.code ?? '']?.(setting) ?? `could not be opened (${cause.code ?? cause.message}).`;
      reject(new StartError(`Port ${port} ${error}`, cause));
    };
    server.once('error', failed);
    server.listen({ port, ...(address !== null && { host: address }) }, () => {
      server.off('error', failed);
      // Only a string when listening on a socket file, which is never asked for.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function close(server: Server, unusedSockets: ReadonlySet<Socket>, deadlineMs: number): Promise<void> {
  const cutOff = setTimeout(() => server.closeAllConnections(), deadlineMs);
  // Closes idle kept-alive connections, but not those without any request so far, which Node counts as busy.
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of unusedSockets) if (socket.bytesRead === 0) socket.destroy();
  await closed;
  clearTimeout(cutOff);
}
