import { cancel, confirm, confirmProduction } from './confirm.ts';
import { homeRefresh } from './home.ts';
import { migrate, migrateNext, pick } from './migrate.ts';
import { checkAgain, resolve } from './needs-attention.ts';
import { historyNewer, historyOlder, listNext, listPrevious, listRefresh } from './pages.ts';
import type { Action } from './press.ts';
import { remindNow, review, snooze, takeOver } from './reminders.ts';

/** Every button and menu. A new one is an id in `slack/ids.ts`, a function, and a line here. */
export const actions: readonly Action[] = [
  migrate,
  migrateNext,
  pick,
  confirm,
  confirmProduction,
  cancel,
  checkAgain,
  resolve,
  listPrevious,
  listNext,
  listRefresh,
  historyNewer,
  historyOlder,
  review,
  snooze,
  takeOver,
  remindNow,
  homeRefresh,
];
