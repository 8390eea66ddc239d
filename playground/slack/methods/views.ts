import { type Json, jsonOf, stringOf } from '../json.ts';
import { viewErrors } from '../limits/limits.ts';
import { SlackError } from '../slack-error.ts';
import { viewJson } from '../slack-json.ts';
import type { StoredView } from '../state.ts';
import { type Method, type MethodContext, needString } from './method.ts';

/** The maximum number of stacked modals in Slack. */
export const MAX_MODALS = 3;

/** @throws {SlackError} */
function validView(args: Json, type: 'modal' | 'home'): Json {
  const errors = viewErrors(args['view'], type);
  if (errors.length > 0) throw new SlackError('invalid_arguments', errors);
  return jsonOf(args['view']);
}

function checkHash(args: Json, view: StoredView | undefined): void {
  const hash = stringOf(args['hash']);
  if (hash !== '' && view !== undefined && hash !== view.hash) throw new SlackError('hash_conflict');
}

const open: Method = (args, context) => {
  const given = validView(args, 'modal');
  const userId = context.triggers.use(needString(args, 'trigger_id'));
  const view = context.state.newView(userId, given);
  context.state.setModals(userId, [view]);
  return { view: viewJson(context.state, view) };
};

const push: Method = (args, context) => {
  const given = validView(args, 'modal');
  const userId = context.triggers.use(needString(args, 'trigger_id'));
  const stack = context.state.modals.get(userId) ?? [];
  if (stack.length === 0) throw new SlackError('not_found', ['no modal is open to push onto']);
  if (stack.length === MAX_MODALS) throw new SlackError('push_limit_reached');
  const view = context.state.newView(userId, given);
  context.state.setModals(userId, [...stack, view]);
  return { view: viewJson(context.state, view) };
};

function openView(args: Json, context: MethodContext): StoredView {
  const external = stringOf(args['external_id']);
  const open = [...context.state.modals.values()].flat();
  const view =
    external === ''
      ? open.find((v) => v.id === needString(args, 'view_id'))
      : open.find((v) => v.given['external_id'] === external);
  if (view === undefined) throw new SlackError('not_found', ['the view is not open']);
  return view;
}

const update: Method = (args, context) => {
  const given = validView(args, 'modal');
  const before = openView(args, context);
  checkHash(args, before);
  const view = context.state.newView(before.userId, given, before);
  context.state.replaceView(view);
  return { view: viewJson(context.state, view) };
};

const publish: Method = (args, context) => {
  const given = validView(args, 'home');
  const userId = needString(args, 'user_id');
  if (!context.state.people.has(userId)) throw new SlackError('user_not_found', [userId]);
  const before = context.state.homes.get(userId);
  checkHash(args, before);
  const view = context.state.newView(userId, given, before);
  context.state.replaceView(view);
  return { view: viewJson(context.state, view) };
};

export const VIEW_METHODS: Readonly<Record<string, Method>> = {
  'views.open': open,
  'views.push': push,
  'views.update': update,
  'views.publish': publish,
};
