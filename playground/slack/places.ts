import { interactiveElements, type PlacedElement, type Values } from './blocks.ts';
import { type Json, stringOf } from './json.ts';
import type { ResponseUrls } from './response-urls.ts';
import { messageJson, viewJson } from './slack-json.ts';
import type { State, StoredMessage, StoredView } from './state.ts';

/** Where an element is; `modal` means the topmost open one. */
export type Place = { readonly channel: string; readonly ts: string } | { readonly viewId: string } | 'home' | 'modal';

/** A message or view as one person sees it. */
export interface Surface {
  readonly blocks: readonly Json[];
  readonly values: Values;
  /** Stores what the person entered. */
  store(values: Values): void;
  /** The payload's fields about the place: container, message or view, state, response_url. */
  payload(): Json;
}

/** The surface this person acts on. @throws {Error} when they do not see it */
export function surfaceOf(state: State, responseUrls: ResponseUrls, userId: string, place: Place): Surface {
  if (place === 'home') return viewSurface(state, needView(state.homes.get(userId), userId, 'a Home'));
  if (place === 'modal') return viewSurface(state, needView(state.modals.get(userId)?.at(-1), userId, 'a modal'));
  if ('viewId' in place) {
    const views = [...(state.modals.get(userId) ?? []), state.homes.get(userId)];
    const view = views.find((open) => open?.id === place.viewId);
    return viewSurface(state, needView(view, userId, `view ${place.viewId}`));
  }
  const seen = state.messagesSeenBy(userId, place.channel);
  const message = seen.find((m) => m.ts === place.ts);
  if (message === undefined) throw new Error(`${userId} sees no message ${place.ts} in ${place.channel}`);
  return messageSurface(state, responseUrls, userId, message);
}

function needView(view: StoredView | undefined, userId: string, what: string): StoredView {
  if (view === undefined) throw new Error(`${userId} does not have ${what} open`);
  return view;
}

function viewSurface(state: State, view: StoredView): Surface {
  let current = view;
  return {
    blocks: view.blocks,
    values: view.values,
    store(values) {
      current = { ...current, values };
      state.replaceView(current);
    },
    payload: () => ({ container: { type: 'view', view_id: view.id }, view: viewJson(state, current) }),
  };
}

function messageSurface(state: State, responseUrls: ResponseUrls, userId: string, message: StoredMessage): Surface {
  let current = message;
  const channel = message.channel;
  return {
    blocks: message.blocks,
    values: message.values,
    store(values) {
      current = state.editMessage(current, { values });
    },
    payload: () => ({
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: channel,
        is_ephemeral: message.onlyFor !== null,
      },
      channel: { id: channel, name: state.conversations.get(channel)?.name },
      // Slack does not include the message when it is ephemeral.
      ...(message.onlyFor === null ? { message: messageJson(current) } : {}),
      state: { values: current.values },
      response_url: responseUrls.issue({ userId, channel, originalTs: message.ts }),
    }),
  };
}

interface ElementQuery {
  readonly actionId: string;
  readonly blockId?: string | undefined;
  /** A button's value, where several buttons share an action id. */
  readonly value?: string | undefined;
}

/** The only matching element. @throws {Error} when none or more than one matches */
export function findElement(surface: Surface, query: ElementQuery): PlacedElement {
  const all = interactiveElements(surface.blocks);
  const found = all.filter(
    ({ blockId, element }) =>
      element['action_id'] === query.actionId &&
      (query.blockId === undefined || blockId === query.blockId) &&
      (query.value === undefined || element['value'] === query.value),
  );
  const [only, second] = found;
  if (only === undefined) {
    const offered = all.map(({ element }) =>
      [element['action_id'], element['value']].filter((part) => stringOf(part) !== '').join('='),
    );
    throw new Error(`no element ${JSON.stringify(query)}; there are: ${offered.join(', ') || 'none'}`);
  }
  if (second !== undefined) throw new Error(`${found.length} elements match ${JSON.stringify(query)}`);
  return only;
}
