import { SlackError } from '../slack-error.ts';
import { userJson } from '../slack-json.ts';
import { type Method, needScope, needString } from './method.ts';

const EMAIL_SCOPE = 'users:read.email';

const info: Method = (args, context) => {
  needScope(context, 'users:read');
  const person = context.state.people.get(needString(args, 'user'));
  if (person === undefined) throw new SlackError('user_not_found');
  return { user: userJson(person, context.scopes.includes(EMAIL_SCOPE)) };
};

/** On one page: the limit asked for is a hint to Slack. */
const list: Method = (_args, context) => {
  needScope(context, 'users:read');
  const mayReadEmail = context.scopes.includes(EMAIL_SCOPE);
  return {
    members: [...context.state.people.values()].map((person) => userJson(person, mayReadEmail)),
    response_metadata: { next_cursor: '' },
  };
};

const lookupByEmail: Method = (args, context) => {
  needScope(context, EMAIL_SCOPE);
  const email = needString(args, 'email').toLowerCase();
  const person = [...context.state.people.values()].find((p) => p.email.toLowerCase() === email);
  if (person === undefined || person.deleted === true) throw new SlackError('users_not_found');
  return { user: userJson(person, true) };
};

const userGroupUsers: Method = (args, context) => {
  needScope(context, 'usergroups:read');
  const group = context.state.userGroups.get(needString(args, 'usergroup'));
  if (group === undefined) throw new SlackError('no_such_subteam');
  return { users: group.users };
};

export const USER_METHODS: Readonly<Record<string, Method>> = {
  'users.info': info,
  'users.list': list,
  'users.lookupByEmail': lookupByEmail,
  'usergroups.users.list': userGroupUsers,
};
