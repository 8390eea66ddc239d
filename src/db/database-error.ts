/** The database cannot do its work at the moment; what was asked of it did not happen, or is not known to have. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  /** The cause in a few words, by which a failure is told from others. */
  readonly detail: string;

  /** @param message a sentence in words without values, with what to do */
  constructor(detail: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.detail = detail;
  }
}
