import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import type { AdobeResponse } from './response.ts';

const GARBAGE = '<!doctype html><title>Adobe</title><p>Please sign in.</p>';

/**
 * Writes an answer, or what a fault makes of it. `work` is what gives the answer and changes the organisation:
 * some faults come before it, some after.
 * @returns the status that was sent whole; null when the caller got none
 */
export async function write(
  response: ServerResponse,
  fault: Fault | undefined,
  work: () => AdobeResponse,
): Promise<number | null> {
  switch (fault?.kind) {
    case undefined:
      return send(response, work());
    case 'status':
      return send(response, fault);
    case 'garbage':
      return send(response, { status: 200, headers: { 'content-type': 'text/html' }, body: GARBAGE });
    case 'slow': {
      const answer = work();
      await untilOrHungUp(response, fault.ms);
      return send(response, answer);
    }
    case 'hang':
      await untilOrHungUp(response, fault.ms);
      return drop(response);
    case 'lose-response':
      work();
      return drop(response);
    case 'half-response': {
      const { status } = work();
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': 1000 });
      const { promise, resolve } = Promise.withResolvers<void>();
      response.write('{"half":', () => resolve());
      await promise;
      return drop(response);
    }
  }
}

function send(response: ServerResponse, { status, headers, body }: AdobeResponse): number | null {
  if (response.destroyed) return null;
  const content = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  });
  response.end(content);
  return status;
}

function drop(response: ServerResponse): null {
  response.destroy();
  return null;
}

/** Waits, but not for a caller who has hung up. */
async function untilOrHungUp(response: ServerResponse, ms: number): Promise<void> {
  const hungUp = new AbortController();
  response.once('close', () => hungUp.abort());
  await wait(ms, undefined, { signal: hungUp.signal }).catch(() => undefined);
}
