/** A credential is not to be migrated before a day has passed. */
export interface Hold {
  /** Who set it, as a Slack user id. */
  readonly by: string;
  readonly at: Date;
  /** In the person's own words: text from outside. */
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD`, where days are counted. */
  readonly lastDay: string;
}

/** What a person enters. */
export type HoldInput = Pick<Hold, 'reason' | 'lastDay'>;

/** The longest reason. Characters. */
export const MAX_REASON = 200;

/** Whether a hold on the credential is about this step of a migration: going back is not. */
export function mayHoldBack({ step }: { readonly step: string }): boolean {
  return step !== 'cancel';
}

/** Why nothing is started. */
export function heldReason({ by, lastDay, reason: words }: Hold) {
  return { code: 'held', by, lastDay, words } as const;
}
