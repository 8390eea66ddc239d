import { type Json, jsonListOf, stringOf } from '../json.ts';
import { MAX_NEW_TEXT, MAX_POSTED_BLOCK_TEXT, MAX_UPDATED_TEXT, messageRejection } from '../limits/limits.ts';
import { SlackError } from '../slack-error.ts';
import { messageJson } from '../slack-json.ts';
import { BOT_USER_ID, type Conversation, type StoredMessage } from '../state.ts';
import { type Method, type MethodContext, needScope, needString } from './method.ts';

/** The conversation with this id, if the app may post there. @throws {SlackError} */
export function postable(id: string, context: MethodContext): Conversation {
  const conversation = context.state.conversations.get(id);
  if (conversation === undefined) throw new SlackError('channel_not_found', [id]);
  if (!conversation.botIsMember) {
    throw new SlackError(conversation.isPrivate === true ? 'channel_not_found' : 'not_in_channel', [id]);
  }
  if (conversation.isArchived === true) throw new SlackError('is_archived', [id]);
  return conversation;
}

function checkMessage(args: Json, maxText: number, maxBlockText?: number): void {
  const rejection = messageRejection(args['text'], args['blocks'], maxText, maxBlockText);
  if (rejection !== null) throw new SlackError(rejection.error, rejection.messages);
}

const postMessage: Method = (args, context) => {
  needScope(context, 'chat:write');
  const to = needString(args, 'channel');
  // A user id means the direct conversation with that person, even a deactivated one.
  const { id, isThreadOnly } = postable(context.state.directOf(to)?.id ?? to, context);
  const thread = stringOf(args['thread_ts']);
  const isBroadcast = thread !== '' && String(args['reply_broadcast']) === 'true';
  if (isThreadOnly === true && (thread === '' || isBroadcast))
    throw new SlackError('restricted_action_thread_only_channel', [id]);
  checkMessage(args, MAX_NEW_TEXT, MAX_POSTED_BLOCK_TEXT);
  context.postingRate.record(id, context.state.now());
  const message = context.state.post({
    channel: id,
    text: stringOf(args['text']),
    blocks: jsonListOf(args['blocks']),
    ...(thread === '' ? {} : { threadTs: thread, isBroadcast }),
  });
  return { channel: id, ts: message.ts, message: messageJson(message) };
};

const postEphemeral: Method = (args, context) => {
  needScope(context, 'chat:write');
  const conversation = postable(needString(args, 'channel'), context);
  const user = needString(args, 'user');
  if (!conversation.members.includes(user)) throw new SlackError('user_not_in_channel', [user]);
  checkMessage(args, MAX_NEW_TEXT);
  const blocks = jsonListOf(args['blocks']);
  const message = context.state.post({ channel: conversation.id, text: stringOf(args['text']), blocks, onlyFor: user });
  return { message_ts: message.ts };
};

/** One of the app's own messages; ephemeral ones cannot be found. @throws {SlackError} */
function ownMessage(args: Json, context: MethodContext, notOwn: string): StoredMessage {
  needScope(context, 'chat:write');
  const { id } = postable(needString(args, 'channel'), context);
  const ts = needString(args, 'ts');
  const message = context.state.messages.find((m) => m.channel === id && m.ts === ts && m.onlyFor === null);
  if (message === undefined) throw new SlackError('message_not_found', [`${id} ${ts}`]);
  if (message.userId !== BOT_USER_ID) throw new SlackError(notOwn, [`${id} ${ts}`]);
  return message;
}

const update: Method = (args, context) => {
  const old = ownMessage(args, context, 'cant_update_message');
  checkMessage(args, MAX_UPDATED_TEXT, MAX_POSTED_BLOCK_TEXT);
  // Without `blocks` the old blocks stay; an empty list removes them.
  const blocks = args['blocks'] === undefined ? {} : { blocks: jsonListOf(args['blocks']) };
  const message = context.state.editMessage(old, { text: stringOf(args['text']), ...blocks });
  return { channel: message.channel, ts: message.ts, text: message.text, message: messageJson(message) };
};

const remove: Method = (args, context) => {
  const message = ownMessage(args, context, 'cant_delete_message');
  context.state.deleteMessage(message);
  return { channel: message.channel, ts: message.ts };
};

/** Needs no scope. Source: https://docs.slack.dev/reference/methods/chat.getPermalink */
const getPermalink: Method = (args, context) => {
  const channel = needString(args, 'channel');
  const ts = needString(args, 'message_ts');
  const conversation = context.state.conversations.get(channel);
  const isHidden = conversation?.isPrivate === true && !conversation.botIsMember;
  if (conversation === undefined || isHidden) throw new SlackError('channel_not_found', [channel]);
  const message = context.state.messages.find((m) => m.channel === channel && m.ts === ts && m.onlyFor === null);
  if (message === undefined) throw new SlackError('message_not_found', [`${channel} ${ts}`]);
  const inThread = message.threadTs === null ? '' : `?thread_ts=${message.threadTs}&cid=${channel}`;
  return { channel, permalink: `${context.permalinks()}/archives/${channel}/p${ts.replace('.', '')}${inThread}` };
};

export const CHAT_METHODS: Readonly<Record<string, Method>> = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': remove,
  'chat.getPermalink': getPermalink,
};
