import type { Checked, NotNeeded } from '../migrations/manual-resolution.ts';
import { ACTIONS } from '../slack/ids.ts';
import type { Message } from '../slack/messages/blocks.ts';
import {
  checkedMessage,
  noSuchMigrationMessage,
  notNeededMessage,
  resolvedMessage,
} from '../slack/messages/needs-attention.ts';
import type { Action } from './press.ts';

/** The buttons of a migration that needs attention. Its message is brought up to date by the reporter, for all to see. */

export const checkAgain: Action = {
  id: ACTIONS.checkAgain,
  async run({ caller, value, reply }, { manualResolution }) {
    const checked = await manualResolution.checkAgain(caller, value);
    await reply(said(checked));
  },
};

export const resolve: Action = {
  id: ACTIONS.resolve,
  async run({ caller, value, reply }, { manualResolution }) {
    const resolved = await manualResolution.resolve(caller, value);
    await reply(resolved.kind === 'resolved' ? resolvedMessage(resolved.migration) : said(resolved));
  },
};

function said(answer: Checked | NotNeeded): Message {
  switch (answer.kind) {
    case 'checked':
      return checkedMessage(answer.migration, answer.reading);
    case 'not_needed':
      return notNeededMessage(answer.migration);
    case 'no_such_migration':
      return noSuchMigrationMessage();
  }
}
