import type { Logger } from '../lib/logger.ts';

/** A logger for jobs that also counts: each failure of a job is logged with its name and error, at whatever level. */
export function countingFailures(logger: Logger, count: (job: string) => void): Logger {
  const at = (level: keyof Logger) => (details: object, message: string) => {
    if ('job' in details && 'err' in details) count(String(details.job));
    logger[level](details, message);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
