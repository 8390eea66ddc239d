import type { Button } from '@slack/types';
import type { StatusReading } from '../../credentials/adobe-reader.ts';
import type { Migration } from '../../migrations/migration.ts';
import { planOf } from '../../migrations/steps.ts';
import { lateEnd, waitsForPerson } from '../../migrations/verdicts.ts';
import { mention, nameCode, namePlain } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { explain, problemWords } from './adobe-problems.ts';
import { button, dialog, type Message, textMessage } from './blocks.ts';
import { dateTime } from './formatting.ts';
import { waitingWords } from './hand-off.ts';
import { CREDENTIALS_TAB, HOW_TO_END, UNKNOWN_MIGRATION } from './terms.ts';

/** What a migrator may do about a migration that needs attention. */
export function attentionButtons({ id, shown }: Migration): Button[] {
  return [
    button('Check again', ACTIONS.checkAgain, { value: id, style: 'primary' }),
    button('Mark as resolved', ACTIONS.resolve, {
      value: id,
      confirm: dialog(
        'Resolved in Adobe?',
        `${namePlain(shown.name)}: only if you checked it in Adobe and nothing is under way there. This sends nothing; you can ask to migrate it again.`,
        'Mark as resolved',
      ),
    }),
  ];
}

/** Adobe's state now, to the person who checked again. */
export function checkedMessage(migration: Migration, reading: StatusReading): Message {
  return textMessage(checkedWords(migration, reading));
}

/** How an end is reported to the person who found it. */
const END_SENTENCES = {
  migrated: (name: string) => `✅ Adobe says that ${name} is migrated.`,
  bound: (name: string) => `🔗 Adobe says that ${name} has both credentials now.`,
  undone: (name: string) => `↩️ Adobe says that the migration of ${name} is undone.`,
};

function checkedWords(migration: Migration, reading: StatusReading): string {
  const name = nameCode(migration.shown.name);
  if ('problem' in reading)
    return `⚠️ ${name} still needs attention: its state cannot be read. ${explain(problemWords(reading.problem))}`;
  const check = `⚠️ Check ${name} in ${CREDENTIALS_TAB}`;
  const advice =
    'Nothing is sent again automatically. Once you are sure that nothing is under way there, press *Mark as resolved*.';
  const end = lateEnd(planOf(migration), reading.status);
  if (end !== null) return `${END_SENTENCES[end](name)} Its message will show this in a moment.`;
  if (migration.method === 'hand-off' && reading.status === 'not_started')
    return `👉 Adobe says that nobody has pressed Migrate yet: ${waitingWords(migration, name)} Then press *Check again*. Or press *Mark as resolved*, and ask again later.`;
  if (migration.method === 'hand-off' && reading.status === 'started')
    return `⏳ Adobe says that someone has pressed Migrate for ${name}. Check again in a few minutes. If it stays so, end it there and press *Mark as resolved*. ${HOW_TO_END}`;
  switch (reading.status) {
    case 'started':
      if (migration.step !== 'start')
        return `⚠️ Adobe says that ${name} is still Unfinished: it has both credentials. Nothing is sent again automatically. Press *Mark as resolved* to be able to finish or undo it again.`;
      return `⏳ Check again in a few minutes: Adobe says that ${name} is still running. If it stays so, end it there and press *Mark as resolved*. ${HOW_TO_END}`;
    case 'not_started':
      return `${check}: its state there is still not started. ${advice}`;
    default:
      return `${check}: according to its state there, the migration does not apply to it. ${advice}`;
  }
}

/** To the person who marked it as resolved. */
export function resolvedMessage({ shown }: Migration): Message {
  return textMessage(
    `☑️ ${nameCode(shown.name)} is marked as resolved. This sent nothing. From now on, it has the status that Adobe reports; if that is Eligible, run \`/qs-creds migrate\` to ask again.`,
  );
}

/** The press changed nothing, since this migration does not need attention: what happened instead. */
export function notNeededMessage(migration: Migration): Message {
  return textMessage(notNeededWords(migration));
}

function notNeededWords(migration: Migration): string {
  const name = nameCode(migration.shown.name);
  const at = migration.endedAt === null ? '' : ` ${dateTime(migration.endedAt)}`;
  if (waitsForPerson(migration)) return `👉 ${waitingWords(migration, name)} Your click changed nothing.`;
  switch (migration.state) {
    case 'migrated':
      return `✅ ${name} is migrated${at}. No action needed.`;
    case 'bound':
    case 'undone':
      return `${END_SENTENCES[migration.state](name)} No action needed here.`;
    case 'resolved':
      return `☑️ ${name} was marked as resolved${resolvedBy(migration)}${at}. Your click changed nothing.`;
    default:
      return `${name} does not need attention for this migration. Your click changed nothing. Run \`/qs-creds status NAME\` to see its status.`;
  }
}

export function noSuchMigrationMessage(): Message {
  return textMessage(UNKNOWN_MIGRATION);
}

/** " by @person" */
export function resolvedBy({ reason }: Migration): string {
  return reason?.code === 'resolved' ? ` by ${mention(reason.by)}` : '';
}
