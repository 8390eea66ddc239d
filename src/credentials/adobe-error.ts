/** Why a call to Adobe failed. Each kind has one explanation that a person can act on. */
export type AdobeErrorKind =
  /** IMS refused the bot's own client id, secret or scopes. */
  | 'token_refused'
  /** 401 or 403: the bot's credential lacks the rights ("AEP admin verification failed"). */
  | 'not_allowed'
  /** 404 or 405, or a redirect: nothing is served at this path. */
  | 'no_such_path'
  /** Any other 4xx: Adobe understood the request and declined it. */
  | 'refused'
  /** 429. */
  | 'throttled'
  /** 5xx. */
  | 'unavailable'
  /** No connection; the request was never sent. */
  | 'unreachable'
  /** No response, or an incomplete one; the request may have arrived. */
  | 'lost'
  /** The response does not match the published schema; `detail` names the field. */
  | 'bad_answer'
  /** `ADOBE_ORG_ID` is not among the organisations the Console shows this credential. */
  | 'no_such_organisation';

/** An Adobe error as plain data: persisted, and put into words in slack/messages. */
export interface AdobeProblem {
  readonly kind: AdobeErrorKind;
  /** What was tried, in words: "list the accounts of sandbox prod". */
  readonly operation: string;
  readonly status?: number | undefined;
  /** Adobe's own code, such as `403025`. */
  readonly code?: string | undefined;
  /** Adobe's own message, or the invalid field; text from outside, to be escaped when shown. */
  readonly detail?: string | undefined;
  /** Adobe's id of the request, which its support asks for; text from outside, to be escaped when shown. */
  readonly requestId?: string | undefined;
  /** The end of the pause that Adobe asks for, as ISO 8601. */
  readonly until?: string | undefined;
}

export interface AdobeErrorOptions extends ErrorOptions {
  readonly status?: number;
  readonly code?: string;
  readonly detail?: string;
  readonly requestId?: string;
  readonly until?: string;
}

/** A failed call to Adobe. Carries no token, no secret and no request headers. */
export class AdobeError extends Error {
  override readonly name = 'AdobeError';
  readonly problem: AdobeProblem;

  constructor(kind: AdobeErrorKind, operation: string, options: AdobeErrorOptions = {}) {
    const { status, code, detail, requestId, until, ...rest } = options;
    const problem: AdobeProblem = {
      kind,
      operation,
      status,
      code,
      detail,
      ...(requestId !== undefined && { requestId }),
      ...(until !== undefined && { until }),
    };
    super(`Adobe: could not ${operation}: ${inOneLine(problem)}`, rest);
    this.problem = problem;
  }

  get kind(): AdobeErrorKind {
    return this.problem.kind;
  }
}

/** Whether the same call may succeed a moment later; otherwise a person must change something first. */
export function isTransient(kind: AdobeErrorKind): boolean {
  return kind === 'throttled' || kind === 'unavailable' || kind === 'unreachable' || kind === 'lost';
}

/** Whether every further call would also get this error. */
export function failsEveryCall(kind: AdobeErrorKind): boolean {
  return kind === 'throttled' || kind === 'token_refused' || kind === 'unreachable';
}

/** The last moment with a four-digit year, which ISO 8601 and people expect. */
const LAST_MOMENT_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** The end of a pause of this many milliseconds, as ISO 8601; at most the end of the year 9999. */
export function endOfPause(now: Date, pauseMs: number): string {
  return new Date(Math.min(now.getTime() + pauseMs, LAST_MOMENT_MS)).toISOString();
}

/** Whether Adobe's pause still lasts at `now`. */
export function isPaused(problem: Pick<AdobeProblem, 'until'> | null, now: Date): boolean {
  return Date.parse(problem?.until ?? '') > now.getTime();
}

/**
 * For logs and the audit trail: "not_allowed 403 403025 No admin (request 4f0c)". Text from outside, to be escaped when
 * shown.
 */
export function inOneLine({ kind, status, code, detail, requestId }: AdobeProblem): string {
  const request = requestId === undefined ? undefined : `(request ${requestId})`;
  return [kind, status, code, detail, request].filter((part) => part !== undefined).join(' ');
}
