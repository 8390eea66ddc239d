/** CI repeats more often, and deeper, than a person wants to wait for. */
export const IS_CI = process.env['CI'] !== undefined;

/**
 * How long the local Slack of the tests waits for an acknowledgement. A busy machine may need more than Slack's three
 * seconds; one that waits for a call to Slack or Adobe comes after the ten at which the bot gives such a call up.
 * Milliseconds.
 */
export const ACK_LIMIT_MS = 8_000;
