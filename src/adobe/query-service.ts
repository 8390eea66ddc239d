import { AdobeError } from '../credentials/adobe-error.ts';
import type { MigrationMethod, MigrationTarget, StartOutcome } from '../migrations/method.ts';
import type { AdobeHttp, TokenSource } from './http.ts';

export interface QueryServiceMigrationOptions {
  readonly platform: AdobeHttp;
  readonly tokens: TokenSource;
  /** `ADOBE_MIGRATE_PATH`, with `{technicalAccountId}` where the id goes. */
  readonly path: string;
  /** How long to wait for the response, which may arrive only when the migration has ended. */
  readonly timeoutMs: number;
}

const OPERATION = 'start a migration';

/** HTTP statuses that leave open whether the request was accepted: timeout, conflict (already running?), too early. */
const INCONCLUSIVE = [408, 409, 425];

/**
 * Migrates the way Query Service's own Credentials tab does. Adobe documents no such call; the default path is inferred
 * from the tab, hence the setting.
 */
export class QueryServiceMigration implements MigrationMethod {
  readonly #options: QueryServiceMigrationOptions;

  constructor(options: QueryServiceMigrationOptions) {
    this.#options = options;
  }

  async start(target: MigrationTarget, signal: AbortSignal, maySend: () => Promise<boolean>): Promise<StartOutcome> {
    const { platform, tokens, path, timeoutMs } = this.#options;
    let token: string;
    try {
      token = await tokens.token();
      signal.throwIfAborted();
    } catch (thrown) {
      return { kind: 'unsent', error: ensureAdobeError(thrown, 'unreachable') };
    }
    let late = false;
    try {
      await platform.post({
        operation: OPERATION,
        path: path.replaceAll('{technicalAccountId}', encodeURIComponent(target.technicalAccountId)),
        sandbox: target.sandbox,
        token,
        timeoutMs,
        signal,
        mayWrite: async () => {
          late = true;
          late = !(await maySend());
          return !late;
        },
      });
      return { kind: 'accepted' };
    } catch (thrown) {
      if (late) return { kind: 'late' };
      const error = ensureAdobeError(thrown, 'lost');
      // This request is not repeated; the next one gets a new token.
      if (error.problem.status === 401) tokens.invalidate(token);
      return { kind: outcomeOf(error), error };
    }
  }
}

function outcomeOf({ problem: { kind, status } }: AdobeError): Exclude<StartOutcome['kind'], 'accepted' | 'late'> {
  // Throttled without a status: not sent, because of an earlier pause.
  if (kind === 'unreachable' || (kind === 'throttled' && status === undefined)) return 'unsent';
  if (status === undefined || status >= 500 || INCONCLUSIVE.includes(status)) return 'unclear';
  return 'refused';
}

/** Every error becomes an outcome, even a bug of ours: the caller has persisted its intent. */
function ensureAdobeError(thrown: unknown, kind: 'unreachable' | 'lost'): AdobeError {
  if (thrown instanceof AdobeError) return thrown;
  const cause = new Error(thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : 'unknown');
  return new AdobeError(kind, OPERATION, { cause });
}
