/**
 * CI repeats more often and tries more than a person wants to wait for. A crash before a call leaves the same state as a
 * crash after the previous call, unless calls overlap: outside CI, only the latter is tried.
 */
export const IS_CI = process.env['CI'] !== undefined;

/**
 * How long the local Slack of the tests waits for an acknowledgement, in milliseconds. A busy machine may need more
 * than Slack's three seconds; an acknowledgement that waits for a call to Slack or Adobe still comes too late, since
 * the bot gives up such a call after ten.
 */
export const ACK_LIMIT_MS = 8_000;
