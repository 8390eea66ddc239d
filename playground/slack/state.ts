import { EventEmitter } from 'node:events';
import { stateOf, type Values, withIds } from './blocks.ts';
import { type Json, jsonListOf } from './json.ts';
import type { Person } from './users.ts';

export interface Channel {
  readonly id: string;
  readonly name: string;
  /** User ids. The app's membership is `botIsMember`. */
  readonly members: readonly string[];
  readonly botIsMember?: boolean;
  readonly isPrivate?: boolean;
  readonly isArchived?: boolean;
  /** Shared with another company (Slack Connect). */
  readonly isShared?: boolean;
  /** Whether its admins let the app reply in threads but not post. */
  readonly isThreadOnly?: boolean;
}

export interface Conversation extends Channel {
  readonly kind: 'channel' | 'direct';
  readonly botIsMember: boolean;
}

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly users: readonly string[];
}

/** A file that was shared with a message. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly content: Buffer;
}

export interface StoredMessage {
  readonly channel: string;
  readonly ts: string;
  readonly userId: string;
  readonly isBot: boolean;
  readonly text: string;
  readonly blocks: readonly Json[];
  /** The recipient of an ephemeral message; null for a regular one. */
  readonly onlyFor: string | null;
  readonly edited: boolean;
  readonly threadTs: string | null;
  /** Whether this reply is also shown in the channel. */
  readonly isBroadcast: boolean;
  readonly files: readonly StoredFile[];
  readonly values: Values;
}

/** Whether a message is shown in the channel, not only in a thread. */
export function isInChannel({ threadTs, isBroadcast }: Pick<StoredMessage, 'threadTs' | 'isBroadcast'>): boolean {
  return threadTs === null || isBroadcast;
}

/** A modal or Home as Slack stores it: the app's view with id, hash and state. */
export interface StoredView {
  readonly id: string;
  readonly userId: string;
  readonly type: 'modal' | 'home';
  readonly given: Json;
  readonly blocks: readonly Json[];
  readonly values: Values;
  readonly hash: string;
  /** The errors of the app's last response to a submission, by block id. */
  readonly errors: Readonly<Record<string, string>>;
}

export const TEAM_ID = 'T0LOCAL001';
export const APP_ID = 'A0LOCAL001';
export const BOT_ID = 'B0LOCAL001';
export const BOT_USER_ID = 'U0QSCREDS1';

/** The workspace's state. Every change emits `change` with the new version number. */
export class State extends EventEmitter<{ change: [version: number] }> {
  readonly people: ReadonlyMap<string, Person>;
  readonly conversations = new Map<string, Conversation>();
  readonly userGroups: ReadonlyMap<string, UserGroup>;
  readonly messages: StoredMessage[] = [];
  /** Open modals of each person, bottom first. */
  readonly modals = new Map<string, StoredView[]>();
  readonly homes = new Map<string, StoredView>();
  readonly rejected: string[] = [];
  readonly now: () => Date;
  version = 0;
  /** The newest message timestamp. */
  lastTs = '0';
  #serial = 0;

  constructor(options: {
    readonly users: readonly Person[];
    readonly channels: readonly Channel[];
    readonly userGroups: readonly UserGroup[];
    readonly now: () => Date;
  }) {
    super();
    // Every wait and every open page adds a listener.
    this.setMaxListeners(0);
    this.now = options.now;
    this.people = new Map(options.users.map((person) => [person.id, person]));
    this.userGroups = new Map(options.userGroups.map((group) => [group.id, group]));
    for (const channel of options.channels) {
      this.conversations.set(channel.id, { botIsMember: true, ...channel, kind: 'channel' });
    }
    for (const person of options.users) {
      const id = person.id.replace(/^./, 'D');
      this.conversations.set(id, {
        id,
        name: 'directmessage',
        members: [person.id],
        botIsMember: true,
        kind: 'direct',
      });
    }
  }

  changed(): void {
    this.version += 1;
    this.emit('change', this.version);
  }

  reject(what: string): void {
    this.rejected.push(what);
    this.changed();
  }

