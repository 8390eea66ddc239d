/** The app cannot start, said in one line for the operator. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** Whether a setting has to be changed first; starting again without that is of no use. */
  readonly settings: boolean;

  constructor(message: string, cause: unknown, kind?: 'settings') {
    super(message, { cause });
    this.settings = kind === 'settings';
  }
}
