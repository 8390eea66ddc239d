import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';

const FIXTURES = new URL('../fixtures/tls/', import.meta.url);
const [key, cert] = [readFileSync(new URL('key.pem', FIXTURES)), readFileSync(new URL('certificate.pem', FIXTURES))];
/** The code of a request for TLS, where a start packet has the protocol's version. */
const SSL_REQUEST = 80_877_103;

interface StandInOptions {
  readonly offersTls?: boolean;
  /** The error sent in response to a start packet, as by PostgreSQL and poolers: no connection is accepted. */
  readonly error: { readonly code: string; readonly message: string };
}

/** The port of a server that speaks PostgreSQL's protocol up to the start packet, and the start packets it got. */
export async function postgresStandIn({ offersTls = false, error }: StandInOptions) {
  const starts: Record<string, string>[] = [];
  const sockets = new Set<Socket>();
  const greet = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', (packet: Buffer) => {
      if (packet.readInt32BE(4) !== SSL_REQUEST) {
        starts.push(parametersOf(packet));
        socket.end(errorResponse(error));
      } else if (offersTls) {
        socket.write('S');
        greet(new TLSSocket(socket, { isServer: true, key, cert }));
      } else {
        socket.write('N');
        greet(socket);
      }
    });
  };
  const server = createServer(greet).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, starts };
}

function parametersOf(packet: Buffer): Record<string, string> {
  const texts = packet.toString('utf8', 8).split('\0');
  return Object.fromEntries(
    texts.flatMap((text, i) => (i % 2 === 0 && text !== '' ? [[text, texts[i + 1] ?? '']] : [])),
  );
}

function errorResponse({ code, message }: StandInOptions['error']): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.from('E\0\0\0\0');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
