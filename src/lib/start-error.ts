/** The app cannot start. The message is one line for the operator. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** Whether a setting has to be changed first, so that another start without that is useless. */
  readonly isConfigError: boolean;

  constructor(message: string, cause: unknown, { isConfigError = false } = {}) {
    super(message, { cause });
    this.isConfigError = isConfigError;
  }
}
