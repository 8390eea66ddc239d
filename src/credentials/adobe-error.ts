/** Why a call to Adobe did not give what was asked. One kind, one explanation a person can act on. */
export type AdobeErrorKind =
  /** IMS refuses the bot's own client id, secret or scopes. */
  | 'token_refused'
  /** 401 or 403: the bot's credential lacks the rights ("AEP admin verification failed"). */
  | 'not_allowed'
  /** 404 or 405: nothing is served at this path. */
  | 'no_such_path'
  /** Any other 4xx: Adobe understood and said no. */
  | 'refused'
  /** 429. */
  | 'throttled'
  /** 5xx. */
  | 'unavailable'
  /** No connection could be made; the request never left. */
  | 'unreachable'
  /** No answer, or half of one; the request may have arrived. */
  | 'lost'
  /** An answer that is not of the published shape; `detail` names the field. */
  | 'bad_answer'
  /** `ADOBE_ORG_ID` is not among the organisations the Console shows this credential. */
  | 'no_such_organisation';

/** What went wrong, as plain data: kept in the database and put into words where a person reads it. */
export interface AdobeProblem {
  readonly kind: AdobeErrorKind;
  /** What was tried, in words: "list the accounts of sandbox prod". */
  readonly operation: string;
  readonly status?: number | undefined;
  /** Adobe's own code, such as `403025`. */
  readonly code?: string | undefined;
  /** Adobe's own words, or the field at fault; from outside, to be escaped where it is shown. */
  readonly detail?: string | undefined;
}

export interface AdobeErrorOptions extends ErrorOptions {
  readonly status?: number;
  readonly code?: string;
  readonly detail?: string;
}

/** A failed call to Adobe. Carries no token, no secret and no request headers. */
export class AdobeError extends Error {
  override readonly name = 'AdobeError';
  readonly problem: AdobeProblem;

  constructor(kind: AdobeErrorKind, operation: string, options: AdobeErrorOptions = {}) {
    const { status, code, detail, ...rest } = options;
    const known = [kind, status, code, detail].filter((x) => x !== undefined);
    super(`Adobe: could not ${operation}: ${known.join(' ')}`, rest);
    this.problem = { kind, operation, status, code, detail };
  }

  get kind(): AdobeErrorKind {
    return this.problem.kind;
  }
}

/** Whether the same call may work a moment later; otherwise a person must change something first. */
export function isTransient(kind: AdobeErrorKind): boolean {
  return kind === 'throttled' || kind === 'unavailable' || kind === 'unreachable' || kind === 'lost';
}

/** For logs and the audit trail: "not_allowed 403 403025 No admin". From outside, to be escaped where it is shown. */
export function inOneLine({ kind, status, code, detail }: AdobeProblem): string {
  return [kind, status, code, detail].filter((part) => part !== undefined).join(' ');
}
