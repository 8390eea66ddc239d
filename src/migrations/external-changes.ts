import { ACTOR_BOT, type AuditEntry } from '../audit/audit-entry.ts';
import type { AdobeWatcher, StatusChange } from '../credentials/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { yieldToEventLoop } from '../lib/event-loop.ts';
import { mayExplain } from './migration.ts';
import type { PendingRequests } from './pending-requests.ts';
import type { MigrationStore } from './ports.ts';

interface Parts {
  readonly migrations: Pick<MigrationStore, 'latestConfirmed'>;
  readonly requests: Pick<PendingRequests, 'voidSuperseded'>;
  readonly clock: Clock;
}

/** Lookups after which the event loop has a turn, which SQLite gives it at none of them: Adobe may convert thousands at once. */
const TURN_AFTER = 100;

/** Records the migrations that a sync finds were started or completed outside qs-creds. */
export class ExternalChanges implements AdobeWatcher {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async externalChanges(moved: readonly StatusChange[]): Promise<AuditEntry[]> {
    const { migrations, clock } = this.#parts;
    const entries: AuditEntry[] = [];
    for (const [i, { technicalAccountId, adobeStatus }] of moved.entries()) {
      if (i % TURN_AFTER === TURN_AFTER - 1) await yieldToEventLoop();
      const status = adobeStatus === 'completed' ? adobeStatus : 'started';
      if (mayExplain(await migrations.latestConfirmed(technicalAccountId), status)) continue;
      entries.push({
        at: clock.now(),
        actor: ACTOR_BOT,
        action: status === 'completed' ? 'migrated_outside' : 'started_outside',
        technicalAccountId,
        migrationId: null,
        detail: null,
      });
    }
    return entries;
  }

  async voidSuperseded(): Promise<void> {
    await this.#parts.requests.voidSuperseded();
  }
}
