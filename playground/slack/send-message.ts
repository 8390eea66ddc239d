import { activePerson } from './people-actions.ts';
import type { State, StoredMessage } from './state.ts';

/** An ordinary message of a person. The app hears nothing of it: it asks for no message events. @throws {Error} in words */
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
  if (text === '') throw new Error('a message needs words');
  return state.post({
    channel,
    text: escaped(text),
    blocks: [],
    by: userId,
    ...(threadTs === undefined ? {} : { threadTs: rootOf(state, userId, channel, threadTs) }),
  });
}

/** A reply to a reply stands in the same thread. */
function rootOf(state: State, userId: string, channel: string, ts: string): string {
  const parent = state.messagesSeenBy(userId, channel).find((m) => m.ts === ts && m.onlyFor === null);
  if (parent === undefined) throw new Error(`there is no message ${ts} to reply to`);
  return parent.threadTs ?? parent.ts;
}

/** What a person types is text: no link and no mention comes of it. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
