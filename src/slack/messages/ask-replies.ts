import type { ListedCredential } from '../../credentials/credential.ts';
import { MAX_OPEN_REQUESTS, type Migration } from '../../migrations/migration.ts';
import { waitsForPerson } from '../../migrations/verdicts.ts';
import { mention, nameCode, permalink } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { explain, unknownStatusWords } from './adobe-problems.ts';
import { button, buttons, line, type Message, note, textMessage, toMessage } from './blocks.ts';
import { handOffButtons, waitingWords } from './hand-off.ts';
import { CREDENTIALS_TAB, GONE, HOW_TO_END, STATUS_WORDS } from './terms.ts';

/** Replies to a person whose request to migrate led to no question, or to a question that others see. */

/**
 * Why this credential cannot be migrated now, and what to do. `active`: its migration under way, if any; `url`: where to
 * press Migrate; `link`: where the message about that migration is, if the reader can open it.
 */
export function notPossibleMessage(
  credential: ListedCredential,
  active: Migration | null,
  url: string,
  link: string | null = null,
): Message {
  if (active === null || !waitsForPerson(active)) return textMessage(reasonOf(credential, active, link));
  const name = nameCode(credential.name);
  return toMessage([
    line(`👉 ${waitingWords(active, name)} Your request started nothing.`),
    note(confirmedBy(active)),
    buttons(...handOffButtons(active, url)),
  ]);
}

function confirmedBy({ decidedBy, askedBy }: Migration): string {
  return `confirmed by ${mention(decidedBy ?? askedBy)}`;
}

function reasonOf(
  { name: given, status, unknownBecause }: ListedCredential,
  active: Migration | null,
  link: string | null,
) {
  const name = nameCode(given);
  if (active !== null) {
    const by = confirmedBy(active);
    if (active.method === 'hand-off' && active.state === 'confirmed')
      return `🕓 ${name} is already in the queue, ${by}. ${permalink(link, 'Its message')} says what to press in Adobe when its turn comes. Your request started nothing.`;
    const shows = link === null ? '' : ` ${permalink(link, 'Its message')} shows its progress.`;
    return `${name} is already being migrated, ${by}.${shows} Your request started nothing.`;
  }
  switch (status) {
    case 'migrated':
      return `✅ ${name} is already migrated. No action needed.`;
    case 'migrating':
      return `${name} is already being migrated. Your request started nothing.`;
    case 'unfinished':
      return `${name} is *${STATUS_WORDS.unfinished}*: its migration was begun in Adobe, outside this app, so nothing can be started from here. ${HOW_TO_END} Once cancelled, it can be migrated here.`;
    case 'needs_attention':
      return `⚠️ ${name} needs attention: an earlier start was sent, and its outcome is unknown. It will not be started again from here. Check it in ${CREDENTIALS_TAB}, then run \`/qs-creds status NAME\` for details, to check again or to mark it as resolved.`;
    case 'unknown':
      return `The state of ${name} is *${STATUS_WORDS.unknown}*, so it cannot be started from here. ${explain(unknownStatusWords(unknownBecause ?? { code: 'not_in_console' }))}`;
    default:
      return `${name} is *${STATUS_WORDS.not_eligible}*: according to Adobe, the migration does not apply to it.`;
  }
}

export function nothingLeftMessage(): Message {
  return textMessage(
    'No credential is Eligible, so there is nothing to migrate. Run `/qs-creds list` to see them all.',
  );
}

/** Reply to `migrate all`. */
export function oneAtATimeMessage(): Message {
  return toMessage([
    line('Adobe migrates one credential at a time, and each needs a confirmation of its own.'),
    buttons(button('Migrate next', ACTIONS.migrateNext)),
    note('Run `/qs-creds migrate` to choose one.'),
  ]);
}

export function goneMessage(): Message {
  return textMessage(GONE);
}

/** A second person is required, and no one but the asker may migrate. */
export function noOneElseMessage(): Message {
  return textMessage(
    'Nothing was asked: a second person has to confirm, and no one else may migrate. Ask an operator to add someone to `MIGRATORS` or to its user group; where it is empty, workspace admins and owners may.',
  );
}

/** A second person is required, and only the asker sees this conversation. */
export function noSecondPersonMessage(): Message {
  return textMessage(
    'Nothing was asked: a second person has to confirm, and no one else sees this conversation. Ask in a channel.',
  );
}

export function notPostedMessage(): Message {
  return textMessage(
    "Nothing was asked: Slack doesn't let me post in this channel. Type `/invite @qs-creds`, or, where it is shared with another company, ask in another channel.",
  );
}

/** The person already has the maximum number of open questions. */
export function tooManyOpenMessage(): Message {
  return textMessage(
    `Nothing was asked: ${MAX_OPEN_REQUESTS} of your questions are open. Confirm or cancel one, or wait until one expires; then ask again.`,
  );
}

/** To the asker, when the question itself went to the channel. */
export function postedMessage(): Message {
  return textMessage('The question is in the channel: a second person has to confirm.');
}
