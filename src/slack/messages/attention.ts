import type { Button } from '@slack/types';
import type { StatusReading } from '../../credentials/adobe-reader.ts';
import type { Migration } from '../../migrations/migration.ts';
import { dateTime, mention, nameCode, namePlain } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { button, type Message, message, plainText } from './blocks.ts';
import { problemWords } from './words.ts';

/** What a migrator may do about a migration that needs attention. */
export function attentionButtons({ id, shown }: Migration): Button[] {
  return [
    button('Check again', ACTIONS.checkAgain, { value: id, style: 'primary' }),
    button('Mark as resolved', ACTIONS.resolve, {
      value: id,
      confirm: {
        title: plainText('Dealt with in Adobe?'),
        text: plainText(
          `${namePlain(shown.name)}: only if you looked at it in Adobe and nothing is under way there. Nothing is sent by this; it may be asked about again.`,
        ),
        confirm: plainText('Mark as resolved'),
        deny: plainText('Not now'),
      },
    }),
  ];
}

/** What Adobe says now, to whoever checked again. */
export function checkedMessage({ shown }: Migration, reading: StatusReading): Message {
  const name = nameCode(shown.name);
  if ('problem' in reading) {
    const { what, fix } = problemWords(reading.problem);
    return message([`⚠️ ${name} still needs attention: its state cannot be read. ${what}. ${fix}`]);
  }
  const look = `⚠️ Look at ${name} in Adobe's Credentials tab`;
  const then =
    'Nothing is sent again by itself; once you are sure that nothing is under way there, press *Mark as resolved*.';
  switch (reading.status) {
    case 'completed':
      return message([`✅ Adobe says that ${name} is migrated. Its message says so in a moment.`]);
    case 'started':
      return message([`🔄 Check again in a few minutes: Adobe says that ${name} is still running.`]);
    case 'not_started':
      return message([`${look}: its state there is still not started. ${then}`]);
    default:
      return message([`${look}: its state there says that a migration does not apply to it. ${then}`]);
  }
}

/** To whoever marked it as resolved. */
export function resolvedMessage({ shown }: Migration): Message {
  return message([
    `☑️ ${nameCode(shown.name)} is marked as resolved. Nothing was sent by this. From now on its status is what Adobe says; where that is Eligible, \`/qs-creds migrate\` asks again.`,
  ]);
}

/** Nothing happened by a press, since it does not need attention: what happened instead. */
export function notNeededMessage(migration: Migration): Message {
  const name = nameCode(migration.shown.name);
  switch (migration.state) {
    case 'migrated':
      return message([`✅ ${name} is migrated${endedAt(migration)}. Nothing has to be done.`]);
    case 'resolved':
      return message([
        `☑️ ${name} was marked as resolved${resolvedBy(migration)}${endedAt(migration)}. Nothing was changed by you.`,
      ]);
    default:
      return message([
        `${name} does not need attention by this migration. Nothing was changed by you; \`/qs-creds status\` tells where it stands.`,
      ]);
  }
}

export function noSuchMigrationMessage(): Message {
  return message([
    'This migration is not known here. Nothing was changed; `/qs-creds list` shows where everything stands.',
  ]);
}

/** " by @somebody" */
export function resolvedBy({ reason }: Migration): string {
  return reason?.code === 'resolved' ? ` by ${mention(reason.by)}` : '';
}

function endedAt({ endedAt: at }: Migration): string {
  return at === null ? '' : ` ${dateTime(at)}`;
}
