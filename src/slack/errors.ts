import { webApi } from '@slack/bolt';

/** Slack's own error code (`channel_not_found`) of a call it refused; null for every other failure. */
export function slackErrorCode(error: unknown): string | null {
  return error instanceof webApi.WebAPIPlatformError ? error.data.error : null;
}
