import { activePerson } from './people-actions.ts';
import type { State, StoredMessage } from './state.ts';

/**
 * A person's ordinary message. The app is not notified: it subscribes to no message events.
 * @throws {Error} worded for the visitor
 */
export function sendMessage(
  state: State,
  userId: string,
  channel: string,
  given: string,
  threadTs: string | undefined,
): StoredMessage {
  activePerson(state, userId);
  if (state.conversations.get(channel)?.members.includes(userId) !== true)
    throw new Error(`${userId} is not in ${channel}`);
  const text = given.trim();
  if (text === '') throw new Error('a message cannot be empty');
  return state.post({
    channel,
    text: escapeMarkup(text),
    blocks: [],
    by: userId,
    ...(threadTs === undefined ? {} : { threadTs: rootOf(state, userId, channel, threadTs) }),
  });
}

/** A reply to a reply belongs to the same thread. */
function rootOf(state: State, userId: string, channel: string, ts: string): string {
  const parent = state.messagesSeenBy(userId, channel).find((m) => m.ts === ts && m.onlyFor === null);
  if (parent === undefined) throw new Error(`there is no message ${ts} to reply to`);
  return parent.threadTs ?? parent.ts;
}

/** What a person types is plain text: no links, no mentions. */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
