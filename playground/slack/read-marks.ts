import type { State, StoredMessage } from './state.ts';

/** How far each person has read each conversation. */
export class ReadMarks {
  readonly #state: State;
  /** The last timestamp read, by person and conversation. */
  readonly #lastRead = new Map<string, string>();

  constructor(state: State) {
    this.#state = state;
  }

  /** What is new to this person, oldest first. As in Slack, what only they see and replies in threads do not count. */
  unreadBy(userId: string, channel: string): readonly StoredMessage[] {
    const last = this.#lastRead.get(markKey(userId, channel)) ?? '';
    return this.#state
      .messagesSeenBy(userId, channel)
      .filter((m) => m.ts > last && m.userId !== userId && m.onlyFor === null && m.threadTs === null);
  }

  /** The person saw the conversation to its end. */
  read(userId: string, channel: string): void {
    const last = this.unreadBy(userId, channel).at(-1);
    // Nothing new is no change: the page reads after every change.
    if (last === undefined) return;
    this.#lastRead.set(markKey(userId, channel), last.ts);
    this.#state.changed();
  }
}

function markKey(userId: string, channel: string): string {
  return `${userId} ${channel}`;
}
