import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type AxiosError, type AxiosRequestConfig, isAxiosError } from 'axios';
import { AdobeError, type AdobeErrorKind, type AdobeErrorOptions } from '../credentials/adobe-error.ts';

/** Characters kept of Adobe's messages: enough for its sentences, too few for an HTML page. */
const MAX_DETAIL_LENGTH = 500;

/**
 * Turns an axios error into an {@link AdobeError}; anything else is a bug of ours and is returned unchanged. The axios
 * error itself is dropped, since it carries the request's headers; a network error keeps its code as detail and its
 * message as cause.
 */
export function toAdobeError(operation: string, thrown: unknown): unknown {
  if (!isAxiosError(thrown)) return thrown;
  const kind = kindOf(thrown);
  if (thrown.response !== undefined && kind !== 'lost') {
    const { status, data } = thrown.response;
    return new AdobeError(kind, operation, { status, ...readErrorBody(data, secretsOf(thrown.config)) });
  }
  return new AdobeError(kind, operation, {
    detail: kind === 'bad_answer' ? 'the response: too large' : (thrown.code ?? 'no response'),
    cause: new Error([thrown.code, thrown.message].filter(Boolean).join(': ')),
  });
}

/** Classifies an axios error. */
export function kindOf(error: AxiosError): AdobeErrorKind {
  const status = error.response?.status;
  if (status !== undefined) {
    // A success status that still failed is a response that broke off or is not JSON.
    return status < 300 ? 'lost' : kindOfStatus(status);
  }
  // axios's code for a response above the size limit.
  if (error.code === 'ERR_BAD_RESPONSE') return 'bad_answer';
  // Not by its code: an established connection can fail with any of those of one that was never made.
  return wasConnected(error.request) ? 'lost' : 'unreachable';
}

function kindOfStatus(status: number): AdobeErrorKind {
  if (status === 401 || status === 403) return 'not_allowed';
  // Redirects are not followed, so for us nothing is served here.
  if (status < 400 || status === 404 || status === 405) return 'no_such_path';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'unavailable' : 'refused';
}

const connected = new WeakSet<object>();

// axios gives no access to a request before it fails, and its timeouts need Node's own transport.
subscribe('http.client.request.created', (message) => {
  const { request } = message as { request: ClientRequest };
  request.once('socket', (socket) => whenOpen(socket, () => connected.add(request)));
});

/** Calls `act` once a connection is open, with TLS after its handshake: before, nothing of a request is sent. */
export function whenOpen(socket: Socket, act: () => void): void {
  const isTls = socket instanceof TLSSocket;
  // Missing in Node's types. Of a proxy's tunnel, and of a reused connection, the handshake is over.
  const isOpen = isTls ? (socket as { secureConnecting?: boolean }).secureConnecting === false : !socket.connecting;
  if (isOpen) act();
  else socket.once(isTls ? 'secureConnect' : 'connect', act);
}

/** Whether the request may have been sent; also when we do not know which request it was. */
function wasConnected(request: object | undefined): boolean {
  return request === undefined || connected.has(request);
}

/**
 * Adobe's own code and message, from any of its error bodies: `{error_code, message}` (gateway),
 * `{type, status, title, detail}` (problem+json), `{error, error_description}` (IMS). Other bodies are ignored.
 */
function readErrorBody(body: unknown, secrets: readonly string[]): Pick<AdobeErrorOptions, 'code' | 'detail'> {
  if (!isRecord(body)) return {};
  const text = (field: string) => {
    const value = body[field];
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string' || value.trim() === '') return undefined;
    return truncate(secrets.reduce((words, secret) => words.replaceAll(secret, '[secret]'), value.trim()));
  };
  const code = text('error_code') ?? text('error');
  const detail = text('message') ?? text('detail') ?? text('error_description') ?? text('title');
  return { ...(code !== undefined && { code }), ...(detail !== undefined && { detail }) };
}

/** What must not be echoed in Adobe's messages: some gateways repeat the request in their errors. */
function secretsOf(config: AxiosRequestConfig | undefined): string[] {
  const bearer = config?.headers?.['Authorization'];
  const form = config?.data instanceof URLSearchParams ? config.data : new URLSearchParams(String(config?.data ?? ''));
  const token = typeof bearer === 'string' ? bearer.replace(/^Bearer /, '') : '';
  return [token, form.get('client_secret') ?? ''].filter((secret) => secret !== '');
}

/** Cuts text from outside to the length that an error may carry. */
export function truncate(text: string): string {
  return text.length > MAX_DETAIL_LENGTH ? `${text.slice(0, MAX_DETAIL_LENGTH - 1)}…` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
