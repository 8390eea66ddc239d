import { AdobeError } from '../credentials/adobe-error.ts';
import type { MigrationMethod, MigrationTarget, StartOutcome } from '../migrations/method.ts';
import type { AdobeHttp } from './http.ts';
import type { TokenSource } from './ims.ts';

export interface QueryServiceMigrationOptions {
  readonly platform: AdobeHttp;
  readonly tokens: TokenSource;
  /** `ADOBE_MIGRATE_PATH`, with `{technicalAccountId}` where the id goes. */
  readonly path: string;
  /** How long to wait for the answer, which may come only when the migration is over. */
  readonly timeoutMs: number;
}

const OPERATION = 'start a migration';

/** These say nothing about whether the request was taken: timed out, in conflict (already running?), too early. */
const TELLS_NOTHING = [408, 409, 425];

/**
 * Migrates as Query Service's own Credentials tab does. Adobe publishes no such call: the path is what
 * the tab is believed to use (inferred), hence the setting.
 */
export class QueryServiceMigration implements MigrationMethod {
  readonly #options: QueryServiceMigrationOptions;

  constructor(options: QueryServiceMigrationOptions) {
    this.#options = options;
  }

  async start(target: MigrationTarget, signal: AbortSignal): Promise<StartOutcome> {
    const { platform, tokens, path, timeoutMs } = this.#options;
    let token: string;
    try {
      token = await tokens.token();
      signal.throwIfAborted();
    } catch (thrown) {
      return { kind: 'unsent', error: asAdobeError(thrown, 'unreachable') };
    }
    try {
      await platform.post({
        operation: OPERATION,
        path: path.replaceAll('{technicalAccountId}', encodeURIComponent(target.technicalAccountId)),
        sandbox: target.sandbox,
        token,
        timeoutMs,
        signal,
      });
      return { kind: 'accepted' };
    } catch (thrown) {
      const error = asAdobeError(thrown, 'lost');
      // Not to repeat this request: so that the next one has a chance.
      if (error.problem.status === 401) tokens.invalidate(token);
      return { kind: failedKind(error), error };
    }
  }
}

function failedKind({ problem: { kind, status } }: AdobeError): Exclude<StartOutcome['kind'], 'accepted'> {
  if (kind === 'unreachable') return 'unsent';
  if (status === undefined || status >= 500 || TELLS_NOTHING.includes(status)) return 'unclear';
  return 'refused';
}

/** Whatever is thrown becomes an outcome, even a fault of ours: the caller has written down an intent. */
function asAdobeError(thrown: unknown, kind: 'unreachable' | 'lost'): AdobeError {
  if (thrown instanceof AdobeError) return thrown;
  const cause = new Error(thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : 'unknown');
  return new AdobeError(kind, OPERATION, { cause });
}
