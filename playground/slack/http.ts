import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Json, jsonOf, parseJson } from './json.ts';

const MAX_BODY_BYTES = 2_000_000;

/** The body as text. @throws {Error} beyond 2 MB */
export async function readBody(req: IncomingMessage): Promise<string> {
  return (await readBytes(req, MAX_BODY_BYTES)).toString();
}

/** The body. @throws {Error} beyond `max` bytes */
export async function readBytes(req: IncomingMessage, max: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > max) throw new Error('request body too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

export function isJsonRequest(req: IncomingMessage): boolean {
  return (req.headers['content-type'] ?? '').startsWith('application/json');
}

/** The fields of a form or JSON body. */
export async function readFields(req: IncomingMessage): Promise<Json> {
  const body = await readBody(req);
  return isJsonRequest(req) ? jsonOf(parseJson(body)) : Object.fromEntries(new URLSearchParams(body));
}

export function sendJson(
  res: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  res.writeHead(status, { ...headers, 'content-type': 'application/json; charset=utf-8' });
  res.end(JSON.stringify(body));
}

export function sendText(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  res.end(text);
}
