import { confirmationPhrase } from '../../src/migrations/confirmation-phrase.ts';
import type { Migration } from '../../src/migrations/migration.ts';
import type { SimulatedProcess } from './schedule.ts';

/** A button that a person pressed. Times in milliseconds since 1970. */
export interface Press {
  readonly what:
    | 'confirm'
    | 'cancel'
    | 'check again'
    | 'resolve'
    | 'undo'
    | 'withdraw'
    | 'not now'
    | 'finish in Adobe'
    | 'hold'
    | 'end a hold';
  readonly by: string;
  /** The id of the request; for undoing, holding and ending a hold, that of the credential. */
  readonly id: string;
  readonly at: number;
  /** The name that was typed, where production requires it. */
  readonly typed: string | null;
}

/** A reminder or a digest that Slack accepted. */
export interface SentReminder {
  readonly round: string;
  readonly recipient: string;
  readonly at: number;
  readonly by: SimulatedProcess;
  /** Whether Slack's response never arrived. */
  readonly isResponseLost: boolean;
  /** When the bot recorded that it was sent, and how often recording failed. */
  markedAt: number | null;
  failedMarks: number;
}

/** What really happened, recorded by the world itself; the invariants compare the bot's own records with it. */
export class Ledger {
  readonly presses: Press[] = [];
  readonly reminders: SentReminder[] = [];
  /** Questions that people can see. `phrase`: what must be typed to confirm; null: nothing. */
  readonly requests: {
    readonly id: string;
    readonly askedBy: string;
    readonly phrase: string | null;
    readonly technicalAccountId: string;
  }[] = [];
  /** Whether a sync has ended, so that there is something to migrate. */
  isSynced = false;
  /** Presses and slash commands that were denied. */
  denials = 0;
  /** Errors that no injected fault explains. */
  readonly unexpectedErrors: string[] = [];
  readonly #claims = new Map<SimulatedProcess, Map<string, string>>();
  readonly #now: () => number;

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Call it as soon as people can see the question. */
  addRequest(request: Migration): void {
    const { id, askedBy, technicalAccountId } = request;
    if (this.requests.some((each) => each.id === id)) return;
    const phrase = request.shown.production.length > 0 ? confirmationPhrase(request) : null;
    this.requests.push({ id, askedBy, phrase, technicalAccountId });
  }

  /** Records a call that took effect; see `Observer`. */
  readonly observe = (
    process: SimulatedProcess,
    call: string,
    args: readonly unknown[],
    result: unknown,
    isLost: boolean,
  ): void => {
    const [first, second] = args;
    if (call === 'SqlSyncStore.noteSync') this.isSynced = true;
    if (call === 'SqlReminderStore.claim' && result === 'claimed') {
      const claims = this.#claims.get(process) ?? new Map<string, string>();
      this.#claims.set(process, claims.set(`${second}`, `${first}`));
    }
    if (call === 'ModelSlack.post' && result !== null) this.addRequest(first as Migration);
    if (call === 'SqlReminderStore.close') {
      const sent = this.#latest(process, first, second);
      if (sent !== undefined) sent.markedAt ??= this.#now();
    }
    if (call === 'ModelSlack.remindOwner') this.#addReminder(process, `${first}`, result, isLost);
    if (call === 'ModelSlack.postDigest' || call === 'ModelSlack.postAllDone') {
      this.#addReminder(process, 'digest', result, isLost);
    }
  };

  /** Records a call that failed without effect. */
  readonly observeFailure = (process: SimulatedProcess, call: string, [round, recipient]: readonly unknown[]): void => {
    const sent = call === 'SqlReminderStore.close' ? this.#latest(process, round, recipient) : undefined;
    if (sent !== undefined) sent.failedMarks++;
  };

  #addReminder(by: SimulatedProcess, recipient: string, result: unknown, isResponseLost: boolean): void {
    const isSent = typeof result === 'object' && result !== null && 'kind' in result && result.kind === 'sent';
    if (!isSent) return;
    this.reminders.push({
      round: this.#claims.get(by)?.get(recipient) ?? UNCLAIMED,
      recipient,
      at: this.#now(),
      by,
      isResponseLost,
      markedAt: null,
      failedMarks: 0,
    });
  }

  #latest(by: SimulatedProcess, round: unknown, recipient: unknown): SentReminder | undefined {
    return this.reminders.findLast((each) => each.by === by && each.round === round && each.recipient === recipient);
  }
}

/** The round of a reminder that was sent without a claim. */
export const UNCLAIMED = 'unclaimed';
