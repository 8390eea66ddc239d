import type { Block, HomeView, KnownBlock, ModalView } from '@slack/types';
import { readableText } from './blocks.ts';
import type { PageMessage } from './contract.ts';
import type { Json } from './json.ts';
import { viewJson } from './slack-json.ts';
import type { State, StoredMessage, StoredView } from './state.ts';
import type { Call } from './web-api.ts';

/** A message as one person sees it. */
export interface SeenMessage extends PageMessage {
  readonly channel: string;
}

/** What Slack adds to the app's view. */
interface ShownView {
  readonly id: string;
  readonly hash: string;
  readonly private_metadata: string;
  readonly callback_id: string;
  readonly state: { readonly values: Json };
}

export interface SeenModal {
  readonly viewId: string;
  readonly view: ModalView & ShownView;
  readonly errors: Readonly<Record<string, string>>;
}

export type SeenHome = HomeView & ShownView;

export function toSeenMessage(message: StoredMessage): SeenMessage {
  return {
    channel: message.channel,
    ts: message.ts,
    userId: message.userId,
    isBot: message.isBot,
    text: message.text,
    blocks: asSlackType<readonly (KnownBlock | Block)[]>(message.blocks),
    ephemeral: message.onlyFor !== null,
    edited: message.edited,
    threadTs: message.threadTs,
    isBroadcast: message.isBroadcast,
    files: message.files.map(({ id, name, content }) => ({ id, name, size: content.length })),
  };
}

export function toSeenModal(state: State, view: StoredView): SeenModal {
  return { viewId: view.id, view: asSlackType<ModalView & ShownView>(viewJson(state, view)), errors: view.errors };
}

export function toSeenHome(state: State, view: StoredView): SeenHome {
  return asSlackType<SeenHome>(viewJson(state, view));
}

/** Casts JSON that passed the limits to Slack's types; the only place that does. */
function asSlackType<T>(json: unknown): T {
  return json as T;
}

/** The visible state, for the error of a wait that timed out. */
export function describeWorkspace(state: State, calls: readonly Call[]): string {
  const messages = state.messages.slice(-10).map((m) => {
    const to = m.onlyFor === null ? m.channel : `${m.channel}, only for ${m.onlyFor}`;
    return `  [${to}] ${m.text} | ${readableText(m.blocks).replaceAll('\n', ' / ')}`;
  });
  const modals = [...state.modals.values()].flat().map((m) => `  ${m.userId}: ${readableText(m.given)}`);
  const lastCalls = calls.slice(-10).map((c) => `  ${c.method} ${c.ok ? 'ok' : c.error}`);
  return [
    'messages:',
    ...messages,
    'modals:',
    ...modals,
    'last calls:',
    ...lastCalls,
    'rejected:',
    ...state.rejected.slice(-10).map((r) => `  ${r}`),
  ].join('\n');
}
