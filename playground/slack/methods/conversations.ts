import type { Json } from '../json.ts';
import { SlackError } from '../slack-error.ts';
import { conversationJson } from '../slack-json.ts';
import { BOT_USER_ID, type Conversation } from '../state.ts';
import { type Method, type MethodContext, needScope, needString } from './method.ts';

/** A conversation the token may read; the required scope depends on its kind. @throws {SlackError} */
function readable(args: Json, context: MethodContext): Conversation {
  const conversation = context.state.conversations.get(needString(args, 'channel'));
  needScope(context, readScopeOf(conversation));
  const isHidden = conversation?.isPrivate === true && !conversation.botIsMember;
  if (conversation === undefined || isHidden) throw new SlackError('channel_not_found');
  return conversation;
}

function readScopeOf(conversation: Conversation | undefined): string {
  if (conversation?.kind === 'direct') return 'im:read';
  return conversation?.isPrivate === true ? 'groups:read' : 'channels:read';
}

const info: Method = (args, context) => ({ channel: conversationJson(readable(args, context)) });

const members: Method = (args, context) => {
  const conversation = readable(args, context);
  return {
    members: [...conversation.members, ...(conversation.botIsMember ? [BOT_USER_ID] : [])],
    response_metadata: { next_cursor: '' },
  };
};

const open: Method = (args, context) => {
  needScope(context, 'im:write');
  const userId = needString(args, 'users');
  const person = context.state.people.get(userId);
  const direct = context.state.directOf(userId);
  if (person === undefined || direct === undefined) throw new SlackError('user_not_found');
  if (person.deleted === true) throw new SlackError('user_disabled');
  return { channel: { id: direct.id } };
};

export const CONVERSATION_METHODS: Readonly<Record<string, Method>> = {
  'conversations.info': info,
  'conversations.members': members,
  'conversations.open': open,
};
