/** One page of a longer list. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** How many there are on all pages. */
  readonly total: number;
}
