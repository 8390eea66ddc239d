/**
 * The kinds of value a setting can have, as zod schemas over text. Every fault is a fixed text, never the value:
 * a secret pasted into the wrong variable must not reach a log.
 */
import { fileURLToPath } from 'node:url';
import cron from 'node-cron';
import { z } from 'zod';

/** Where the state is kept. `url` holds a password: never print it. */
export type DatabaseSettings =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string };

/** Text read by `parse`, which answers undefined where the text does not say what `fault` asks for. */
function parsed<T extends {}>(parse: (text: string) => T | undefined, fault: string) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: fault });
    return z.NEVER;
  });
}

/** A token, id or secret that must be given: printable ASCII without spaces, since it travels in headers. */
export function required(
  where: string,
  pattern = /^[\x21-\x7e]+$/,
  fault = 'must not contain spaces or line breaks',
) {
  return z.string(`is missing: set it to ${where}.`).regex(pattern, `${fault}: set it to ${where}.`);
}

/** Like `required`, for what only one of the two modes needs. */
export function optional(
  where: string,
  pattern = /^[\x21-\x7e]+$/,
  fault = 'must not contain spaces or line breaks',
) {
  return required(where, pattern, fault).optional();
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** An address of a service, without trailing slash. */
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

/** A comma list; spaces around entries, empty entries and repeats are dropped, the order is kept. */
export function list(entry: RegExp, fault: string) {
  return parsed((text) => {
    const entries = [...new Set(text.split(',').map((part) => part.trim()))].filter((part) => part !== '');
    return entries.length > 0 && entries.every((part) => entry.test(part)) ? entries : undefined;
  }, fault);
}

/** Seconds, decimals allowed, as whole milliseconds. */
export function seconds(most: number, fallback: string) {
  const fault = `must be a number of seconds from 0.01 to ${most}, such as ${fallback}.`;
  return z
    .string()
    .regex(/^\d+(\.\d+)?$/, { error: fault, abort: true })
    .transform((text) => Math.round(Number(text) * 1000))
    .pipe(
      z
        .number()
        .min(10, fault)
        .max(most * 1000, fault),
    )
    .prefault(fallback);
}

/** A whole number from 0 to `most`. */
export function wholeNumber(most: number, fault: string) {
  return parsed((text) => (/^\d{1,9}$/.test(text) && Number(text) <= most ? Number(text) : undefined), fault);
}

/** Exactly `true` or `false`: a setting that guards something must not be guessed from "yes" or "1". */
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

/** An IANA time zone, as Intl of this Node knows it; a bare offset has no daylight saving time and is refused. */
export function timeZone(fallback: string) {
  return parsed((text) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: text });
    } catch {
      return undefined;
    }
    return /^[A-Za-z]/.test(text) ? text : undefined;
  }, 'must be a time zone name from the IANA list, such as Europe/Berlin or UTC.').prefault(fallback);
}

/** Path of `file:…`: relative, absolute, `file:///…` or `:memory:`. */
function sqlitePath(text: string): string | undefined {
  const path = text.slice('file:'.length);
  if (path === '' || /[?#]/.test(path)) return undefined;
  return path.startsWith('//') ? fileURLToPath(text) : path;
}

function database(text: string): DatabaseSettings | undefined {
  try {
    if (text.startsWith('file:')) {
      const path = sqlitePath(text);
      return path === undefined ? undefined : { kind: 'sqlite', path };
    }
    if (!/^postgres(ql)?:\/\//.test(text)) return undefined;
    // The driver decodes the password in the same way: what fails here would fail there, with the url in its message.
    decodeURIComponent(new URL(text).password);
    return { kind: 'postgres', url: text };
  } catch {
    return undefined;
  }
}

export function databaseUrl(fallback: string) {
  return parsed(
    database,
    'must be file:<path> for SQLite, such as file:./data/qs-creds.db, or postgres://user:password@host:5432/name; special characters in the password must be URL-encoded.',
  ).prefault(fallback);
}
