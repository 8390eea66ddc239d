import type { NotConfirmed } from '../migrations/confirmations.ts';
import { ACTIONS } from '../slack/ids.ts';
import { closedQuestion, noSuchQuestionMessage, productionModal } from '../slack/messages/question.ts';
import type { Action, Press } from './press.ts';

/** The buttons of a question. */

export const confirm: Action = {
  id: ACTIONS.confirm,
  async run(press, { confirmations }) {
    const { caller, value, responseUrl } = press;
    const answered = await confirmations.confirm(caller, value, { typed: null, responseUrl });
    if (answered.kind !== 'confirmed') await sayTooLate(press, answered);
  },
};

export const confirmProduction: Action = {
  id: ACTIONS.confirmProduction,
  async run(press, { confirmations }, views) {
    const opened = await confirmations.open(press.caller, press.value);
    if (opened.kind !== 'open') return sayTooLate(press, opened);
    const state = { id: press.value, responseUrl: press.responseUrl };
    await views.openModal(press.triggerId, productionModal(opened.question, state));
  },
};

export const cancel: Action = {
  id: ACTIONS.cancel,
  async run(press, { confirmations }) {
    const question = await confirmations.cancel(press.caller, press.value, press.responseUrl);
    if (question === null) await sayTooLate(press, { kind: 'no_such_question' });
    else if (question.state !== 'cancelled' || question.decidedBy !== press.caller.userId) {
      await sayTooLate(press, { kind: 'too_late', migration: question });
    }
  },
};

/** Nothing happened by a press: says why, in the place of the question where only the presser sees it. */
export async function sayTooLate(
  press: Pick<Press, 'reply' | 'replace'>,
  answered: NotConfirmed,
): Promise<void> {
  if (answered.kind === 'no_such_question') return press.reply(noSuchQuestionMessage());
  const { migration } = answered;
  const say = migration.questionMessage === null ? press.replace : press.reply;
  await say(closedQuestion(migration));
}
