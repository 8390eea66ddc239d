import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import type { AdobeResponse } from './response.ts';

const GARBAGE = '<!doctype html><title>Adobe</title><p>Please sign in.</p>';

/**
 * Sends a response, or what a fault makes of it.
 * @param handle processes the request and returns the response; some faults prevent it, others come after it
 * @returns the status of a complete response; null when the caller received none
 */
export async function respond(
  response: ServerResponse,
  fault: Fault | undefined,
  handle: () => AdobeResponse,
): Promise<number | null> {
  switch (fault?.kind) {
    case undefined:
      return send(response, handle());
    case 'status':
      return send(response, fault);
    case 'garbage':
      return send(response, { status: 200, headers: { 'content-type': 'text/html' }, body: GARBAGE });
    case 'slow': {
      const late = handle();
      await waitOrHangUp(response, fault.ms);
      return send(response, late);
    }
    case 'held': {
      const held = handle();
      await fault.until;
      return send(response, held);
    }
    case 'hang':
      await waitOrHangUp(response, fault.ms);
      return drop(response);
    case 'lose-response':
      handle();
      return drop(response);
    case 'half-response': {
      const { status } = handle();
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
  response.writeHead(status, { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers });
  response.end(contentOf(body));
  return status;
}

function contentOf(body: unknown): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function drop(response: ServerResponse): null {
  response.destroy();
  return null;
}

/** Waits, but no longer than the caller stays connected. */
async function waitOrHangUp(response: ServerResponse, ms: number): Promise<void> {
  const hungUp = new AbortController();
  response.once('close', () => hungUp.abort());
  await wait(ms, undefined, { signal: hungUp.signal }).catch(() => undefined);
}
