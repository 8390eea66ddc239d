import { z } from 'zod';

/** Addresses outside the Web API, from Slack's requests and responses. Each is a capability: no error contains one. */

/**
 * Whether this URL leads to Slack, by its host: `https://hooks.slack.com` for a `response_url`,
 * `https://files.slack.com` for an upload; or the host of `SLACK_API_URL`.
 */
export function isSlackUrl(url: string, apiUrl: string, service: 'hooks' | 'files'): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  const api = new URL(apiUrl);
  // `hooks.slack-gov.com` belongs to `slack-gov.com`.
  if (hostname === api.hostname || hostname === `${service}.${api.hostname}`) return protocol === api.protocol;
  return hostname === `${service}.slack.com` && protocol === 'https:';
}

/** The error in one word (`ECONNREFUSED`, `TimeoutError`): its message may contain the URL. */
export function errorCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
}

const Rejection = z.object({
  ok: z.literal(false),
  error: z
    .string()
    .regex(/^\w{1,100}$/)
    .catch('rejected'),
});

/** Slack's code where this body says `ok: false`, whatever the HTTP status; null where it does not. */
export function rejectionIn(text: string): string | null {
  try {
    const { data } = Rejection.safeParse(JSON.parse(text));
    return data?.error ?? null;
  } catch {
    return null;
  }
}
