/** Keeps a credential from being migrated until a day has passed. */
export interface Hold {
  /** Who set it, as a Slack user id. */
  readonly by: string;
  readonly at: Date;
  /** In the person's own words: text from outside. */
  readonly reason: string;
  /** The last day of the hold, `YYYY-MM-DD`, in the time zone of the reminders. */
  readonly lastDay: string;
}

/** What a person enters. */
export type HoldInput = Pick<Hold, 'reason' | 'lastDay'>;

/** The longest reason. Characters. */
export const MAX_REASON = 200;

/** Whether a hold blocks this step of a migration: it does not block undoing one. */
export function isBlockedByHold({ step }: { readonly step: string }): boolean {
  return step !== 'cancel';
}

/** The reason recorded when a hold keeps a migration from being started. */
export function heldReason({ by, lastDay, reason: words }: Hold) {
  return { code: 'held', by, lastDay, words } as const;
}
