interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly stack?: string | undefined;
  /** Short identifiers such as ECONNREFUSED, which some errors have instead of a message. */
  readonly code?: string | undefined;
  readonly cause?: ErrorDescription | undefined;
}

/** Also ends a chain of causes that contains itself. */
const MAX_CAUSES = 5;

/** Picks known fields only: the errors of HTTP clients carry requests with their headers. */
export function describeError(error: unknown, causesLeft = MAX_CAUSES): ErrorDescription {
  if (!(error instanceof Error)) {
    return { type: typeof error, message: typeof error === 'object' ? 'not an Error' : String(error) };
  }
  const hasCode = 'code' in error && typeof error.code === 'string' && /^\w{1,80}$/.test(error.code);
  const hasCause = error.cause !== undefined && causesLeft > 0;
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message: error.message,
    stack: error.stack,
    code: hasCode ? String(error.code) : undefined,
    cause: hasCause ? describeError(error.cause, causesLeft - 1) : undefined,
  };
}
