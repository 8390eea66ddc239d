import { isInChannel, type State, type StoredMessage } from './state.ts';

/** Each person's last read message, per conversation. */
export class ReadMarks {
  readonly #state: State;
  /** The last read timestamp, by person and conversation. */
  readonly #lastRead = new Map<string, string>();

  constructor(state: State) {
    this.#state = state;
  }

  /** The person's unread messages, oldest first; as in Slack, without ephemeral messages and thread-only replies. */
  unreadBy(userId: string, channel: string): readonly StoredMessage[] {
    const last = this.#lastRead.get(markKey(userId, channel)) ?? '';
    return this.#state
      .messagesSeenBy(userId, channel)
      .filter((m) => m.ts > last && m.userId !== userId && m.onlyFor === null && isInChannel(m));
  }

  /** The person reads the conversation to its end. */
  read(userId: string, channel: string): void {
    const last = this.unreadBy(userId, channel).at(-1);
    // Without unread messages nothing changes: the page calls this after every change.
    if (last === undefined) return;
    this.#lastRead.set(markKey(userId, channel), last.ts);
    this.#state.changed();
  }
}

function markKey(userId: string, channel: string): string {
  return `${userId} ${channel}`;
}
