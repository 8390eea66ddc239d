import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request as forward, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';

/** How the proxy treats what comes next. */
export type Treatment = 'pass' | 'silent' | 'cut' | { readonly status: number };

const FIXTURES = new URL('../fixtures/tls/', import.meta.url);
/** The authority that signed the fronts' certificate; the machine does not know it. */
export const CA_FILE = new URL('ca.pem', FIXTURES);

/** A proxy on this machine, for CONNECT and for plain requests, that records what a proxy gets to see. */
export class TestProxy {
  treatment: Treatment = 'pass';
  /** `host:port` of each requested tunnel. */
  readonly tunnels: string[] = [];
  /** The local ports from which the tunnels connect to their targets. */
  readonly ports: number[] = [];
  /** Method and URL of each plain request. */
  readonly requests: string[] = [];
  /** All headers and bytes of tunnels and requests as they came, TLS included. */
  seen = '';
  readonly #sockets = new Set<Duplex>();
  readonly #server = createServer((request, response) => {
    this.requests.push(`${request.method} ${request.url}`);
    this.#note(request);
    const { method, headers, url = '' } = request;
    const onward = forward(url, { method: method ?? 'GET', headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });

  async start(): Promise<string> {
    this.#server.on('connect', (request: IncomingMessage, client: Socket) => this.#tunnel(request, client));
    const port = await listen(this.#server);
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #note({ url, rawHeaders }: IncomingMessage): void {
    this.seen += [url, ...rawHeaders, ''].join('\n');
  }

  #tunnel(request: IncomingMessage, client: Socket): void {
    const target = request.url ?? '';
    this.tunnels.push(target);
    this.#note(request);
    this.#keep(client);
    if (this.treatment === 'silent') return;
    if (this.treatment === 'cut') return void client.destroy();
    if (this.treatment !== 'pass') {
      client.end(`HTTP/1.1 ${this.treatment.status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const [host, port] = target.split(':');
    const server = connect(Number(port), host);
    this.#keep(server);
    server.once('connect', () => {
      this.ports.push(Number(server.localPort));
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.on('data', (bytes) => {
        this.seen += bytes.toString('latin1');
      });
      client.pipe(server).pipe(client);
    });
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

/**
 * Puts TLS in front of a server on this machine, with a certificate signed by `CA_FILE`. `seen`: the requests as
 * received; `from`: the ports of those who connected.
 */
export async function tlsFront(
  url: string,
): Promise<{ url: string; from: readonly number[]; seen: () => string; stop: () => void }> {
  const sockets = new Set<Socket>();
  const from: number[] = [];
  let seen = '';
  const [key, cert] = [readFileSync(new URL('key.pem', FIXTURES)), readFileSync(new URL('certificate.pem', FIXTURES))];
  const front = createTlsServer({ key, cert }, (client) => {
    const server = connect(Number(new URL(url).port), '127.0.0.1');
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.once('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (bytes) => {
      seen += bytes.toString('latin1');
    });
    client.pipe(server).pipe(client);
  });
  front.on('connection', (client: Socket) => from.push(Number(client.remotePort)));
  const port = await listen(front);
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    front.close();
  };
  return { url: `https://127.0.0.1:${port}`, from, seen: () => seen, stop };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
