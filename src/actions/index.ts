import { cancel, confirm, confirmProduction } from './answering.ts';
import { migrate, migrateNext, pick } from './asking.ts';
import { checkAgain, resolve } from './attending.ts';
import { homeRefresh } from './home.ts';
import { historyNewer, historyOlder, listNext, listPrevious, listRefresh } from './paging.ts';
import type { Action } from './press.ts';
import { remindNow, review, snooze, takeOver } from './reminding.ts';

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
