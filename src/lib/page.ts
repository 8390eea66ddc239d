/** One page of a longer list. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** The number of rows on all pages. */
  readonly total: number;
}
