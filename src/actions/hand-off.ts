import type { App } from '@slack/bolt';
import { ACTIONS, LINKS } from '../slack/ids.ts';
import { finishInAdobeMessage, notNowMessage } from '../slack/messages/hand-off.ts';
import type { Action } from './press.ts';

/** The buttons of a migration that a person completes in Adobe. `ProgressReporter` then updates its message for all to see. */

export const notNow: Action = {
  id: ACTIONS.notNow,
  wants: 'not now',
  about: 'request',
  migratorsOnly: true,
  async run({ person, value, reply }, { handOffs }) {
    await reply(notNowMessage(await handOffs.notNow(person, value)));
  },
};

export const finishInAdobe: Action = {
  id: ACTIONS.finishInAdobe,
  wants: 'finish in Adobe',
  about: 'request',
  migratorsOnly: true,
  async run({ person, value, reply }, { handOffs }) {
    await reply(finishInAdobeMessage(await handOffs.finishInAdobe(person, value)));
  },
};

/** Registers the buttons that only open a page: Slack reports each press, which has to be acknowledged and means nothing. */
export function registerLinks(app: App): void {
  for (const id of Object.values(LINKS)) app.action(id, async ({ ack }) => ack());
}
