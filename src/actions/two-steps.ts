import { linkFor } from '../migrations/message-link.ts';
import { hasTwoSteps } from '../migrations/steps.ts';
import { ACTIONS } from '../slack/ids.ts';
import { goneMessage, tooManyOpenMessage } from '../slack/messages/ask-replies.ts';
import { closedQuestion } from '../slack/messages/question.ts';
import { nothingToEndMessage, undoingMessage } from '../slack/messages/two-steps.ts';
import type { Action } from './press.ts';
import { askWherePressed } from './question-modal.ts';

/** The buttons of an Unfinished migration. */

export const finish: Action = {
  id: ACTIONS.finish,
  wants: 'finish',
  about: 'credential',
  migratorsOnly: true,
  run: (press, services, views) => askWherePressed(press, services, views, press.value, 'finish'),
};

export const undo: Action = {
  id: ACTIONS.undo,
  wants: 'undo',
  about: 'credential',
  migratorsOnly: true,
  async run(press, services) {
    const { person, value, channel, reply } = press;
    const result = await services.undo.undo(person, value, channel ?? person.id);
    switch (result.kind) {
      case 'confirmed':
        return reply(result.migration.isDryRun ? closedQuestion(result.migration) : undoingMessage(result.migration));
      case 'not_possible':
        return reply(
          nothingToEndMessage(result.credential, result.active, {
            mayEnd: hasTwoSteps(services.settings.migration.method),
            link: linkFor(result.active, press),
          }),
        );
      case 'too_many':
        return reply(tooManyOpenMessage());
      case 'gone':
        return reply(goneMessage());
    }
  },
};
