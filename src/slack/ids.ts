/** Every id that Slack and the app exchange. The manifest and the registrations have to use the same ones. */

export const COMMAND = '/qs-creds';

/** Buttons and menus, by what they do. A button's value says what it acts on. */
export const ACTIONS = {
  /** Asks to migrate a credential; value: its technical account id. */
  migrate: 'migrate',
  /** Asks to migrate the next eligible credential. */
  migrateNext: 'migrate_next',
  /** Asks to finish an Unfinished migration; value: the technical account id. */
  finish: 'finish',
  /** Undoes an Unfinished migration; value: the technical account id. */
  undo: 'undo',
  /** Confirms a request; value: its id. */
  confirm: 'confirm',
  /** Opens the modal in which the name of a production credential is typed; value: the request's id. */
  confirmProduction: 'confirm_production',
  /** Opens the modal in which a second person says why not; value: the request's id. */
  decline: 'decline',
  /** Cancels a request; value: its id. */
  cancel: 'cancel',
  /** Takes a confirmed migration out of the queue; value: its id. */
  withdraw: 'withdraw',
  /** Ends a hand-off for which nobody has pressed Migrate; value: the migration's id. */
  notNow: 'not_now',
  /** Continues as a hand-off after Adobe refused the start; value: the migration's id. */
  finishInAdobe: 'finish_in_adobe',
  /** Reads Adobe's state of a migration that needs attention; value: the migration's id. */
  checkAgain: 'check_again',
  /** Records that a person has dealt with a migration in Adobe; value: the migration's id. */
  resolve: 'mark_resolved',
  /** A credential chosen from the searchable picker. */
  pick: 'pick_credential',
  /** Show the status or the history of the credential chosen among several; value: its technical account id. */
  showStatus: 'show_status',
  showHistory: 'show_history',
  /** Shows another page of the list; value: a `ListView`. */
  listPrevious: 'list_previous',
  listNext: 'list_next',
  /** Reads Adobe again and refreshes the list; value: a `ListView`. */
  listRefresh: 'list_refresh',
  /** Shows the list with another filter; value: a `ListView`. */
  listShow: 'list_show',
  /** Shows another page of the history; value: a `HistoryView`. */
  historyNewer: 'history_newer',
  historyOlder: 'history_older',
  /** Shows the list only to the person who presses; value: a `ListView`. */
  review: 'review',
  /** The overflow menu of a reminder; value: one of `REMINDER_MORE`. */
  reminderMore: 'reminder_more',
  /** Ends the person's own snooze. */
  endSnooze: 'end_snooze',
  /** Opens the modal of a hold; value: the technical account id, or `mine` to choose one in the modal. */
  hold: 'hold',
  /** Opens the modal in which an owner asks for a migration. */
  ownerAsk: 'ask_for_migration',
  /** Ends the person's own hold, or a hold on their own credential; value: the technical account id. */
  endHold: 'end_hold',
  /** Opens the modal for the reason to end somebody else's hold; value: the technical account id. */
  overrideHold: 'override_hold',
  /** Opens the modal in which a migrator chooses who gets an owner's reminders; value: an `AssignTarget`. */
  assign: 'assign',
  /** Ends the person's own assignment; value: its id. */
  giveBack: 'give_back',
  /** Acknowledges that jobs failed after a migration; value: the migration's id. */
  acknowledge: 'acknowledge_failure',
  /** Sends reminders now; value: the round's id, used once. */
  remindNow: 'remind_now',
  /** Reads Adobe again and refreshes the Home. */
  homeRefresh: 'home_refresh',
} as const;

/** Choices in a reminder's overflow menu: snooze until the next one, or say which credentials are not one's own. */
export const REMINDER_MORE = { snooze: 'snooze', notMine: 'not_mine' } as const;

/** Buttons that only open a page. */
export const LINKS = { openAdobe: 'open_adobe' } as const;

/** Modals, by the `callback_id` their submission carries. */
export const VIEWS = {
  production: 'production_confirmation',
  /** The whole question, opened from the Home. */
  question: 'migration_question',
  hold: 'hold_form',
  overrideHold: 'override_hold_form',
  ownerAsk: 'ask_for_migration_form',
  notMine: 'not_mine_form',
  assign: 'assign_form',
  decline: 'decline_form',
} as const;

/** The text field for the name in the production modal. */
export const TYPED_NAME = { block: 'typed_name', action: 'name' } as const;

/** The field for the person in the modal of an assignment. */
export const ASSIGN_FIELD = { block: 'assigned_person', action: 'person' } as const;

/** The fields of the modal in which an owner says what is not theirs. */
export const NOT_MINE_FIELDS = {
  credentials: { block: 'not_mine_credentials', action: 'credentials' },
  note: { block: 'not_mine_note', action: 'note' },
} as const;

/** The fields of the modals of holds. */
export const HOLD_FIELDS = {
  credential: { block: 'held_credential', action: 'credential' },
  reason: { block: 'hold_reason', action: 'reason' },
  lastDay: { block: 'hold_last_day', action: 'day' },
} as const;
