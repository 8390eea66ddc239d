import type { Call, MigrationMethod, MigrationTarget, StartOutcome } from '../migrations/method.ts';
import type { Step } from '../migrations/steps.ts';
import type { ConsolePaths } from './console.ts';
import type { AdobeHttp, Change, TokenSource } from './http.ts';
import { sendOnce } from './send-once.ts';

interface DeveloperConsoleMigrationOptions {
  readonly http: AdobeHttp;
  readonly paths: ConsolePaths;
  readonly tokens: TokenSource;
  /** How long to wait for a response. */
  readonly timeoutMs: number;
}

/** Source: Adobe's Console API specification. No request has a body, and error responses have none either. */
const STEPS = {
  /** 201: adds the OAuth credential beside the JWT one. */
  start: { operation: 'add the OAuth credential', method: 'POST', path: '/binding' },
  /** 200: retires the JWT credential. Irreversible. */
  finish: { operation: 'finish a migration', method: 'PATCH', path: '/finalize' },
  /** 204: removes the OAuth credential. */
  cancel: { operation: 'undo a migration', method: 'DELETE', path: '/binding' },
} as const satisfies Record<Step, Pick<Change, 'operation' | 'method' | 'path'>>;

/** The operation names of these calls. */
export const CONSOLE_CHANGES: readonly string[] = Object.values(STEPS).map(({ operation }) => operation);

/** Migrates the way the Developer Console does: first it adds the OAuth credential, later it retires the JWT one. */
export class DeveloperConsoleMigration implements MigrationMethod {
  readonly #options: DeveloperConsoleMigrationOptions;

  constructor(options: DeveloperConsoleMigrationOptions) {
    this.#options = options;
  }

  async describe({ consoleId, step }: Pick<MigrationTarget, 'consoleId' | 'step'>): Promise<Call> {
    return { method: STEPS[step].method, path: await this.#pathOf(consoleId, step) };
  }

  start(
    { consoleId, step }: Pick<MigrationTarget, 'consoleId' | 'step'>,
    signal: AbortSignal,
    maySend: () => boolean,
  ): Promise<StartOutcome> {
    const { http, tokens, timeoutMs } = this.#options;
    const { operation, method } = STEPS[step];
    return sendOnce({
      http,
      tokens,
      change: { operation, method, timeoutMs },
      path: () => this.#pathOf(consoleId, step),
      signal,
      maySend,
    });
  }

  async #pathOf(consoleId: string, step: Step): Promise<string> {
    return `${await this.#options.paths.credential(consoleId)}${STEPS[step].path}`;
  }
}
