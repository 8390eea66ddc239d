import { webApi } from '@slack/bolt';
import { RateLimitedError } from '../lib/rate-limiter.ts';
import { StartError } from '../lib/start-error.ts';

/** The app may not post in this channel. Source: https://docs.slack.dev/reference/methods/chat.postMessage */
export const CHANNEL_UNAVAILABLE: ReadonlySet<string> = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'no_permission',
  'access_denied',
]);

/**
 * The person cannot receive direct messages from the app. Source: chat.postMessage as above, and, for the users' codes,
 * https://docs.slack.dev/reference/methods/conversations.open. `cannot_dm_bot` is not documented there.
 */
export const PERSON_UNREACHABLE: ReadonlySet<string> = new Set([
  'channel_not_found',
  'user_not_found',
  'user_disabled',
  'cannot_dm_bot',
  'not_in_channel',
  'messages_tab_disabled',
]);

/** This message can no longer be edited. Source: https://docs.slack.dev/reference/methods/chat.update */
export const NOT_EDITABLE: ReadonlySet<string> = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  ...CHANNEL_UNAVAILABLE,
]);

/** Slack has a problem of its own. Source: the errors common to all methods at https://docs.slack.dev/reference/methods */
const TRANSIENT: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/** Slack's own code (`channel_not_found`) of a rejected call; null for every other error. */
export function slackErrorCode(error: unknown): string | null {
  return error instanceof webApi.WebAPIPlatformError ? error.data.error : null;
}

/** Whether Slack rejected the call with one of these codes. */
export function hasCode(error: unknown, codes: ReadonlySet<string>): boolean {
  return codes.has(slackErrorCode(error) ?? '');
}

/** Whether Slack rejects this very call for good; otherwise Slack is unreachable or has a problem of its own. */
export function isRejection(error: unknown): boolean {
  return slackErrorCode(error) !== null && !hasCode(error, TRANSIENT);
}

/** Describes a rejected token to the operator; null when the error may be transient. */
export function toTokenError(error: unknown, name: string, shouldBe: string): StartError | null {
  if (!isRejection(error)) return null;
  const message = `${name} was rejected by Slack (${slackErrorCode(error)}): set it to ${shouldBe}.`;
  return new StartError(message, error, { isConfigError: true });
}

/** Milliseconds Slack asks to wait (HTTP 429, Retry-After); null for every other error. */
export function retryAfterMs(error: unknown): number | null {
  return error instanceof webApi.WebAPIRateLimitedError ? error.retryAfter * 1000 : null;
}

/** The use cases' error for HTTP 429; every other error as it is. */
export function translateRateLimit(error: unknown): unknown {
  const ms = retryAfterMs(error);
  return ms === null ? error : new RateLimitedError(ms);
}
