import { type Limit, limitOf } from '../lib/parallel.ts';
import { AdobeError, type AdobeProblem, OF_ALL_CALLS } from './adobe-error.ts';
import type { UnreadItem } from './adobe-reader.ts';

/** Concurrent calls to Adobe, of whatever kind: fast enough for thousands of credentials, slow enough for its throttle. */
export const CONCURRENCY = 5;
/** So many lost responses in a row, each after its timeout, are Adobe's fault and not that of one item. */
const LOST_IN_A_ROW = CONCURRENCY;

type Item = Pick<UnreadItem, 'what' | 'name'>;

export type Tried<T> = { readonly value: T } | { readonly problem: AdobeProblem };

/** The calls of one sync: few at a time, and none once it is known to be pointless. What fails is noted. */
export class SyncCalls {
  readonly unread: UnreadItem[] = [];
  readonly #limit: Limit;
  #stopped: AdobeProblem | null = null;
  #bug: { readonly error: unknown } | null = null;

  /** `limit`: shared with whatever else reads from Adobe. */
  constructor(limit: Limit = limitOf(CONCURRENCY)) {
    this.#limit = limit;
  }

  /** Why nothing more is asked. */
  get stopped(): AdobeProblem | null {
    return this.#stopped;
  }

  /** For a call that consists of several: each gets a place of its own, and fails once nothing more is asked. */
  readonly limit: Limit = (call) =>
    this.#limit(async () => {
      if (this.#bug !== null) throw this.#bug.error;
      if (this.#stopped === null) return call();
      const { kind, operation } = this.#stopped;
      throw new AdobeError(kind, operation);
    });

  /**
   * Tries one call, or several in a row, unless it is pointless.
   * @param item what is read, which is named where it alone cannot be; null where that is no loss
   */
  try<T>(series: Attempts, item: Item | null, call: () => Promise<T>): Promise<Tried<T>> {
    return this.#limit(async () => {
      const pointless = this.#stopped ?? series.problem;
      return pointless === null ? this.attempt(series, item, call) : { problem: pointless };
    });
  }

  /** As `try`, for calls that take their places themselves. An error that is not Adobe's is a bug: it ends the sync. */
  async attempt<T>(series: Attempts, item: Item | null, call: () => Promise<T>): Promise<Tried<T>> {
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

  /** Of a call, or of the later pages of a list that was read in part. */
  noteFailure(series: Attempts, item: Item | null, problem: AdobeProblem): void {
    series.noteFailure(problem);
    if (OF_ALL_CALLS.has(problem.kind)) this.#stopped ??= problem;
    else if (item !== null) this.unread.push({ ...item, problem });
  }
}

/** How a series of like calls goes. */
export class Attempts {
  succeeded = 0;
  firstProblem: AdobeProblem | null = null;
  /** Why the rest of the series is not tried. */
  problem: AdobeProblem | null = null;
  #lostInARow = 0;

  noteSuccess(): void {
    this.succeeded++;
    this.#lostInARow = 0;
  }

  noteFailure(problem: AdobeProblem): void {
    this.firstProblem ??= problem;
    if (problem.kind === 'lost' && ++this.#lostInARow >= LOST_IN_A_ROW) this.problem ??= problem;
  }
}
