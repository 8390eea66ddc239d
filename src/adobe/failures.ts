import { type AxiosError, type AxiosRequestConfig, isAxiosError } from 'axios';
import { AdobeError, type AdobeErrorKind, type AdobeErrorOptions } from '../credentials/adobe-error.ts';

/** Adobe's words are kept to this many characters: enough for its sentences, too little for an HTML page. */
const MOST_WORDS = 500;

/** The name did not resolve or nobody took the connection: not a byte of the request left. */
const NO_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** OpenSSL's and Node's names for a certificate we refuse, which is before the request is written. */
const BAD_CERTIFICATE =
  /^(CERT_|ERR_TLS_CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/;

/**
 * Turns what axios threw into an {@link AdobeError}. The axios error itself is dropped, since it carries the
 * request's headers; of a network failure its code stays as detail, its message as cause.
 */
function adobeErrorOf(operation: string, error: AxiosError): AdobeError {
  const kind = kindOf(error);
  if (error.response !== undefined && kind !== 'lost') {
    const { status, data } = error.response;
    return new AdobeError(kind, operation, { status, ...whatAdobeSays(data, secretsOf(error.config)) });
  }
  return new AdobeError(kind, operation, {
    detail: kind === 'bad_answer' ? 'the answer: too large' : (error.code ?? 'no answer'),
    cause: new Error([error.code, error.message].filter(Boolean).join(': ')),
  });
}

/** Which kind of failure axios met. */
export function kindOf(error: AxiosError): AdobeErrorKind {
  const status = error.response?.status;
  if (status !== undefined) {
    // A good status that still failed is an answer that broke off.
    return status < 300 ? 'lost' : kindOfStatus(status);
  }
  const code = error.code ?? '';
  if (BAD_CERTIFICATE.test(code)) return 'unreachable';
  // An open connection can die of EHOSTUNREACH too: then the request may have arrived.
  if (NO_CONNECTION.has(code) && !diedWhileOpen(error.cause)) return 'unreachable';
  // What axios says of an answer above the size limit.
  return code === 'ERR_BAD_RESPONSE' ? 'bad_answer' : 'lost';
}

function kindOfStatus(status: number): AdobeErrorKind {
  if (status === 401 || status === 403) return 'not_allowed';
  // A redirect is not followed, so for us nothing is served here.
  if (status < 400 || status === 404 || status === 405) return 'no_such_path';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'unavailable' : 'refused';
}

function diedWhileOpen(cause: unknown): boolean {
  return isRecord(cause) && (cause['syscall'] === 'read' || cause['syscall'] === 'write');
}

/**
 * Adobe's own code and words, from any of its error bodies: `{error_code, message}` (gateway),
 * `{type, status, title, detail}` (problem+json), `{error, error_description}` (IMS). Other bodies say nothing.
 */
function whatAdobeSays(
  body: unknown,
  secrets: readonly string[],
): Pick<AdobeErrorOptions, 'code' | 'detail'> {
  if (!isRecord(body)) return {};
  const text = (field: string) => {
    const value = body[field];
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string' || value.trim() === '') return undefined;
    return capped(secrets.reduce((words, secret) => words.replaceAll(secret, '[secret]'), value.trim()));
  };
  const code = text('error_code') ?? text('error');
  const detail = text('message') ?? text('detail') ?? text('error_description') ?? text('title');
  return { ...(code !== undefined && { code }), ...(detail !== undefined && { detail }) };
}

/** What must not come back to us inside Adobe's words: some gateways repeat the request in their errors. */
function secretsOf(config: AxiosRequestConfig | undefined): string[] {
  const bearer = config?.headers?.['Authorization'];
  const form =
    config?.data instanceof URLSearchParams ? config.data : new URLSearchParams(String(config?.data ?? ''));
  const token = typeof bearer === 'string' ? bearer.replace(/^Bearer /, '') : '';
  return [token, form.get('client_secret') ?? ''].filter((secret) => secret !== '');
}

/** Cuts text from outside to what an error may carry. */
export function capped(text: string): string {
  return text.length > MOST_WORDS ? `${text.slice(0, MOST_WORDS - 1)}…` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Rethrows axios's errors as AdobeErrors; everything else is a bug of ours and stays what it is. */
export function translated(operation: string, thrown: unknown): unknown {
  return isAxiosError(thrown) ? adobeErrorOf(operation, thrown) : thrown;
}
