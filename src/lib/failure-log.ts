import type { Logger } from './logger.ts';

/**
 * Logs failures of something that is tried repeatedly: one warning when it begins to fail, one for each further cause,
 * and one line when it works again.
 */
export class FailureLog {
  readonly #logger: Logger;
  readonly #failing = new Map<string, { readonly causes: ReadonlySet<string>; readonly count: number }>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @param what identifies the thing that failed; `details` and `message` are logged */
  failed(what: string, cause: string, details: object, message: string): void {
    const known = this.#failing.get(what);
    this.#failing.set(what, { causes: new Set(known?.causes).add(cause), count: (known?.count ?? 0) + 1 });
    this.#logger[known?.causes.has(cause) ? 'debug' : 'warn'](details, message);
  }

  /** Logs the message if it failed before, with the number of failures. */
  worked(what: string, details: object, message: string): void {
    const known = this.#failing.get(what);
    if (known === undefined) return;
    this.#failing.delete(what);
    this.#logger.info({ ...details, failures: known.count }, message);
  }
}
