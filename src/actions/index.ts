import type { App } from '@slack/bolt';
import { assign, giveBack, registerAssignModal } from './assign.ts';
import { registerButtons } from './buttons.ts';
import { showHistory, showStatus } from './choose.ts';
import { cancel, confirm } from './confirm.ts';
import { decline, registerDeclineModal } from './decline.ts';
import { finishInAdobe, notNow, registerLinks } from './hand-off.ts';
import { endHold, hold, overrideHold, registerHoldModals } from './hold.ts';
import { homeRefresh, registerHome } from './home.ts';
import { migrate, migrateNext, pick, registerPickerOptions } from './migrate.ts';
import { checkAgain, resolve } from './needs-attention.ts';
import { registerNotMineModal } from './not-mine.ts';
import { ownerAsk, registerOwnerAskModal } from './owner-ask.ts';
import { historyNewer, historyOlder, listNext, listPrevious, listRefresh, listShow, review } from './pages.ts';
import type { Action, ListenerParts } from './press.ts';
import { confirmProduction, registerProductionModal } from './production.ts';
import { registerQuestionModal } from './question-modal.ts';
import { endSnooze, reminderMore, remindNow } from './reminders.ts';
import { finish, undo } from './two-steps.ts';
import { acknowledge } from './watch.ts';
import { withdraw } from './withdraw.ts';

/** Every button and menu. A new one is an id in `slack/ids.ts`, a function, and a line here. */
export const actions: readonly Action[] = [
  migrate,
  migrateNext,
  pick,
  showStatus,
  showHistory,
  confirm,
  confirmProduction,
  decline,
  cancel,
  finish,
  undo,
  withdraw,
  notNow,
  finishInAdobe,
  checkAgain,
  resolve,
  listPrevious,
  listNext,
  listRefresh,
  listShow,
  historyNewer,
  historyOlder,
  review,
  reminderMore,
  endSnooze,
  hold,
  ownerAsk,
  endHold,
  overrideHold,
  assign,
  giveBack,
  acknowledge,
  remindNow,
  homeRefresh,
];

/** Registers everything that people use besides the slash command. */
export function registerActions(app: App, listening: ListenerParts): void {
  registerButtons(app, actions, listening);
  registerLinks(app);
  registerPickerOptions(app, listening);
  registerProductionModal(app, listening);
  registerQuestionModal(app, listening);
  registerDeclineModal(app, listening);
  registerHoldModals(app, listening);
  registerOwnerAskModal(app, listening);
  registerNotMineModal(app, listening);
  registerAssignModal(app, listening);
  registerHome(app, listening);
}
