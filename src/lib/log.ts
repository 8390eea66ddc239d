import { type DestinationStream, type LevelWithSilent, type Logger, pino, stdTimeFunctions } from 'pino';
import { createRedactor } from './redaction.ts';

interface LoggerOptions {
  readonly level: LevelWithSilent;
  /** Values that must never be written (`secretsOf(settings)`). */
  readonly secrets: readonly string[];
  /** Default: stdout, synchronously, so that the last line before an exit is not lost. */
  readonly destination?: DestinationStream;
}

/** Writes lines of JSON with ISO time. Redaction is the last step before a line is written, for child loggers too. */
export function createLogger({ level, secrets, destination }: LoggerOptions): Logger {
  const options = {
    level,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => describeError(error) },
    hooks: { streamWrite: createRedactor(secrets) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly stack?: string | undefined;
  /** Short identifiers such as ECONNREFUSED, which some errors have instead of a message. */
  readonly code?: string | undefined;
  readonly cause?: ErrorDescription | undefined;
}

/** Limits the causes that are logged, since a chain of causes may contain itself. */
const MAX_CAUSES = 5;

/** Picks known fields only: the errors of HTTP clients carry requests with their headers. */
function describeError(error: unknown, causesLeft = MAX_CAUSES): ErrorDescription {
  if (!(error instanceof Error)) {
    return { type: typeof error, message: typeof error === 'object' ? 'not an Error' : String(error) };
  }
  const hasCode = 'code' in error && typeof error.code === 'string' && /^\w{1,80}$/.test(error.code);
  const hasCause = error.cause !== undefined && causesLeft > 0;
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message: error.message,
    stack: error.stack,
    code: hasCode ? String(error.code) : undefined,
    cause: hasCause ? describeError(error.cause, causesLeft - 1) : undefined,
  };
}
