/**
 * The kinds of value a setting can have, as zod schemas over text. Every error is a fixed text without the value: a
 * secret pasted into the wrong variable must not reach a log.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import cron from 'node-cron';
import { z } from 'zod';
import type { DatabaseSettings } from '../db/database.ts';

/** Reads text with `parse`, which returns undefined for invalid text. */
function parseWith<T extends {}>(parse: (text: string) => T | undefined, error: string) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
}

/** A required token, id or secret: printable ASCII without spaces, since it is sent in headers. */
export function required(where: string, pattern = /^[\x21-\x7e]+$/, error = 'must not contain spaces or line breaks') {
  return z.string(`is missing: set it to ${where}.`).regex(pattern, `${error}: set it to ${where}.`);
}

/** Like `required`, for a value that only one of the two modes needs. */
export function optional(where: string, pattern = /^[\x21-\x7e]+$/, error = 'must not contain spaces or line breaks') {
  return required(where, pattern, error).optional();
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** The URL of a service, without a trailing slash. */
export function serviceUrl(fallback: string) {
  return z
    .url({ protocol: /^https?$/, error: `must be an address such as ${fallback}.` })
    .transform((text) => new URL(text))
    .refine((url) => url.protocol === 'https:' || isLoopback(url.hostname), {
      error:
        'must start with https://, since secrets are sent there: http:// is for this machine only (localhost, 127.0.0.1, [::1]).',
    })
    .refine((url) => url.username === '' && url.password === '' && url.search === '' && url.hash === '', {
      error: `must be a plain address such as ${fallback}, without a user name, "?" or "#".`,
    })
    .transform((url) => url.href.replace(/\/+$/, ''))
    .prefault(fallback);
}

/** The address of a page that people open; `{sandbox}` in it stands for a sandbox's name. */
export function pageUrl(fallback: string) {
  return parseWith(
    parsePageUrl,
    `must be the address of a page, such as ${fallback}, and start with https:// (http:// is for this machine only); {sandbox} in it stands for the name of a sandbox.`,
  ).prefault(fallback);
}

function parsePageUrl(text: string): string | undefined {
  // Slack accepts at most 3,000 characters, including the name of the sandbox.
  const isPlain = text.length <= 2_000 && !/[\s<>"\\]/.test(text) && !/[{}]/.test(text.replaceAll('{sandbox}', ''));
  const filled = text.replaceAll('{sandbox}', 'sandbox');
  if (!isPlain || !URL.canParse(filled)) return undefined;
  const { protocol, hostname, username, password } = new URL(filled);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return isSafe && username === '' && password === '' ? text : undefined;
}

/** A proxy's URL, with a user name and password if the proxy requires them; without a scheme, http is assumed. */
export function proxyUrl() {
  return parseWith(
    parseProxyUrl,
    'must be the address of an HTTP proxy, such as http://proxy.example.com:8080 or http://user:password@proxy.example.com:8080; special characters in the password must be URL-encoded.',
  ).optional();
}

function parseProxyUrl(text: string): string | undefined {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
    // The client decodes it when it connects; an error then would come too late.
    decodeURIComponent(url.username + url.password);
    const isPlain = url.pathname === '/' && url.search === '' && url.hash === '';
    return /^https?:$/.test(url.protocol) && isPlain ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** The path of a PEM file with certificates. */
export function certificateFile() {
  return z
    .string()
    .refine(hasCertificates, 'must be a PEM file with certificates, which the user that runs the app may read.')
    .optional();
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

function hasCertificates(path: string): boolean {
  try {
    const certificates = readFileSync(path, 'utf8').match(CERTIFICATE) ?? [];
    // Each certificate is parsed here, since Node would end with a stack trace at a damaged one.
    return (
      certificates.length > 0 && certificates.every((certificate) => new X509Certificate(certificate).raw.length > 0)
    );
  } catch {
    return false;
  }
}

/** A comma-separated list, in the given order; trims entries and drops empty and repeated ones. */
export function list(entry: RegExp, error: string) {
  return parseWith((text) => {
    const entries = [...new Set(text.split(',').map((part) => part.trim()))].filter((part) => part !== '');
    return entries.length > 0 && entries.every((part) => entry.test(part)) ? entries : undefined;
  }, error);
}

/** Seconds, decimals allowed, as whole milliseconds. */
export function seconds(max: number, fallback: string) {
  const error = `must be a number of seconds from 0.01 to ${max}, such as ${fallback}.`;
  return z
    .string()
    .regex(/^\d+(\.\d+)?$/, { error, abort: true })
    .transform((text) => Math.round(Number(text) * 1000))
    .pipe(
      z
        .number()
        .min(10, error)
        .max(max * 1000, error),
    )
    .prefault(fallback);
}

/** A whole number from 0 to `max`. */
export function wholeNumber(max: number, error: string) {
  return parseWith((text) => (/^\d{1,9}$/.test(text) && Number(text) <= max ? Number(text) : undefined), error);
}

/** Exactly `true` or `false`: the value of a safety setting must not be guessed from "yes" or "1". */
export function yesNo(fallback: 'true' | 'false') {
  return z
    .enum(['true', 'false'], 'must be true or false.')
    .transform((text) => text === 'true')
    .prefault(fallback);
}

export function cronExpression(fallback: string) {
  return z
    .string()
    .refine(
      (text) => cron.validate(text),
      `must be a cron expression (minute hour day month weekday) such as "${fallback}".`,
    )
    .prefault(fallback);
}

/** An IANA time zone that this Node knows; not a mere offset, which has no daylight saving time. */
export function timeZone(fallback: string) {
  return parseWith((text) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: text });
    } catch {
      return undefined;
    }
    return /^[A-Za-z]/.test(text) ? text : undefined;
  }, 'must be a time zone name from the IANA list, such as Europe/Berlin or UTC.').prefault(fallback);
}

/** The path in `file:…`: relative, absolute, `file:///…` or `:memory:`. */
function sqlitePath(text: string): string | undefined {
  const path = text.slice('file:'.length);
  if (path === '' || /[?#]/.test(path)) return undefined;
  return path.startsWith('//') ? fileURLToPath(text) : path;
}

function parseDatabaseUrl(text: string): DatabaseSettings | undefined {
  try {
    if (text.startsWith('file:')) {
      const path = sqlitePath(text);
      return path === undefined ? undefined : { kind: 'sqlite', path };
    }
    if (!/^postgres(ql)?:\/\//.test(text)) return undefined;
    const url = new URL(text);
    // The driver decodes the password in the same way, but its error message would contain the URL.
    decodeURIComponent(url.password);
    // A / or # in a password that is not encoded ends the host early: parts of it would be taken for host and path.
    if (`${url.pathname}${url.search}${url.hash}`.includes('@')) return undefined;
    return { kind: 'postgres', url: text };
  } catch {
    return undefined;
  }
}

export function databaseUrl(fallback: string) {
  return parseWith(
    parseDatabaseUrl,
    'must be file:<path> for SQLite, such as file:./data/qs-creds.db, or postgres://user:password@host:5432/name; special characters in the password must be URL-encoded.',
  ).prefault(fallback);
}
