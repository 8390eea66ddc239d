import { ACTOR_BOT } from '../audit/audit-entry.ts';
import { type Hold, heldReason, isBlockedByHold } from '../holds/hold.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { type Closing, type Migration, mayExplain, type Outcome } from './migration.ts';
import type { ConfirmationMessages, MigrationStore } from './ports.ts';

interface Parts {
  readonly migrations: MigrationStore;
  readonly messages: ConfirmationMessages;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Metrics hook, called once for each request that expired or became void. */
  readonly ended: (outcome: Outcome) => void;
}

/** Ends requests that no person decided: expired ones, and those that another migration has made void. */
export class PendingRequests {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Persists a request. What the same person had open about the same credential is void with it: of two questions, the
   * later one counts. False, without effect: the person has as many open requests as one may have.
   */
  async open(request: Migration): Promise<boolean> {
    const { migrations, messages, ended } = this.#parts;
    const replaced = await migrations.ask(request);
    for (const earlier of replaced ?? []) {
      ended('void');
      if (earlier.questionMessage !== null) await messages.close(earlier, null);
    }
    return replaced !== null;
  }

  /** Ends the requests not confirmed in time, and those that Adobe's state has superseded. */
  async expireOverdue(): Promise<void> {
    const { migrations, clock } = this.#parts;
    for (const request of await migrations.overdueRequests(clock.now()))
      await this.close(request, { to: 'expired', reason: null });
    // Polled: a process may die right after it has seen Adobe's state.
    await this.voidSuperseded();
  }

  /** Voids the requests about credentials that are no longer in the state from which they go on. */
  async voidSuperseded(): Promise<void> {
    const { migrations } = this.#parts;
    for (const request of await migrations.supersededRequests()) {
      const latest = await migrations.latestConfirmed(request.technicalAccountId);
      const isOurs =
        request.step === 'start'
          ? mayExplain(latest, 'started')
          : latest !== null && latest.step !== 'start' && latest.state !== 'failed';
      const code = isOurs ? 'answered_elsewhere' : 'elsewhere';
      await this.close(request, { to: 'void', reason: { code } });
    }
  }

  /** Voids the other requests about a credential once one was confirmed. Never throws: a press on one of them voids it, too. */
  async voidOthers({ id, technicalAccountId }: Migration): Promise<void> {
    const { migrations, logger } = this.#parts;
    try {
      for (const request of await migrations.pendingRequests(technicalAccountId))
        await this.close(request, { to: 'void', reason: { code: 'answered_elsewhere' } });
    } catch (err) {
      // An error must not say that nothing was started.
      logger.warn({ err, migration: id }, 'could not void the other requests');
    }
  }

  /** Voids the requests about a credential that is on hold now. */
  async voidHeld(technicalAccountId: string, hold: Hold): Promise<void> {
    for (const request of await this.#parts.migrations.pendingRequests(technicalAccountId)) {
      if (isBlockedByHold(request)) await this.close(request, { to: 'void', reason: heldReason(hold) });
    }
  }

  /** Returns the request as it is then. `withQuestion`: whether to close its question in Slack; otherwise the caller does. */
  async close(request: Migration, { to, reason }: Closing, { withQuestion = true } = {}): Promise<Migration> {
    const { migrations, messages, clock, ended } = this.#parts;
    const detail = reason === null ? null : { why: reason.code };
    const note = { at: clock.now(), actor: ACTOR_BOT, detail };
    const closed = await migrations.move(request.id, 'asked', to, { reason }, note);
    if (closed === null) return (await migrations.get(request.id)) ?? request;
    ended(to);
    if (withQuestion) await messages.close(closed, null);
    return closed;
  }
}