  newId(prefix: string): string {
    this.#serial += 1;
    return `${prefix}${this.#serial.toString(36).toUpperCase().padStart(9, '0')}`;
  }

  /** A unique timestamp that increases even when the clock does not. */
  newTs(): string {
    this.#serial += 1;
    this.lastTs = `${Math.floor(this.now().getTime() / 1000)}.${String(this.#serial).padStart(6, '0')}`;
    return this.lastTs;
  }

  /** The direct conversation between the app and this person. */
  directOf(userId: string): Conversation | undefined {
    return [...this.conversations.values()].find((c) => c.kind === 'direct' && c.members.includes(userId));
  }

  /** Someone invites the app to a channel, or archives the channel. */
  changeChannel(id: string, changes: Pick<Channel, 'botIsMember' | 'isArchived' | 'isThreadOnly'>): void {
    const before = this.conversations.get(id);
    if (before === undefined) throw new Error(`there is no channel ${id}`);
    this.conversations.set(id, { ...before, ...changes });
    this.changed();
  }

  messagesSeenBy(userId: string, channel: string): readonly StoredMessage[] {
    if (this.conversations.get(channel)?.members.includes(userId) !== true) return [];
    return this.messages.filter((m) => m.channel === channel && (m.onlyFor ?? userId) === userId);
  }

  post(message: {
    readonly channel: string;
    readonly text: string;
    readonly blocks: readonly Json[];
    readonly onlyFor?: string;
    readonly threadTs?: string;
    readonly isBroadcast?: boolean;
    readonly files?: readonly StoredFile[];
    /** The author; the app by default. */
    readonly by?: string;
  }): StoredMessage {
    const blocks = withIds(message.blocks, () => this.newId(''));
    const stored: StoredMessage = {
      channel: message.channel,
      ts: this.newTs(),
      userId: message.by ?? BOT_USER_ID,
      isBot: message.by === undefined,
      text: message.text,
      blocks,
      onlyFor: message.onlyFor ?? null,
      edited: false,
      threadTs: message.threadTs ?? null,
      isBroadcast: message.isBroadcast ?? false,
      files: message.files ?? [],
      values: stateOf(blocks),
    };
    this.messages.push(stored);
    this.changed();
    return stored;
  }

  /** Replaces a message's content; `values` alone is a person's input and does not count as an edit. */
  editMessage(old: StoredMessage, fields: { text?: string; blocks?: readonly Json[]; values?: Values }): StoredMessage {
    const blocks = fields.blocks === undefined ? old.blocks : withIds(fields.blocks, () => this.newId(''));
    const edited = old.edited || fields.text !== undefined || fields.blocks !== undefined;
    const values = fields.values ?? stateOf(blocks, old.values);
    const next: StoredMessage = { ...old, text: fields.text ?? old.text, blocks, values, edited };
    this.messages[this.messages.indexOf(old)] = next;
    this.changed();
    return next;
  }

  deleteMessage(message: StoredMessage): void {
    this.messages.splice(this.messages.indexOf(message), 1);
    this.changed();
  }

  newView(userId: string, given: Json, before?: StoredView): StoredView {
    const blocks = withIds(jsonListOf(given['blocks']), () => this.newId(''));
    return {
      id: before?.id ?? this.newId('V'),
      userId,
      type: given['type'] === 'home' ? 'home' : 'modal',
      given,
      blocks,
      values: stateOf(blocks, before?.values),
      hash: `${Math.floor(this.now().getTime() / 1000)}.${this.newId('')}`,
      errors: {},
    };
  }

  openModal(viewId: string): StoredView | undefined {
    return [...this.modals.values()].flat().find((view) => view.id === viewId);
  }

  /** Replaces the modal with the view's id, or the person's Home. */
  replaceView(view: StoredView): void {
    if (view.type === 'home') this.homes.set(view.userId, view);
    else {
      const stack = this.modals.get(view.userId) ?? [];
      this.modals.set(
        view.userId,
        stack.map((open) => (open.id === view.id ? view : open)),
      );
    }
    this.changed();
  }

  setModals(userId: string, stack: readonly StoredView[]): void {
    this.modals.set(userId, [...stack]);
    this.changed();
  }
}
