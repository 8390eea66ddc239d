import { webApi } from '@slack/bolt';
import { connectionCode, connectionFix } from '../lib/connection-fault.ts';
import { RateLimitedError } from '../lib/rate-limiter.ts';
import { StartError } from '../lib/start-error.ts';

/**
 * Codes for a message that is too long or has too many blocks. Source:
 * https://docs.slack.dev/reference/methods/chat.postMessage
 */
const TOO_LONG: ReadonlySet<string> = new Set(['msg_too_long', 'msg_blocks_too_long', 'invalid_blocks']);

/**
 * Codes with which Slack rejects the app itself, no matter what it sends and to whom. Source: the errors common to all
 * methods at https://docs.slack.dev/reference/methods
 */
const APP_REJECTED: ReadonlySet<string> = new Set([
  'access_denied',
  'accesslimited',
  'account_inactive',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'invalid_auth',
  'method_deprecated',
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'not_authed',
  'org_login_required',
  'team_access_not_granted',
  'token_expired',
  'token_revoked',
  'two_factor_setup_required',
]);

/** Codes with which Slack rejects the token, no matter what it is used for. Source: as above. */
const TOKEN_REJECTED: ReadonlySet<string> = new Set([
  'account_inactive',
  'invalid_auth',
  'not_authed',
  'token_expired',
  'token_revoked',
]);

/**
 * Codes for a problem on Slack's side, or for too many calls. Source: the errors common to all methods at
 * https://docs.slack.dev/reference/methods, and those of chat.postMessage
 */
const TRANSIENT: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'message_limit_exceeded',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/** The code of Slack's rejection (`channel_not_found`); null for any other error, including a body without a code. */
export function slackErrorCode(error: unknown): string | null {
  if (!(error instanceof webApi.WebAPIPlatformError)) return null;
  // If the body is not JSON, the client returns all of it as the code.
  const { error: code }: { error?: unknown } = error.data;
  return typeof code === 'string' && /^\w{1,100}$/.test(code) ? code : null;
}

/**
 * Whether Slack permanently rejects this call, even with a code that is not known here; otherwise Slack is unreachable
 * or has a problem of its own.
 */
export function isRejection(error: unknown): boolean {
  const code = slackErrorCode(error);
  return code !== null && !TRANSIENT.has(code);
}

/** HTTP status that says that Slack, or a proxy, did not process the call. After any other 5xx, it may have. */
const NOT_AVAILABLE = 503;

/** Codes that mean that part of the call may have succeeded. Source: the errors of chat.postMessage */
const PARTLY_PROCESSED: ReadonlySet<string> = new Set(['fatal_error', 'internal_error']);

/** Whether Slack certainly did not process the call: it says so, or there was no connection. Otherwise it may have. */
export function isNotProcessed(error: unknown): boolean {
  if (PARTLY_PROCESSED.has(slackErrorCode(error) ?? '')) return false;
  if (error instanceof webApi.WebAPIHTTPError) return error.statusCode < 500 || error.statusCode === NOT_AVAILABLE;
  return !isResponseLost(error);
}

/** Whether a connection was possible, but no response came, not even an inconclusive one. */
export function isResponseLost(error: unknown): boolean {
  const hasResponse = slackErrorCode(error) !== null || error instanceof webApi.WebAPIHTTPError;
  return !hasResponse && connectionCode(error) === null;
}

/** Whether Slack rejects the message for its length or its number of blocks. */
export function isTooLong(error: unknown): boolean {
  return isTooLongCode(slackErrorCode(error));
}

export function isTooLongCode(code: string | null): boolean {
  return TOO_LONG.has(code ?? '');
}

/** Codes with which Slack rejects blocks. Source: the errors of chat.postMessage and views.publish */
const BLOCKS_REJECTED: ReadonlySet<string> = new Set(['invalid_blocks', 'invalid_blocks_format', 'invalid_arguments']);

/** Whether the error means, or may mean, that Slack rejects the blocks of a message or a view. */
export function rejectsBlocks(error: unknown): boolean {
  return BLOCKS_REJECTED.has(slackErrorCode(error) ?? '');
}

/** Whether Slack rejects the app itself, which says nothing about the recipient. */
export function isAppRejected(error: unknown): boolean {
  return APP_REJECTED.has(slackErrorCode(error) ?? '');
}

/** Whether this code means that the token is no longer valid. */
export function isTokenRejected(code: string): boolean {
  return TOKEN_REJECTED.has(code);
}

/** Describes a rejected token to the operator; null when the error may be transient. */
export function toTokenError(error: unknown, setting: string, shouldBe: string): StartError | null {
  if (!isRejection(error)) return null;
  const message = `${setting} was rejected by Slack (${slackErrorCode(error)}): set it to ${shouldBe}.`;
  return new StartError(message, error, { isConfigError: true });
}

/** Why Slack cannot be reached, and how to fix it: "ENOTFOUND, its name could not be resolved: check …". */
export function unreachableWords(error: unknown): string {
  const code = connectionCode(error);
  return code === null ? 'try again later' : `${code}, ${connectionFix(code, 'SLACK_API_URL')}`;
}

/** Milliseconds Slack asks to wait (HTTP 429, Retry-After); null for every other error. */
export function retryAfterMs(error: unknown): number | null {
  return error instanceof webApi.WebAPIRateLimitedError ? error.retryAfter * 1000 : null;
}

/** Converts HTTP 429 to the use cases' error; returns any other error unchanged. */
export function translateRateLimit(error: unknown): unknown {
  const ms = retryAfterMs(error);
  return ms === null ? error : new RateLimitedError(ms);
}
