import type { Call, MigrationMethod, MigrationTarget, StartOutcome } from '../migrations/method.ts';
import type { AdobeHttp, TokenSource } from './http.ts';
import { sendOnce } from './send-once.ts';

interface QueryServiceMigrationOptions {
  readonly platform: AdobeHttp;
  readonly tokens: TokenSource;
  /** `ADOBE_MIGRATE_PATH`, with `{technicalAccountId}` where the id goes. */
  readonly path: string;
  /** How long to wait for the response, which may arrive only when the migration has ended. */
  readonly timeoutMs: number;
}

export const START = 'start a migration';
const METHOD = 'POST';

/**
 * Migrates the way Query Service's own Credentials tab does. Adobe documents no such call; the default path is inferred
 * from the tab, hence the setting.
 */
export class QueryServiceMigration implements MigrationMethod {
  readonly #options: QueryServiceMigrationOptions;

  constructor(options: QueryServiceMigrationOptions) {
    this.#options = options;
  }

  async describe({ technicalAccountId }: Pick<MigrationTarget, 'technicalAccountId'>): Promise<Call> {
    return { method: METHOD, path: this.#pathOf(technicalAccountId) };
  }

  start(target: MigrationTarget, signal: AbortSignal, maySend: () => boolean): Promise<StartOutcome> {
    const { platform, tokens, timeoutMs } = this.#options;
    return sendOnce({
      http: platform,
      tokens,
      change: { operation: START, method: METHOD, body: {}, sandbox: target.sandbox, timeoutMs },
      path: async () => this.#pathOf(target.technicalAccountId),
      signal,
      maySend,
    });
  }

  #pathOf(technicalAccountId: string): string {
    return this.#options.path.replaceAll('{technicalAccountId}', encodeURIComponent(technicalAccountId));
  }
}
