import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** Every status by which a server redirects a client. */
export const REDIRECTS = [301, 302, 303, 307, 308];

/** A host that no setting names; it accepts and records everything sent to it, headers and bodies. */
export async function startStranger(): Promise<{ url: string; host: string; got: readonly string[] }> {
  const got: string[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, rawHeaders } = request;
    got.push([method, url, ...rawHeaders, await text(request)].join('\n'));
    response.setHeader('content-type', 'application/json');
    response.end('{"ok":true,"access_token":"eyJ.stranger","expires_in":86399}');
  });
  server.on('upgrade', ({ method, url, rawHeaders }, socket) => {
    got.push([method, url, ...rawHeaders].join('\n'));
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host, got };
}
