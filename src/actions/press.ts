import type { HomeView, ModalView } from '@slack/types';
import type { Member, Migrator } from '../access/access.ts';
import type { MessageRef } from '../migrations/migration.ts';
import type { Services } from '../services.ts';
import type { ErrorBoundary } from '../slack/error-boundary.ts';
import type { Message } from '../slack/messages/blocks.ts';
import type { HomeViewers } from './home-viewers.ts';

/** A button pressed, or a menu's option chosen, by a person who may do so. */
export interface Press<Person extends Member = Member> extends Replies {
  readonly person: Person;
  /** The button's value or the chosen option's; empty when it has none. From outside. */
  readonly value: string;
  /** The id of the block with the button, which identifies a version of its message. From outside. */
  readonly blockId: string;
  /** Null in the Home. */
  readonly channel: string | null;
  /** The `response_url`; null in the Home. */
  readonly responseUrl: string | null;
  readonly triggerId: string;
  /** The message that was pressed; null in the Home and for a message that only its reader sees. */
  readonly message: MessageRef | null;
  /** Publishes the Home of this person, who has it open. */
  readonly showHome: () => Promise<void>;
}

export interface Replies {
  /** Replies only to the person, below the message. */
  readonly reply: (message: Message) => Promise<void>;
  /** Replaces the message with the button; only for a message that nobody else sees. */
  readonly replace: (message: Message) => Promise<void>;
}

/** A modal as it was opened or submitted. */
export interface OpenModal {
  readonly id: string;
  /** Identifies what the modal shows; empty: anything. */
  readonly hash: string;
}

/** What actions can show and send in Slack. */
export interface SlackViews {
  openModal(triggerId: string, view: ModalView): Promise<OpenModal>;
  /** Replaces what a modal shows, if it still shows `modal`; false if it does not, or is closed. */
  updateModal(modal: OpenModal, view: ModalView): Promise<boolean>;
  publishHome(userId: string, view: HomeView): Promise<void>;
  /** Replies to a `response_url`; `replace`: the message whose button was pressed. */
  respond(url: string, message: Message, options?: { replace?: boolean }): Promise<void>;
  /** Edits one of the app's own messages. */
  edit(message: MessageRef, content: Message): Promise<void>;
  /** Sends a direct message. */
  send(userId: string, message: Message): Promise<void>;
}

/** One button or menu. */
export type Action = {
  readonly id: string;
  /** What the person wants, as it is named in the audit row of a denial. */
  readonly wants: string;
  /** What the value identifies, for the audit row; left out if it identifies nothing. */
  readonly about?: 'credential' | 'request';
  /** The action changes nothing: a person who was verified within the last minute is not looked up again. */
  readonly isReadOnly?: true;
} & (
  | { readonly migratorsOnly?: false; run(press: Press, services: Services, views: SlackViews): Promise<void> }
  | { readonly migratorsOnly: true; run(press: Press<Migrator>, services: Services, views: SlackViews): Promise<void> }
);

/** What every listener needs. */
export interface ListenerParts {
  readonly services: Services;
  readonly boundary: ErrorBoundary;
  readonly slack: SlackViews;
  readonly homes: Pick<HomeViewers, 'show' | 'forget'>;
  /** Metrics hook, called once for each use of an action. */
  readonly count: (action: string) => void;
}
