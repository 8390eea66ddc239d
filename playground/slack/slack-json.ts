import { type Json, stringOf } from './json.ts';
import {
  APP_ID,
  BOT_ID,
  type Conversation,
  type State,
  type StoredMessage,
  type StoredView,
  TEAM_ID,
} from './state.ts';
import type { Person } from './users.ts';

/** The view as Slack sends it to the app. */
export function viewJson(state: State, view: StoredView): Json {
  const stack = state.modals.get(view.userId) ?? [];
  const given = view.given;
  return {
    id: view.id,
    team_id: TEAM_ID,
    type: view.type,
    blocks: view.blocks,
    private_metadata: stringOf(given['private_metadata']),
    callback_id: stringOf(given['callback_id']),
    external_id: stringOf(given['external_id']),
    state: { values: view.values },
    hash: view.hash,
    title: given['title'] ?? { type: 'plain_text', text: 'View Title' },
    close: given['close'] ?? null,
    submit: given['submit'] ?? null,
    clear_on_close: given['clear_on_close'] === true,
    notify_on_close: given['notify_on_close'] === true,
    previous_view_id: stack[stack.findIndex((open) => open.id === view.id) - 1]?.id ?? null,
    root_view_id: stack[0]?.id ?? view.id,
    app_id: APP_ID,
    app_installed_team_id: TEAM_ID,
    bot_id: BOT_ID,
  };
}

/** The message as Slack sends it to the app. */
export function messageJson(message: StoredMessage): Json {
  return {
    type: 'message',
    user: message.userId,
    ts: message.ts,
    bot_id: BOT_ID,
    app_id: APP_ID,
    team: TEAM_ID,
    text: message.text,
    blocks: message.blocks,
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    ...(message.isBroadcast ? { subtype: 'thread_broadcast' } : {}),
    ...(message.edited ? { edited: { user: message.userId, ts: message.ts } } : {}),
  };
}

export function conversationJson(conversation: Conversation): Json {
  const direct = conversation.kind === 'direct';
  return {
    id: conversation.id,
    ...(direct ? { user: conversation.members[0] } : { name: conversation.name }),
    is_channel: !direct && conversation.isPrivate !== true,
    is_group: !direct && conversation.isPrivate === true,
    is_im: direct,
    is_private: direct || conversation.isPrivate === true,
    is_archived: conversation.isArchived === true,
    is_member: conversation.botIsMember,
    is_ext_shared: conversation.isShared === true,
  };
}

/** The user object of `users.info`; includes the email only with the scope for it. */
export function userJson(person: Person, mayReadEmail: boolean): Json {
  return {
    id: person.id,
    team_id: person.isStranger === true ? 'T0OTHER001' : TEAM_ID,
    name: person.name,
    real_name: person.realName,
    deleted: person.deleted === true,
    tz: person.tz ?? 'Etc/UTC',
    is_bot: person.isBot === true,
    is_admin: person.isAdmin === true || person.isOwner === true,
    is_owner: person.isOwner === true || person.isPrimaryOwner === true,
    is_primary_owner: person.isPrimaryOwner === true,
    is_restricted: person.isRestricted === true,
    is_ultra_restricted: person.isUltraRestricted === true,
    is_stranger: person.isStranger === true,
    profile: {
      real_name: person.realName,
      display_name: person.name,
      ...(mayReadEmail ? { email: person.email } : {}),
    },
  };
}
