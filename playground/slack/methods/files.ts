import { jsonListOf, stringOf } from '../json.ts';
import { SlackError } from '../slack-error.ts';
import { postable } from './chat.ts';
import { type Method, needScope, needString } from './method.ts';

const getUploadURL: Method = (args, context) => {
  needScope(context, 'files:write');
  const filename = needString(args, 'filename');
  // A form sends numbers as text.
  const length = Number(args['length']);
  if (!Number.isInteger(length) || length <= 0) throw new SlackError('invalid_arguments', ['length']);
  return context.uploads.issue(filename, length);
};

const completeUpload: Method = (args, context) => {
  needScope(context, 'files:write');
  const { id } = postable(needString(args, 'channel_id'), context);
  const files = jsonListOf(args['files']).map((file) => {
    const stored = context.uploads.complete(stringOf(file['id']));
    if (stored === undefined) throw new SlackError('file_not_found', [stringOf(file['id'])]);
    return stored;
  });
  if (files.length === 0) throw new SlackError('invalid_arguments', ['files']);
  context.state.post({ channel: id, text: stringOf(args['initial_comment']), blocks: [], files });
  return { files: files.map(({ id, name }) => ({ id, title: name })) };
};

/** Source: https://docs.slack.dev/messaging/working-with-files */
export const FILE_METHODS: Readonly<Record<string, Method>> = {
  'files.getUploadURLExternal': getUploadURL,
  'files.completeUploadExternal': completeUpload,
};
