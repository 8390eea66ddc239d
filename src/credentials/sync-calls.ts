import { type Limit, limitOf } from '../lib/parallel.ts';
import { AdobeError, type AdobeProblem, failsEveryCall } from './adobe-error.ts';
import type { UnreadItem } from './adobe-reader.ts';

/** Concurrent calls to Adobe, of any kind: fast enough for thousands of credentials, slow enough for its rate limit. */
export const CONCURRENCY = 5;
/** This many lost responses in a row, each after its timeout, are Adobe's fault, not that of one item. */
const LOST_IN_A_ROW = CONCURRENCY;

type Item = Pick<UnreadItem, 'what' | 'name'>;

/** The result of a call, or why it failed or was not made. */
export type CallResult<T> = { readonly value: T } | { readonly problem: AdobeProblem };

/** The calls of one sync: few at a time, and none once they are known to be pointless. Failures are recorded. */
export class SyncCalls {
  readonly unread: UnreadItem[] = [];
  readonly #limit: Limit;
  #stoppedBy: AdobeProblem | null = null;
  #bug: { readonly error: unknown } | null = null;

  /** `limit`: shared with everything else that reads from Adobe. */
  constructor(limit: Limit = limitOf(CONCURRENCY)) {
    this.#limit = limit;
  }

  /** Why no more calls are made. */
  get stoppedBy(): AdobeProblem | null {
    return this.#stoppedBy;
  }

  /** For an operation of several calls: each waits for its own turn, and fails once no more calls are made. */
  readonly limit: Limit = (call) =>
    this.#limit(async () => {
      if (this.#bug !== null) throw this.#bug.error;
      if (this.#stoppedBy === null) return call();
      const { kind, operation } = this.#stoppedBy;
      throw new AdobeError(kind, operation);
    });

  /**
   * Tries one call, or several in a row, unless it is pointless.
   * @param item recorded as unread if only this call fails; null if a failure does no harm
   */
  try<T>(series: Attempts, item: Item | null, call: () => Promise<T>): Promise<CallResult<T>> {
    return this.#limit(async () => {
      const pointless = this.#stoppedBy ?? series.stoppedBy;
      return pointless === null ? this.attempt(series, item, call) : { problem: pointless };
    });
  }

  /** Like `try`, for operations whose calls use `limit`. An error that is not Adobe's is a bug and ends the sync. */
  async attempt<T>(series: Attempts, item: Item | null, call: () => Promise<T>): Promise<CallResult<T>> {
    if (this.#bug !== null) throw this.#bug.error;
    try {
      const value = await call();
      series.noteSuccess();
      return { value };
    } catch (error) {
      if (!(error instanceof AdobeError)) {
        this.#bug ??= { error };
        throw error;
      }
      this.noteFailure(series, item, error.problem);
      return { problem: error.problem };
    }
  }

  /** The problem of a call, or of the later pages of a partly read list. */
  noteFailure(series: Attempts, item: Item | null, problem: AdobeProblem): void {
    series.noteFailure(problem);
    if (failsEveryCall(problem.kind)) this.#stoppedBy ??= problem;
    else if (item !== null) this.unread.push({ ...item, problem });
  }
}

/** The progress of a series of similar calls. */
export class Attempts {
  succeeded = 0;
  firstProblem: AdobeProblem | null = null;
  /** Why the rest of the series is not tried. */
  stoppedBy: AdobeProblem | null = null;
  #lostInARow = 0;

  noteSuccess(): void {
    this.succeeded++;
    this.#lostInARow = 0;
  }

  noteFailure(problem: AdobeProblem): void {
    this.firstProblem ??= problem;
    if (problem.kind === 'lost' && ++this.#lostInARow >= LOST_IN_A_ROW) this.stoppedBy ??= problem;
  }
}
