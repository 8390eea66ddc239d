import { ACTIONS } from '../slack/ids.ts';
import { withdrawMessage } from '../slack/messages/withdraw.ts';
import type { Action } from './press.ts';

/** The button of a migration that waits in the queue. `ProgressReporter` then updates its message for all to see. */
export const withdraw: Action = {
  id: ACTIONS.withdraw,
  wants: 'withdraw',
  about: 'request',
  migratorsOnly: true,
  async run({ person, value, reply }, { withdrawals }) {
    await reply(withdrawMessage(await withdrawals.withdraw(person, value)));
  },
};
