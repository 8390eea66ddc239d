import { touchesProduction } from '../../src/credentials/credential.ts';
import { confirmationPhrase } from '../../src/migrations/confirmation-phrase.ts';
import type { Migration } from '../../src/migrations/migration.ts';
import type { SimulatedProcess } from './schedule.ts';

/** A button that somebody pressed. Times in milliseconds since 1970. */
export interface Press {
  readonly what: 'confirm' | 'cancel' | 'check again' | 'resolve';
  readonly by: string;
  readonly id: string;
  readonly at: number;
  /** What was typed with it, where production asks for its name. */
  readonly typed: string | null;
}

/** A reminder, or a digest, that Slack took. */
export interface SentReminder {
  readonly batch: string;
  readonly recipient: string;
  readonly at: number;
  readonly by: SimulatedProcess;
  /** Slack's answer never came. */
  readonly isResponseLost: boolean;
  /** Whether the bot wrote down that it was sent, and how often it could not. */
  isMarked: boolean;
  failedMarks: number;
}

/** What really happened, written down by the world itself: the bot's own story is compared with it. */
export class Ledger {
  readonly presses: Press[] = [];
  readonly reminders: SentReminder[] = [];
  /** Questions that somebody can see, and whom they were asked to. */
  readonly requests: { readonly id: string; readonly askedBy: string; readonly phrase: string | null }[] = [];
  isSynced = false;
  /** Presses and commands that were answered with a refusal. */
  denials = 0;
  /** Errors that nothing simulated explains. */
  readonly unexpectedErrors: string[] = [];
  readonly #claims = new Map<SimulatedProcess, Map<string, string>>();
  readonly #now: () => number;

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Somebody can see this question from now on. */
  addRequest(question: Migration): void {
    const { id, askedBy } = question;
    if (this.requests.some((each) => each.id === id)) return;
    const phrase = touchesProduction(question.shown) ? confirmationPhrase(question) : null;
    this.requests.push({ id, askedBy, phrase });
  }

  /** As a wire's witness. */
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
      if (sent !== undefined) sent.isMarked = true;
    }
    if (call === 'ModelSlack.remindOwner') this.#sent(process, `${first}`, result, isLost);
    if (call === 'ModelSlack.postDigest' || call === 'ModelSlack.postAllDone') {
      this.#sent(process, 'digest', result, isLost);
    }
  };

  /** As a wire's `failed`. */
  readonly failed = (process: SimulatedProcess, call: string, [batch, recipient]: readonly unknown[]): void => {
    const sent = call === 'SqlReminderStore.close' ? this.#latest(process, batch, recipient) : undefined;
    if (sent !== undefined) sent.failedMarks++;
  };

  #sent(by: SimulatedProcess, recipient: string, result: unknown, isResponseLost: boolean): void {
    const isSent = typeof result === 'object' && result !== null && 'kind' in result && result.kind === 'sent';
    if (!isSent) return;
    const batch = this.#claims.get(by)?.get(recipient) ?? 'unclaimed';
    this.reminders.push({ batch, recipient, at: this.#now(), by, isResponseLost, isMarked: false, failedMarks: 0 });
  }

  #latest(by: SimulatedProcess, batch: unknown, recipient: unknown): SentReminder | undefined {
    return this.reminders.findLast((each) => each.by === by && each.batch === batch && each.recipient === recipient);
  }
}
