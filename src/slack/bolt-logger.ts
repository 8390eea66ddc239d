import { inspect } from 'node:util';
import type { Logger as BoltLogger, LogLevel } from '@slack/bolt';
import type { Logger } from 'pino';

/** The Bolt level that logs everything a pino level lets through. */
const BOLT_LEVELS: Readonly<Record<string, `${LogLevel}`>> = {
  trace: 'debug',
  debug: 'info',
  info: 'warn',
  warn: 'warn',
};

/** The web client logs this for each attempt, without the cause; the caller gets the error with its cause, and logs it once. */
const FAILED_ATTEMPT = 'http request failed';

/**
 * Creates a logger for Bolt's `logger` option. What Bolt calls information is debugging to an operator: info becomes
 * debug, and debug becomes trace. Only `LOG_LEVEL` sets the level.
 */
export function boltLogger(logger: Logger): BoltLogger {
  const target = logger.child({ component: 'bolt' });
  return {
    debug: (...parts: unknown[]) => target.trace(...toPinoArguments(parts)),
    info: (...parts: unknown[]) => target.debug(...toPinoArguments(parts)),
    warn: (...parts: unknown[]) => {
      const level = parts[0] === FAILED_ATTEMPT ? 'debug' : 'warn';
      target[level](...toPinoArguments(parts));
    },
    error: (...parts: unknown[]) => target.error(...toPinoArguments(parts)),
    getLevel: () => (BOLT_LEVELS[logger.level] ?? 'error') as LogLevel,
    setLevel: () => {},
    setName: () => {},
  };
}

/** Passes the first Error separately, so that pino's serializer picks its safe fields. */
function toPinoArguments(parts: readonly unknown[]): [{ err?: Error }, string] {
  const err = parts.find((part) => part instanceof Error);
  const words = parts.filter((part) => part !== err).map(toText);
  return [err === undefined ? {} : { err }, words.join(' ') || (err?.message ?? '')];
}

function toText(part: unknown): string {
  if (typeof part === 'string') return part;
  if (part instanceof Error) return `${part.name}: ${part.message}`;
  try {
    // JSON, since redaction does not recognise the unquoted keys of `inspect`.
    return JSON.stringify(part) ?? String(part);
  } catch {
    return inspect(part, { depth: 0 });
  }
}
