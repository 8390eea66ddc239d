import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AtEnd } from '../test/process/world.ts';
import type { Answer } from './load.ts';

/** A server for replies sent after the acknowledgement; waits for the first reply to each command. */
export async function receiveLateReplies(atEnd: AtEnd) {
  const waiting = new Map<string, (body: string) => void>();
  let sent = 0;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    response.end('ok');
    waiting.get(request.url ?? '')?.(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  atEnd(async () => void server.close());
  const { port } = server.address() as AddressInfo;
  /** Measures an act until its whole reply has arrived, in the acknowledgement or after it. */
  return async (act: (replyTo: string) => Promise<Answer>): Promise<Answer & { readonly ackMs: number }> => {
    const path = `/${sent++}`;
    const { promise, resolve } = Promise.withResolvers<string>();
    waiting.set(path, resolve);
    const started = performance.now();
    const answer = await act(`http://127.0.0.1:${port}${path}`);
    const body = answer.body === '' ? await promise : answer.body;
    waiting.delete(path);
    return { ...answer, body, ackMs: answer.ms, ms: performance.now() - started };
  };
}
