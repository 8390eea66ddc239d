/** @import { PageState } from '../slack/contract.ts' */

/** The newest timestamp when this page was loaded. */
let loadedAt = '';

/**
 * The state without ephemeral messages from before the page was loaded: Slack keeps none, so a reload loses them.
 * @param {PageState} next
 * @param {number | undefined} before  the version that was read before; undefined for the first
 * @returns {PageState}
 */
export function withoutForgotten(next, before) {
  // A lower version is another playground's: its clock may be behind.
  if (before === undefined || next.version < before) loadedAt = next.lastTs;
  const conversations = next.conversations.map((each) => ({
    ...each,
    messages: each.messages.filter(({ ephemeral, ts }) => !ephemeral || ts > loadedAt),
  }));
  return { ...next, conversations };
}
