import type { DenialReason, Migrators } from '../../access/access.ts';
import { mention } from '../escaping.ts';
import { type Message, textMessage } from './blocks.ts';

const MIGRATORS_SHOWN = 10;

/** Who may migrate, to be asked. */
export function migratorWords({ users, groups }: Migrators): string {
  const names = [...users.map(mention), ...groups.map((id) => `<!subteam^${id}>`)];
  return names.length === 0 ? 'a workspace admin or owner' : names.slice(0, MIGRATORS_SHOWN).join(', ');
}

/** Why a person is denied access; `{ask}` is who may. */
const DENIALS: Readonly<Record<DenialReason, string>> = {
  bot: 'Bots may not use this. Ask {ask}.',
  deactivated: 'This Slack account is deactivated. Ask {ask}.',
  foreign: 'Only members of this workspace may use this. Ask {ask}.',
  guest: 'Guests may not use this. Ask {ask}.',
  unverified:
    "I couldn't verify you with Slack, so nothing was done. Try again in a minute; if it keeps failing, ask {ask}.",
  not_migrator: 'You have read-only access. To migrate, ask {ask}.',
  not_asked: 'This question is for someone else. Run `/qs-creds migrate` yourself.',
  own_request: 'You asked for this migration, so a second person has to confirm it: {ask}. You can still cancel it.',
  name_not_typed:
    'This is production, so its name has to be typed. Nothing was started. Press Migrate… in the question.',
};

export const DENIAL_REASONS = Object.keys(DENIALS);

/** Why access was denied, and whom to ask. */
export function deniedMessage(why: DenialReason, migrators: Migrators): Message {
  return textMessage(DENIALS[why].replace('{ask}', migratorWords(migrators)));
}
