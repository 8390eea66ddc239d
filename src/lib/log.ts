import { randomInt } from 'node:crypto';
import { inspect } from 'node:util';
import type { Logger as BoltLogger, LogLevel } from '@slack/bolt';
import { type DestinationStream, type LevelWithSilent, type Logger, pino, stdTimeFunctions } from 'pino';

export interface LoggerOptions {
  readonly level: LevelWithSilent;
  /** Values that must never be written (`secretsOf(settings)`). */
  readonly secrets: readonly string[];
  /** Default: stdout, synchronously, so that the last line before an exit is not lost. */
  readonly destination?: DestinationStream;
}

/** JSON lines with ISO time. Every line, of child loggers too, passes `lineScrubber` as the last thing before it is written. */
export function createLogger({ level, secrets, destination }: LoggerOptions): Logger {
  const options = {
    level,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => describeError(error) },
    hooks: { streamWrite: lineScrubber(secrets) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

// --- Scrubbing ---

const SCRUBBED = '[secret]';
/** Shorter values would blot out ordinary words. */
const SHORTEST_SECRET = 4;
/** With addresses that are capabilities, wherever an emulator puts them: `response_url` (`pressUrl` in our modals), `ticket`. */
const SECRET_KEYS =
  'token|access_token|refresh_token|id_token|client_secret|signing_secret|password|authorization|x-slack-signature|response_url|pressUrl|ticket';

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Slack's tokens, rotated ones (xoxe.xoxb-…) included.
  [/\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w-]+/g, SCRUBBED],
  [/\bBearer\s+[^\s"'\\,;]+/gi, `Bearer ${SCRUBBED}`],
  // JSON Web Tokens, which Adobe's access tokens are.
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, SCRUBBED],
  // Whoever knows a response_url or webhook may post with it.
  [/(hooks\.slack(?:-gov)?\.com\/)[^\s"'<>\\]+/gi, `$1${SCRUBBED}`],
  [/(\/(?:commands|actions|app|services|workflows)\/)[TE][A-Z0-9]+\/[^\s"'<>\\]+/g, `$1${SCRUBBED}`],
  // user:password@ of any address.
  [/(:\/\/[^\s:/@"']*:)[^\s@/"']+@/g, `$1${SCRUBBED}@`],
  // JSON or a form within a string, its quotes escaped however often.
  [
    new RegExp(`(\\\\*"(?:${SECRET_KEYS})\\\\*"\\s*:\\s*\\\\*")(?:[^"\\\\]|\\\\[^"\\\\])+`, 'gi'),
    `$1${SCRUBBED}`,
  ],
  [new RegExp(`\\b((?:${SECRET_KEYS})=)[^&\\s"'\\\\]+`, 'gi'), `$1${SCRUBBED}`],
];

const JSON_STRING = /"(?:[^"\\]|\\.)*"/g;
const JSON_SECRET_FIELD = new RegExp(`("(?:${SECRET_KEYS})":)"(?:[^"\\\\]|\\\\.)*"`, 'gi');

/** Finds a secret however it looks inside other text: as it is, in a URL, in a form, in JSON. */
function anyOf(secrets: readonly string[]): RegExp | undefined {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ '': secret }).toString().slice(1),
      JSON.stringify(secret).slice(1, -1),
    ])
    // A secret that begins with another must be tried first.
    .sort((a, b) => b.length - a.length)
    .map((form) => form.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return forms.length === 0 ? undefined : new RegExp(forms.join('|'), 'g');
}

/**
 * Blots secrets out of one line of JSON. Works on the decoded strings within the line and encodes them anew, so that
 * an escape can neither hide a secret nor be cut in half: the line stays valid JSON.
 */
function lineScrubber(secrets: readonly string[]): (line: string) => string {
  const known = anyOf(secrets);
  function scrub(text: string): string {
    let clean = known === undefined ? text : text.replace(known, SCRUBBED);
    for (const [pattern, replacement] of PATTERNS) clean = clean.replace(pattern, replacement);
    return clean;
  }
  function scrubString(quoted: string): string {
    const text: string = JSON.parse(quoted);
    const clean = scrub(text);
    return clean === text ? quoted : JSON.stringify(clean);
  }
  return (line) => line.replace(JSON_STRING, scrubString).replace(JSON_SECRET_FIELD, `$1"${SCRUBBED}"`);
}

// --- Errors ---

interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  /** Short identifiers such as ECONNREFUSED, which some errors have instead of a message. */
  readonly code?: string;
  readonly cause?: ErrorDescription;
}

/** Causes followed; also ends a chain that bites its own tail. */
const MOST_CAUSES = 5;

/** Only known fields: the errors of HTTP clients carry requests, with their headers. */
function describeError(error: unknown, causesLeft = MOST_CAUSES): ErrorDescription {
  if (!(error instanceof Error)) {
    return { type: typeof error, message: typeof error === 'object' ? 'not an Error' : String(error) };
  }
  const code =
    'code' in error && typeof error.code === 'string' && /^\w{1,80}$/.test(error.code)
      ? error.code
      : undefined;
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(code !== undefined && { code }),
    ...(error.cause !== undefined && causesLeft > 0 && { cause: describeError(error.cause, causesLeft - 1) }),
  };
}

// --- References ---

/** Without I, L, O, 0 and 1, which people mix up when they read a reference aloud. */
const REFERENCE_ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

/** Eight characters a user can quote, to find the log line of what went wrong. */
export function newReference(): string {
  return Array.from({ length: 8 }, () => REFERENCE_ALPHABET[randomInt(REFERENCE_ALPHABET.length)]).join('');
}

// --- Bolt ---

/** One call's arguments as pino takes them: the first Error apart, so that it is serialised safely. */
function arrange(parts: readonly unknown[]): [{ err?: Error }, string] {
  const err = parts.find((part) => part instanceof Error);
  const words = parts
    .filter((part) => part !== err)
    .map((part) => (typeof part === 'string' ? part : asText(part)));
  return [err === undefined ? {} : { err }, words.join(' ') || (err?.message ?? '')];
}

function asText(part: unknown): string {
  if (part instanceof Error) return `${part.name}: ${part.message}`;
  try {
    // JSON rather than `inspect`, whose unquoted keys the scrubber would not recognise.
    return JSON.stringify(part) ?? String(part);
  } catch {
    return inspect(part, { depth: 0 });
  }
}

/** What Bolt would have to be set to, to log what this pino level lets through. */
const BOLT_LEVELS: Readonly<Record<string, `${LogLevel}`>> = {
  trace: 'debug',
  debug: 'info',
  info: 'warn',
  warn: 'warn',
};

/**
 * A logger for Bolt's `logger` option. Bolt's information is an operator's debugging, so info becomes debug and debug
 * becomes trace; the level is `LOG_LEVEL`'s alone.
 */
export function boltLogger(logger: Logger): BoltLogger {
  const target = logger.child({ component: 'bolt' });
  return {
    debug: (...parts: unknown[]) => target.trace(...arrange(parts)),
    info: (...parts: unknown[]) => target.debug(...arrange(parts)),
    warn: (...parts: unknown[]) => target.warn(...arrange(parts)),
    error: (...parts: unknown[]) => target.error(...arrange(parts)),
    getLevel: () => (BOLT_LEVELS[logger.level] ?? 'error') as LogLevel,
    setLevel: () => {},
    setName: () => {},
  };
}
