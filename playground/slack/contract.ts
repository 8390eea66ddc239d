/**
 * What the playground's page and the local Slack say to each other, over three addresses on loopback:
 *
 *   GET  /playground/state?user=U…   → PageState, as this person sees it
 *   GET  /playground/events          → server-sent events; each `data:` line is a version number: "read the state again"
 *   POST /playground/action             → PageAct in, PageActResult out
 *
 * Blocks and views are the bot's own JSON, passed through untouched.
 */
import type { Block, KnownBlock, View } from '@slack/types';

export interface PageUser {
  readonly id: string;
  readonly name: string;
  /** What to tell the visitor about this person: "workspace admin", "member", "guest". */
  readonly role: string;
}

export interface PageMessage {
  /** Slack's timestamp, the message's id within its channel. */
  readonly ts: string;
  readonly userId: string;
  readonly isBot: boolean;
  readonly text: string;
  readonly blocks: readonly (KnownBlock | Block)[];
  /** "Only visible to you". */
  readonly ephemeral: boolean;
  readonly edited: boolean;
  /** The message this one replies to; null for one that stands in the conversation itself. */
  readonly threadTs: string | null;
}

export interface PageConversation {
  readonly id: string;
  /** "#data-platform" or the other person's name of a direct message. */
  readonly name: string;
  readonly kind: 'channel' | 'direct';
  readonly messages: readonly PageMessage[];
  /** How many messages this person has not seen. As in Slack, what only they see and replies in threads do not count. */
  readonly unread: number;
  /** The timestamp of the first of them; null when none is. */
  readonly firstUnread: string | null;
}

/** A subcommand to offer while the visitor types. */
export interface Completion {
  /** As in the help: `list [eligible|mine]`. Its first word is what is typed. */
  readonly usage: string;
  readonly summary: string;
}

export interface PageState {
  readonly version: number;
  /** The workspace's clock, ISO 8601. It need not be the machine's. */
  readonly now: string;
  readonly workspace: string;
  readonly appName: string;
  /** The slash command: `/qs-creds`. */
  readonly command: string;
  readonly completions: readonly Completion[];
  readonly me: PageUser;
  readonly users: readonly PageUser[];
  readonly conversations: readonly PageConversation[];
  /** The App Home this person was last shown; null before the first visit. */
  readonly home: View | null;
  /** Open modal of this person; null when none is. `errors` is by block id, from the bot's last answer. */
  readonly modal: {
    readonly viewId: string;
    readonly view: View;
    readonly errors: Readonly<Record<string, string>>;
  } | null;
  /** What Slack would have refused, newest last: "chat.postMessage: invalid_blocks: …". */
  readonly rejected: readonly string[];
  /** What to try, one line each. */
  readonly hints: readonly string[];
}

/** The state of one input element, in Slack's own form (view.state.values[block_id][action_id]). */
export type InputState = Readonly<Record<string, unknown>>;

/** Inputs as Slack keeps them (view.state.values): by block id and action id. */
export type PageValues = Readonly<Record<string, Readonly<Record<string, InputState>>>>;

export type PageAction =
  | {
      readonly kind: 'command' | 'message';
      readonly user: string;
      readonly channel: string;
      readonly text: string;
      /** Typed in the thread of this message. */
      readonly threadTs?: string;
    }
  /** The conversation was before this person's eyes, to its end. */
  | { readonly kind: 'read'; readonly user: string; readonly channel: string }
  | {
      readonly kind: 'press';
      readonly user: string;
      /** Where the element stands. */
      readonly container:
        | { readonly channel: string; readonly ts: string }
        | { readonly viewId: string }
        | 'home';
      readonly blockId: string;
      readonly actionId: string;
      /** The chosen option's value, for select menus. */
      readonly selected?: string;
      /** In a modal: what is filled in so far. */
      readonly values?: PageValues;
    }
  /** The options of an external select, asked for while typing (Slack's `block_suggestion`). */
  | {
      readonly kind: 'suggest';
      readonly user: string;
      readonly container:
        | { readonly channel: string; readonly ts: string }
        | { readonly viewId: string }
        | 'home';
      readonly blockId: string;
      readonly actionId: string;
      readonly query: string;
    }
  | {
      readonly kind: 'submit';
      readonly user: string;
      readonly viewId: string;
      readonly values: PageValues;
    }
  | { readonly kind: 'close'; readonly user: string; readonly viewId: string }
  | { readonly kind: 'home'; readonly user: string };

export type PageActionResult =
  | { readonly ok: true; readonly options?: readonly { readonly text: string; readonly value: string }[] }
  /** In words for the visitor: "/qs-creds failed: the app did not answer within 3 seconds". */
  | { readonly ok: false; readonly error: string };
