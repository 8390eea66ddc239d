import { webApi } from '@slack/bolt';
import { StartError } from '../lib/start-error.ts';

/** Slack's own error code (`channel_not_found`) of a call it refused; null for every other failure. */
export function slackErrorCode(error: unknown): string | null {
  return error instanceof webApi.WebAPIPlatformError ? error.data.error : null;
}

/** Slack's codes for a fault of its own, which passes (its Web API reference). */
const PASSING = new Set([
  'fatal_error',
  'internal_error',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/** Whether Slack refuses this very message, now and later; otherwise Slack is away, or has a fault of its own. */
export function isRefusal(error: unknown): boolean {
  const code = slackErrorCode(error);
  return code !== null && !PASSING.has(code);
}

/** A token that Slack refused, in words for the operator; null when the failure may pass by itself. */
export function refusedToken(error: unknown, name: string, shouldBe: string): StartError | null {
  const code = slackErrorCode(error);
  if (code === null || PASSING.has(code)) return null;
  const words = `${name} was refused by Slack (${code}): set it to ${shouldBe}.`;
  return new StartError(words, error, 'settings');
}

/** Milliseconds Slack asks to wait (429, Retry-After); null for every other failure. */
export function slackPauseMs(error: unknown): number | null {
  return error instanceof webApi.WebAPIRateLimitedError ? error.retryAfter * 1000 : null;
}

/** Slack's codes for "the app may not post there". */
export const NOT_THERE: ReadonlySet<string> = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'no_permission',
  'access_denied',
]);
