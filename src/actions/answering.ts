import type { NotAnswered } from '../services/questions.ts';
import { ACTIONS } from '../slack/ids.ts';
import { noSuchQuestionMessage } from '../slack/views/answers.ts';
import { closedQuestion, productionModal } from '../slack/views/question.ts';
import type { Action, Press } from './press.ts';

/** The buttons of a question. */

export const confirm: Action = {
  id: ACTIONS.confirm,
  async run(press, { questions, hurry }) {
    const { caller, value, responseUrl } = press;
    const answered = await questions.confirm(caller, value, { typed: null, pressUrl: responseUrl });
    if (answered.kind === 'confirmed') hurry();
    else await sayTooLate(press, answered);
  },
};

export const confirmProduction: Action = {
  id: ACTIONS.confirmProduction,
  async run(press, { questions }, views) {
    const opened = await questions.open(press.caller, press.value);
    if (opened.kind !== 'open') return sayTooLate(press, opened);
    const state = { id: press.value, pressUrl: press.responseUrl };
    await views.openModal(press.triggerId, productionModal(opened.question, state));
  },
};

export const cancel: Action = {
  id: ACTIONS.cancel,
  async run(press, { questions }) {
    const question = await questions.cancel(press.caller, press.value, press.responseUrl);
    if (question === null) await sayTooLate(press, { kind: 'no_such_question' });
    else if (question.state !== 'cancelled' || question.decidedBy !== press.caller.userId) {
      await sayTooLate(press, { kind: 'too_late', migration: question });
    }
  },
};

/** Nothing happened by a press: says why, in the place of the question where only the presser sees it. */
export async function sayTooLate(
  press: Pick<Press, 'reply' | 'replace'>,
  answered: NotAnswered,
): Promise<void> {
  if (answered.kind === 'no_such_question') return press.reply(noSuchQuestionMessage());
  const { migration } = answered;
  const say = migration.question === null ? press.replace : press.reply;
  await say(closedQuestion(migration));
}
