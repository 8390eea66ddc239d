import { type DestinationStream, type LevelWithSilent, type Logger, pino, stdTimeFunctions } from 'pino';
import { describeError } from './error-description.ts';
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
