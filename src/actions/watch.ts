import { ACTIONS } from '../slack/ids.ts';
import { acknowledgedMessage } from '../slack/messages/watch.ts';
import type { Action } from './press.ts';

/** The button about what has failed since a migration; who pressed is then said below the migration's message. */
export const acknowledge: Action = {
  id: ACTIONS.acknowledge,
  wants: 'acknowledge',
  about: 'request',
  migratorsOnly: true,
  async run({ person, value, channel, reply, showHome }, services) {
    const result = await services.watching.acknowledge(person, value);
    // In the Home, that it is gone says it all.
    if (channel === null) await showHome();
    if (channel !== null || result.kind !== 'acknowledged') await reply(acknowledgedMessage(result));
  },
};
