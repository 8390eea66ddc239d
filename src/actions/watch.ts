import { ACTIONS } from '../slack/ids.ts';
import { acknowledgedMessage } from '../slack/messages/watch.ts';
import type { Action } from './press.ts';

/** The button about a failure after a migration; a notice below the migration's message then says who pressed it. */
export const acknowledge: Action = {
  id: ACTIONS.acknowledge,
  wants: 'acknowledge',
  about: 'request',
  migratorsOnly: true,
  async run({ person, value, channel, reply, showHome }, services) {
    const result = await services.jobWatch.acknowledge(person, value);
    // In Home, the failure disappears, which is reply enough.
    if (channel === null) await showHome();
    if (channel !== null || result.kind !== 'acknowledged') await reply(acknowledgedMessage(result));
  },
};
