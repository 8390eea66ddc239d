import type { IncomingMessage } from 'node:http';

/** Whether a request announces more than `limit` bytes. Node has already refused lengths that are not numbers. */
export function announcesMoreThan(request: IncomingMessage, limit: number): boolean {
  return Number(request.headers['content-length'] ?? 0) > limit;
}

/**
 * Reads a body of at most `limit` bytes, whatever the request announced.
 * @returns undefined when there was more; the rest is then discarded as it comes, which `requestTimeout` ends
 * @throws when the sender went away before the end
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      resolve(undefined);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the request was cut off')));
  });
}
