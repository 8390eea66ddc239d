import type { DenialReason, Migrators } from '../../access/access.ts';
import type { ListedCredential } from '../../credentials/credential.ts';
import type { Migration } from '../../migrations/migration.ts';
import { code, count, mention, nameCode, namePlain, plain } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { actions, context, type Message, message, plainText, section } from './blocks.ts';
import { credentialLine, migrateButton } from './list.ts';
import { STATUS_WORDS, unknownWords } from './words.ts';

/** Several credentials fit what was typed: which one? */
export function severalMessage(
  typed: string,
  credentials: readonly ListedCredential[],
  total: number,
  mayMigrate: boolean,
): Message {
  const rest = total - credentials.length;
  const lines = credentials.map((each) => `${credentialLine(each)} · ${code(each.technicalAccountId)}`);
  const head = `${count(total, 'credential')} fit ${code(typed)}. Which one?`;
  const more = rest > 0 ? [`${rest} more fit; type more of the name, or the technical account id.`] : [];
  return {
    text: [head, ...lines, ...more].join('\n'),
    blocks: [
      section(head),
      ...credentials.map((credential, i) =>
        section(lines[i] ?? '', mayMigrate ? migrateButton(credential) : undefined),
      ),
      ...more.map(context),
    ],
  };
}

/** Nothing fits what was typed. */
export function noneMessage(typed: string, nearest: readonly string[]): Message {
  const hint =
    nearest.length === 0
      ? '`/qs-creds list` shows all.'
      : `Did you mean ${nearest.map(nameCode).join(', ')}?`;
  return message([`No credential fits ${code(typed)}. ${hint}`]);
}

/** Why this credential cannot be migrated now, and what then. */
export function notPossibleMessage(credential: ListedCredential, open: Migration | null): Message {
  const name = nameCode(credential.name);
  if (open !== null) {
    const by = open.decidedBy === null ? '' : `, confirmed by ${mention(open.decidedBy)}`;
    return message([`${name} is being migrated already${by}. Nothing was started by you.`]);
  }
  switch (credential.status) {
    case 'migrated':
      return message([`✅ ${name} is migrated already. Nothing has to be done.`]);
    case 'migrating':
      return message([`${name} is being migrated already, started in Adobe. Nothing was started by you.`]);
    case 'needs_attention':
      return message([
        `⚠️ ${name} needs attention: an earlier start was sent and its end is not known. Look at it in Adobe's Credentials tab; it is not started again from here. \`/qs-creds status\` and its name tells more, checks again, or marks it as resolved.`,
      ]);
    case 'unknown': {
      const { what, fix } = unknownWords(credential.unknownBecause ?? { code: 'not_in_console' });
      return message([
        `The state of ${name} is *${STATUS_WORDS.unknown}*, so it is not started from here. ${what}. ${fix}`,
      ]);
    }
    default:
      return message([
        `${name} is *${STATUS_WORDS.not_eligible}*: Adobe says that a migration does not apply to it.`,
      ]);
  }
}

export function nothingLeftMessage(): Message {
  return message(['No credential is Eligible, so there is nothing to migrate. `/qs-creds list` shows all.']);
}

export function goneMessage(): Message {
  return message([
    'Adobe does not show this credential any more. `/qs-creds list` shows those that are there.',
  ]);
}

export function nobodyElseMessage(): Message {
  return message([
    'Nothing was asked: a second person has to confirm it, and nobody else sees this. Ask in a channel.',
  ]);
}

export function notPostedMessage(): Message {
  return message(['Nothing was asked: I am not in this channel. Type `/invite @qs-creds`, then ask again.']);
}

/** To the asker, when the question itself went to the channel. */
export function postedMessage(): Message {
  return message(['The question is in the channel: a second person has to confirm it.']);
}

export function noSuchQuestionMessage(): Message {
  return message([
    'This question is not known here any more. Nothing was started; `/qs-creds migrate` asks again.',
  ]);
}

/** The searchable picker, for `migrate` without a name. */
export function pickerMessage(left: number): Message {
  const text = `*Which credential?* ${count(left, 'credential')} can be migrated. Choose one; a question follows before anything is started.`;
  return {
    text: `${text} Or type \`/qs-creds migrate\` and its name.`,
    blocks: [
      section(text),
      ...actions([
        {
          type: 'external_select',
          action_id: ACTIONS.pick,
          min_query_length: 0,
          placeholder: plainText('Search by name, sandbox or owner'),
        },
      ]),
    ],
  };
}

/** One option of the picker; Slack allows 75 characters. */
export function pickerOption({ name, sandboxes, technicalAccountId }: ListedCredential) {
  const where = plain(sandboxes.join(', '), 24);
  return {
    text: plainText(`${namePlain(name, 46)} · ${where}`),
    value: technicalAccountId,
  };
}

/** Who may migrate, to be asked. */
export function migratorWords({ users, groups }: Migrators): string {
  const names = [...users.map(mention), ...groups.map((id) => `<!subteam^${id}>`)];
  return names.length === 0 ? 'a workspace admin or owner' : names.slice(0, 10).join(', ');
}

/** Why somebody may not; `{ask}` is who may. */
const DENIALS: Readonly<Record<DenialReason, string>> = {
  bot: 'Bots may not use this. Ask {ask}.',
  deactivated: 'This Slack account is deactivated. Ask {ask}.',
  foreign: 'Only members of this workspace may use this. Ask {ask}.',
  guest: 'Guests may not use this. Ask {ask}.',
  unverified:
    'Slack could not say who you are, so nothing was done. Try again in a minute; if it stays, ask {ask}.',
  not_migrator: 'You may look, but not migrate. Ask {ask}.',
  not_asked: 'This question was asked to somebody else. `/qs-creds migrate` asks you.',
  own_request:
    'You asked for this migration, so a second person has to confirm it: {ask}. You may cancel it.',
  name_not_typed:
    'This is production: its name has to be typed. Nothing was started; press Migrate… in the question.',
};

export const DENIAL_REASONS = Object.keys(DENIALS);

/** Why somebody may not, and whom to ask. */
export function deniedMessage(why: DenialReason, migrators: Migrators): Message {
  return message([DENIALS[why].replace('{ask}', migratorWords(migrators))]);
}

/** For what nobody foresaw; the reference is in the log. */
export function errorMessage(reference: string): Message {
  return message([
    `Something went wrong on our side; nothing was started by this. Try again; if it stays, tell an operator the reference \`${reference}\`.`,
  ]);
}

export function readingMessage(): Message {
  return message(['⏳ Reading Adobe. With many credentials this takes a minute.']);
}
