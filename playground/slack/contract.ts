/**
 * The protocol between the playground's page and the local Slack, at three URLs on loopback:
 *
 *   GET  /playground/state?user=U…   → PageState, as this person sees it
 *   GET  /playground/events          → server-sent events; each `data:` line is a version: "read the state again"
 *   GET  /playground/file/F…         → a file that was shared, to download
 *   POST /playground/action          → PageAction in, PageActionResult out
 *
 * Blocks and views are the bot's JSON, passed on unchanged.
 */
import type { Block, KnownBlock, View } from '@slack/types';

export interface PageUser {
  readonly id: string;
  readonly name: string;
  /** The person's role as shown to the visitor: "workspace admin", "member", "guest". */
  readonly role: string;
}

export interface PageFile {
  readonly id: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

export interface PageMessage {
  /** Slack's timestamp, which identifies the message within its channel. */
  readonly ts: string;
  readonly userId: string;
  readonly isBot: boolean;
  readonly text: string;
  readonly blocks: readonly (KnownBlock | Block)[];
  /** "Only visible to you"; as in Slack, the page forgets it when it is loaded again. */
  readonly ephemeral: boolean;
  readonly edited: boolean;
  /** The message this one replies to; null for a message outside threads. */
  readonly threadTs: string | null;
  /** Whether this reply is also shown in the channel. */
  readonly isBroadcast: boolean;
  /** Files shared with the message; read at `/playground/file/ID`. */
  readonly files: readonly PageFile[];
}

export interface PageConversation {
  readonly id: string;
  /** "#data-platform"; the other participant's name for a direct message. */
  readonly name: string;
  readonly kind: 'channel' | 'direct';
  readonly messages: readonly PageMessage[];
  /** The number of unread messages. As in Slack, ephemeral messages and replies shown only in a thread do not count. */
  readonly unread: number;
  /** The timestamp of the first unread message; null without one. */
  readonly firstUnread: string | null;
}

/** What Slack shows of the app besides its messages, from its manifest. */
export interface ShownApp {
  /** What the slash command does, in Slack's menu of commands. */
  readonly commandDescription: string;
  /** What may follow the command: "list | migrate | status". */
  readonly usageHint: string;
  /** Whether people cannot write to the app. */
  readonly isMessagesTabReadOnly: boolean;
}

export interface PageState extends ShownApp {
  readonly version: number;
  /** The newest message timestamp; "0" before the first. A page opened now shows no ephemeral message up to it. */
  readonly lastTs: string;
  /** The workspace's time, ISO 8601; may differ from the machine's. */
  readonly now: string;
  readonly workspace: string;
  readonly appName: string;
  /** The slash command: `/qs-creds`. */
  readonly command: string;
  readonly me: PageUser;
  readonly users: readonly PageUser[];
  readonly conversations: readonly PageConversation[];
  /** The Home last published for this person; null before the first. */
  readonly home: View | null;
  /** The person's open modal; null without one. `errors` come from the bot's last response, by block id. */
  readonly modal: {
    readonly viewId: string;
    readonly view: View;
    readonly errors: Readonly<Record<string, string>>;
  } | null;
  /** What Slack would have rejected, newest last: "chat.postMessage: invalid_blocks: …". */
  readonly rejected: readonly string[];
  /** Suggestions for the visitor, one line each. */
  readonly hints: readonly string[];
}

/** The state of one input element in Slack's format (view.state.values[block_id][action_id]). */
type InputState = Readonly<Record<string, unknown>>;

/** Inputs in Slack's format (view.state.values): by block id, then by action id. */
type PageValues = Readonly<Record<string, Readonly<Record<string, InputState>>>>;

export type PageAction =
  | {
      readonly kind: 'command' | 'message';
      readonly user: string;
      readonly channel: string;
      readonly text: string;
      /** Sent in the thread of this message. */
      readonly threadTs?: string;
    }
  /** The person has read the conversation to its end. */
  | { readonly kind: 'read'; readonly user: string; readonly channel: string }
  | {
      readonly kind: 'press';
      readonly user: string;
      /** The message or view that contains the element. */
      readonly container: { readonly channel: string; readonly ts: string } | { readonly viewId: string } | 'home';
      readonly blockId: string;
      readonly actionId: string;
      /** The chosen option's value, for select menus. */
      readonly selected?: string;
      /** In a modal: the inputs so far. */
      readonly values?: PageValues;
    }
  /** Requests the options of an external select while the visitor types (Slack's `block_suggestion`). */
  | {
      readonly kind: 'suggest';
      readonly user: string;
      readonly container: { readonly channel: string; readonly ts: string } | { readonly viewId: string } | 'home';
      readonly blockId: string;
      readonly actionId: string;
      readonly query: string;
    }
  | { readonly kind: 'submit'; readonly user: string; readonly viewId: string; readonly values: PageValues }
  | { readonly kind: 'close'; readonly user: string; readonly viewId: string }
  | { readonly kind: 'home'; readonly user: string };

export type PageActionResult =
  | { readonly ok: true; readonly options?: readonly { readonly text: string; readonly value: string }[] }
  /** A sentence for the visitor: "/qs-creds failed: the app did not respond within 3 seconds". */
  | { readonly ok: false; readonly error: string };
