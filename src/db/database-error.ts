/** The database cannot work at the moment; what it was asked to do did not happen, or it is unknown whether it did. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  /** The cause in a few words, which tell one kind of failure from another. */
  readonly detail: string;

  /** @param message a sentence without values that says what to do */
  constructor(detail: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.detail = detail;
  }
}
