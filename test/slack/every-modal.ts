import type { ModalView } from '@slack/types';
import { pickerOption } from '../../src/slack/messages/picker.ts';
import { closedQuestion } from '../../src/slack/messages/question.ts';
import {
  declineModal,
  productionModal,
  questionModal,
  resultModal,
  wrongNameError,
} from '../../src/slack/messages/question-modal.ts';
import { impactOf } from '../../src/usage/impact.ts';
import { everyAssignModal } from './every-assign.ts';
import { everyHoldModal } from './every-hold.ts';
import { STEPS } from './every-message.ts';
import { everyImpactChange, maybeInProduction } from './every-question.ts';
import { confirmed, credential, credentials, ends, migration, NOW, type Outside, usages } from './samples.ts';

const PRESS_URL = `https://hooks.slack.com/actions/T0/${'1'.repeat(200)}/abc`;

/** Every modal of the app, by its builder. */
export function everyModal(outside: Outside): Record<string, readonly ModalView[]> {
  const eighty = { ...outside, text: `${outside.text.slice(0, 40)}${'n'.repeat(80)}`.slice(0, 80) };
  const requests = (each: Outside) => [
    migration(each),
    migration(each, { isDryRun: true }),
    maybeInProduction(each),
    ...STEPS.map((methodStep) => ({ ...migration(each), ...methodStep })),
    ...usages(each).map((usage) => ({
      ...migration(each),
      impact: impactOf({ sandboxes: each.sandboxes, usage }, NOW),
    })),
  ];
  return {
    ...everyHoldModal(outside),
    ...everyAssignModal(outside),
    productionModal: [outside, eighty].flatMap((each) =>
      requests(each).flatMap((request) =>
        [null, ...everyImpactChange(outside)].map((change) =>
          productionModal(request, { id: request.id, responseUrl: PRESS_URL }, change),
        ),
      ),
    ),
    questionModal: [outside, eighty].flatMap((each) =>
      [true, false].flatMap((isReading) =>
        requests(each).flatMap((request) =>
          [null, ...everyImpactChange(outside)].map((change) =>
            questionModal(request, credential(each), { isReading, change }),
          ),
        ),
      ),
    ),
    declineModal: requests(outside).map((request) => declineModal(request, PRESS_URL)),
    resultModal: [confirmed(outside), ...ends(outside)].map((end) => resultModal(closedQuestion(end))),
  };
}

/** Every plain text that is not a message itself, by its builder. */
export function everyPlainText(outside: Outside) {
  return {
    pickerOption: [true, false].flatMap((isAlike, of) =>
      credentials(outside).map((each, i) => ({ ...pickerOption(each, NOW, { isAlike }), value: `${of} ${i}` })),
    ),
    wrongNameError: [wrongNameError(migration(outside))],
  };
}
