/** A limit for reading all rows: no organisation has as many. */
export const EVERYTHING = 1_000_000;

/** One page of a longer list. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** The number of rows on all pages. */
  readonly total: number;
}
