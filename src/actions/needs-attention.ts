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

/** The buttons of a migration that needs attention. `ProgressReporter` then updates its message for all to see. */

export const checkAgain: Action = {
  id: ACTIONS.checkAgain,
  wants: 'check again',
  about: 'request',
  migratorsOnly: true,
  async run({ person, value, reply }, { manualResolution }) {
    await reply(checkReply(await manualResolution.checkAgain(person, value)));
  },
};

export const resolve: Action = {
  id: ACTIONS.resolve,
  wants: 'mark as resolved',
  about: 'request',
  migratorsOnly: true,
  async run({ person, value, reply }, { manualResolution }) {
    const result = await manualResolution.resolve(person, value);
    await reply(result.kind === 'resolved' ? resolvedMessage(result.migration) : checkReply(result));
  },
};

function checkReply(result: Checked | NotNeeded): Message {
  switch (result.kind) {
    case 'checked':
      return checkedMessage(result.migration, result.reading);
    case 'not_needed':
      return notNeededMessage(result.migration);
    case 'no_such_migration':
      return noSuchMigrationMessage();
  }
}
