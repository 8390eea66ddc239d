import type { HomeView, ModalView } from '@slack/types';
import type { Caller } from '../access/access.ts';
import type { Services } from '../services.ts';
import type { Message } from '../slack/messages/blocks.ts';

/** A pressed button or a chosen option, untrusted but for Slack's signature. */
export interface Press {
  readonly caller: Caller;
  /** The button's value or the chosen option's; empty when it has none. From outside. */
  readonly value: string;
  /** Null in the Home. */
  readonly channel: string | null;
  /** The `response_url`; null in the Home. */
  readonly responseUrl: string | null;
  readonly triggerId: string;
  /** Answers the presser alone, beside the message. */
  readonly reply: (message: Message) => Promise<void>;
  /** Puts an answer in the place of the message; only for one that its reader alone sees. */
  readonly replace: (message: Message) => Promise<void>;
}

/** What an action may show besides messages. */
export interface Views {
  openModal(triggerId: string, view: ModalView): Promise<void>;
  publishHome(userId: string, view: HomeView): Promise<void>;
}

/** One button or menu: its id and what it does. */
export interface Action {
  readonly id: string;
  run(press: Press, services: Services, views: Views): Promise<void>;
}
