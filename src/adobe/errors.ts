import { type AxiosError, type AxiosRequestConfig, isAxiosError } from 'axios';
import { AdobeError, type AdobeErrorKind, type AdobeErrorOptions } from '../credentials/adobe-error.ts';

/** Characters kept of Adobe's messages: enough for its sentences, too few for an HTML page. */
const MAX_DETAIL_LENGTH = 500;

/**
 * The name did not resolve, no host accepted the connection, or the proxy did not open the tunnel: nothing of the request
 * was sent.
 */
const NO_CONNECTION = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_PROXY_TUNNEL',
]);

/** OpenSSL's and Node's codes for a rejected certificate, which happens before the request is written. */
const BAD_CERTIFICATE =
  /^(CERT_|ERR_TLS_CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/;

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
    // A success status that still failed is a response that broke off.
    return status < 300 ? 'lost' : kindOfStatus(status);
  }
  const code = error.code ?? '';
  if (BAD_CERTIFICATE.test(code)) return 'unreachable';
  // An established connection can also fail with EHOSTUNREACH; then the request may have arrived.
  if (NO_CONNECTION.has(code) && !failedWhileOpen(error.cause)) return 'unreachable';
  // axios's code for a response above the size limit.
  return code === 'ERR_BAD_RESPONSE' ? 'bad_answer' : 'lost';
}

function kindOfStatus(status: number): AdobeErrorKind {
  if (status === 401 || status === 403) return 'not_allowed';
  // Redirects are not followed, so for us nothing is served here.
  if (status < 400 || status === 404 || status === 405) return 'no_such_path';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'unavailable' : 'refused';
}

function failedWhileOpen(cause: unknown): boolean {
  return isRecord(cause) && (cause['syscall'] === 'read' || cause['syscall'] === 'write');
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
