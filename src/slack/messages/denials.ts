import type { AccessDenied, DenialReason, LookupProblem, Migrators } from '../../access/access.ts';
import { mention } from '../escaping.ts';
import { type Message, textMessage } from './blocks.ts';
import { waitWords } from './errors.ts';
import { wantedWords } from './history-words.ts';

const MIGRATORS_SHOWN = 10;

/** The people and groups to ask, since they may migrate. */
export function migratorWords({ users, groups }: Migrators): string {
  const names = [...users.map(mention), ...groups.map((id) => `<!subteam^${id}>`)];
  return names.length === 0 ? 'a workspace admin or owner' : names.slice(0, MIGRATORS_SHOWN).join(', ');
}

/** Where members see who the admins are; source: https://slack.com/help/articles/201912948 */
const WHERE_ADMINS_ARE = 'Slack lists workspace admins and owners under *About this workspace*.';

/** Denials that members get, who can see that page. */
const DENIALS_OF_MEMBERS: ReadonlySet<DenialReason> = new Set([
  'unverified',
  'not_migrator',
  'not_owner',
  'own_request',
]);

/** Why a person is denied access; `{ask}` is who may, `{act}` what, `{asker}` whose question it is. */
const DENIALS: Readonly<Record<DenialReason, string>> = {
  bot: 'Bots may not use this. Ask {ask}.',
  deactivated: 'This Slack account is deactivated. Ask {ask}.',
  foreign: 'Only members of this workspace may use this. Ask {ask}.',
  guest: 'Guests may not use this. Ask {ask}.',
  unverified:
    "I couldn't verify you with Slack, so nothing was done. Try again in a minute; if it keeps failing, ask {ask}.",
  not_migrator: 'You have read-only access. To {act}, ask {ask}.',
  not_owner: 'Only the owner of a credential may do this, or {ask}.',
  not_asked: 'This question is for {asker}. Run `/qs-creds migrate` yourself.',
  own_request: 'You asked for this migration, so a second person has to confirm it: {ask}. You can still cancel it.',
  name_not_typed:
    'This is production, or may be, so its name has to be typed. Nothing was started. Press Migrate… in the question.',
};

export const DENIAL_REASONS = Object.keys(DENIALS);

/** Actions that are parts of migrating: to the person, they are one. */
const MIGRATING: ReadonlySet<string> = new Set(['migrate', 'pick', 'confirm', 'decline', 'cancel']);

/** Why access was denied, to what, and whom to ask. `problem`: why the person could not be verified, where Slack says so. */
export function deniedMessage(
  why: DenialReason,
  migrators: Migrators,
  { problem = null, wanted = null }: Partial<Pick<AccessDenied, 'problem' | 'wanted'>> = {},
): Message {
  if (problem !== null) {
    const words = lookupProblemWords(problem, migrators);
    if (words !== null) return textMessage(words);
  }
  const isMigrating = wanted === null || MIGRATING.has(wanted.action);
  const said = DENIALS[why]
    .replace('{ask}', () => migratorWords(migrators))
    .replace('{act}', () => (isMigrating ? 'migrate' : (wantedWords(wanted.action, '') ?? 'do this')))
    .replace('{asker}', () => (wanted?.askedBy === undefined ? 'someone else' : mention(wanted.askedBy)));
  const isNobodyNamed = migrators.users.length + migrators.groups.length === 0;
  const where = isNobodyNamed && DENIALS_OF_MEMBERS.has(why) ? ` ${WHERE_ADMINS_ARE}` : '';
  return textMessage(`${said}${where}`);
}

/** Null for a problem that may be over in a minute. */
function lookupProblemWords({ groupId, code, retryAfterMs }: LookupProblem, { users }: Migrators): string | null {
  if (retryAfterMs !== null) return `${waitWords(retryAfterMs)} Nothing was done.`;
  if (code === null) return null;
  if (groupId === null) {
    const fix = personFix(code);
    return fix === null ? null : `I couldn't verify you with Slack (\`${code}\`), so nothing was done. ${fix}`;
  }
  const others = users.length === 0 ? '' : ` Until then, ask ${migratorWords({ users, groups: [] })}.`;
  return `I can't tell whether you may migrate, so nothing was done: Slack doesn't say who is in <!subteam^${groupId}> (\`${code}\`). An operator has to ${groupFix(code)}.${others}`;
}

/**
 * What an operator has to do when Slack does not look people up; null if that would not help; source:
 * https://docs.slack.dev/reference/methods/users.info
 */
function personFix(code: string): string | null {
  switch (code) {
    case 'missing_scope':
      return 'An operator has to add the scope `users:read` to the app and reinstall it.';
    case 'account_inactive':
    case 'invalid_auth':
    case 'not_authed':
    case 'token_expired':
    case 'token_revoked':
      return "Slack rejects the app's token: an operator has to reinstall the app and set `SLACK_BOT_TOKEN`.";
    default:
      return null;
  }
}

/**
 * What an operator has to do when Slack does not return the members of a user group; source:
 * https://docs.slack.dev/reference/methods/usergroups.users.list
 */
export function groupFix(code: string): string {
  switch (code) {
    case 'no_such_subteam':
      return 'enable that user group, or set `MIGRATORS` to another one';
    case 'missing_scope':
      return 'add the scope `usergroups:read` to the app and reinstall it';
    case 'paid_teams_only':
    case 'plan_upgrade_required':
      return 'set `MIGRATORS` to user ids: user groups need a paid plan of Slack';
    default:
      return 'set `MIGRATORS` to user ids, or to another user group';
  }
}
