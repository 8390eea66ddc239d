import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type AxiosError, type AxiosRequestConfig, type AxiosResponse, isAxiosError } from 'axios';
import { AdobeError, type AdobeErrorKind, type AdobeErrorOptions } from '../credentials/adobe-error.ts';

/** Characters kept of Adobe's messages: enough for its sentences, too few for an HTML page. */
const MAX_DETAIL_LENGTH = 500;
/** Characters kept of Adobe's request ids, which are UUIDs or about as long. */
const MAX_ID_LENGTH = 80;
/** Fields of a body, or of its `report`, that contain the id of the request. */
const ID_FIELDS = ['request_id', 'requestId', 'registryRequestId'];

/**
 * Turns an axios error into an {@link AdobeError}; anything else is a bug of ours and is returned unchanged. The axios
 * error itself is dropped, since it carries the request's headers; a network error keeps its code as detail and its
 * message as cause.
 */
export function toAdobeError(operation: string, thrown: unknown): unknown {
  if (!isAxiosError(thrown)) return thrown;
  const kind = kindOf(thrown);
  if (thrown.response !== undefined && kind !== 'lost') {
    const { status } = thrown.response;
    return new AdobeError(kind, operation, { status, ...readError(thrown) });
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
    // An error despite a success status: the response broke off or is not JSON.
    return status < 300 ? 'lost' : kindOfStatus(status);
  }
  // axios's code for a response above the size limit.
  if (error.code === 'ERR_BAD_RESPONSE') return 'bad_answer';
  // The code cannot tell, since an established connection can fail with the same codes as one that was never made.
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

/** Calls `act` once a connection is open, with TLS after its handshake: no part of a request is sent before. */
export function whenOpen(socket: Socket, act: () => void): void {
  const isTls = socket instanceof TLSSocket;
  // Missing in Node's types. On a proxy's tunnel, and on a reused connection, the handshake is already over.
  const isOpen = isTls ? (socket as { secureConnecting?: boolean }).secureConnecting === false : !socket.connecting;
  if (isOpen) act();
  else socket.once(isTls ? 'secureConnect' : 'connect', act);
}

/** Whether the request may have been sent; also when we do not know which request it was. */
function wasConnected(request: object | undefined): boolean {
  return request === undefined || connected.has(request);
}

/** The header with the id of the request. Source: Query Service API specification. */
const ID_HEADER = 'x-request-id';
/**
 * In problem+json: `https://ns.adobe.com/aep/errors/XDM-1010-404`. Source: Experience Platform, Edge Network guides.
 */
const CODE_IN_TYPE = /\/errors\/([A-Za-z0-9-]{3,64})$/;

/** What an error response says about itself. */
type ErrorDetails = Pick<AdobeErrorOptions, 'code' | 'detail' | 'requestId'>;

/**
 * Adobe's own code, message and request id, from any of its error bodies: `{error_code, message, request_id}`
 * (gateway), `{type, status, title, detail, report}` (problem+json), `{error, error_description}` (IMS). The id is
 * taken from a header if there is one. Other bodies are ignored.
 */
export function readError({ response, config }: AxiosError): ErrorDetails {
  const { headers = {}, data }: Partial<AxiosResponse> = response ?? {};
  const secrets = secretsOf(config);
  const body = isRecord(data) ? data : {};
  const report = isRecord(body['report']) ? body['report'] : {};
  const textOf = (value: unknown, max = MAX_DETAIL_LENGTH) => {
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string' || value.trim() === '') return undefined;
    const clean = secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), value.trim());
    return truncate(clean, max);
  };
  const firstText = (...values: unknown[]) => values.map((value) => textOf(value)).find((text) => text !== undefined);
  const codeInType = CODE_IN_TYPE.exec(textOf(body['type']) ?? '')?.[1];
  const code = firstText(body['error_code'], body['error'], codeInType);
  const detail = firstText(body['message'], body['detail'], body['error_description'], body['title']);
  const ids = [body, report].flatMap((part) => ID_FIELDS.map((name) => part[name]));
  const requestId = textOf(firstText(headers[ID_HEADER], ...ids), MAX_ID_LENGTH);
  return {
    ...(code !== undefined && { code }),
    ...(detail !== undefined && { detail }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** Secrets to remove from Adobe's messages: some gateways repeat the request in their errors. */
function secretsOf(config: AxiosRequestConfig | undefined): string[] {
  const bearer = config?.headers?.['Authorization'];
  const form = config?.data instanceof URLSearchParams ? config.data : new URLSearchParams(String(config?.data ?? ''));
  const token = typeof bearer === 'string' ? bearer.replace(/^Bearer /, '') : '';
  return [token, form.get('client_secret') ?? ''].filter((secret) => secret !== '');
}

/** Cuts text from outside to the length that an error may carry. */
export function truncate(text: string, max = MAX_DETAIL_LENGTH): string {
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
