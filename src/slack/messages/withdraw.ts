import type { Button } from '@slack/types';
import { ACTIVE_STATES, type Migration } from '../../migrations/migration.ts';
import { waitsForPerson } from '../../migrations/verdicts.ts';
import type { WithdrawResult } from '../../migrations/withdrawals.ts';
import { nameCode, namePlain } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { button, dialog, type Message, textMessage } from './blocks.ts';
import { capitalized } from './formatting.ts';
import { UNKNOWN_MIGRATION } from './terms.ts';
import { doingWords } from './two-steps.ts';

/** For a migration that waits in the queue. */
export function withdrawButton({ id, shown }: Migration): Button {
  return button('Withdraw', ACTIONS.withdraw, {
    value: id,
    confirm: dialog(
      'Withdraw it?',
      `${namePlain(shown.name)} can be withdrawn while nothing has been sent to Adobe. The queue goes on, and you can ask again.`,
      'Withdraw',
    ),
  });
}

/** To the person who pressed Withdraw. */
export function withdrawMessage(result: WithdrawResult): Message {
  if (result.kind === 'no_such_migration') return textMessage(UNKNOWN_MIGRATION);
  const { migration } = result;
  const { shown, state } = migration;
  const name = nameCode(shown.name);
  if (result.kind === 'withdrawn')
    return textMessage(
      `${capitalized(doingWords(migration, name))} is withdrawn. Nothing was sent to Adobe, and the queue goes on.`,
    );
  if (waitsForPerson(migration))
    return textMessage(
      `Too late: ${name} waits for a person to press Migrate in Adobe. Your click changed nothing. *Not now* in its message leaves it for now.`,
    );
  const what = ACTIVE_STATES.some((active) => active === state)
    ? `Too late: ${name} has been started, which cannot be cancelled. Its message shows its progress.`
    : `${name} is no longer in the queue. Its message says how it ended.`;
  return textMessage(`${what} Your click changed nothing.`);
}
