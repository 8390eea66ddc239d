import { createLogger } from '../../src/lib/log.ts';

/** A logger that records its lines. */
export function recording(secrets: readonly string[] = [], level: 'trace' | 'info' = 'trace') {
  const lines: string[] = [];
  const logger = createLogger({ level, secrets, destination: { write: (line) => void lines.push(line) } });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') };
}
