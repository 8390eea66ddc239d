/** Every id that Slack and the app exchange. The manifest and the registrations must know the same ones. */

export const COMMAND = '/qs-creds';

/** Buttons and menus, by what they do. A button's value says to what. */
export const ACTIONS = {
  /** Asks to migrate a credential; value: its technical account id. */
  migrate: 'migrate',
  /** Asks to migrate the next eligible credential. */
  migrateNext: 'migrate_next',
  /** Says yes to a question; value: its id. */
  confirm: 'confirm',
  /** Opens the modal in which the name of a production credential is typed; value: the question's id. */
  confirmProduction: 'confirm_production',
  /** Withdraws a question; value: its id. */
  cancel: 'cancel',
  /** Reads Adobe's state of a migration that needs attention; value: the migration's id. */
  checkAgain: 'check_again',
  /** Takes a person's word that it is dealt with in Adobe; value: the migration's id. */
  resolve: 'mark_resolved',
  /** A credential chosen from the searchable picker. */
  pick: 'pick_credential',
  /** Turns the list's pages; value: a `ListView`. */
  listPrevious: 'list_previous',
  listNext: 'list_next',
  /** Reads Adobe again and shows the list anew; value: a `ListView`. */
  listRefresh: 'list_refresh',
  /** Turns the history's pages; value: a `HistoryView`. */
  historyNewer: 'history_newer',
  historyOlder: 'history_older',
  /** Opens the list for the presser alone; value: a `ListView`. */
  review: 'review',
  /** An owner asks to be left alone until the next window. */
  snooze: 'snooze',
  /** A migrator becomes the reminded person; value: technical account id. */
  takeOver: 'take_over',
  /** Sends reminders now; value: the round's id, used once. */
  remindNow: 'remind_now',
  /** Reads Adobe again and shows the Home anew. */
  homeRefresh: 'home_refresh',
} as const;

/** Modals, by the `callback_id` their submission carries. */
export const VIEWS = {
  production: 'production_confirmation',
} as const;

/** Where the typed name stands in the production modal. */
export const TYPED_NAME = { block: 'typed_name', action: 'name' } as const;
