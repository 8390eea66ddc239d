import { ACTOR_BOT, type AuditEntry } from '../audit/audit-entry.ts';
import type { AdobeWatcher, Moved } from '../credentials/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { mayExplain } from './migration.ts';
import type { PendingRequests } from './pending-requests.ts';
import type { MigrationStore } from './ports.ts';

interface Parts {
  readonly migrations: Pick<MigrationStore, 'latestConfirmed'>;
  readonly requests: Pick<PendingRequests, 'voidSuperseded'>;
  readonly clock: Clock;
}

/** Records the migrations that a sync finds were started or completed outside qs-creds. */
export class ExternalChanges implements AdobeWatcher {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async externalChanges(moved: readonly Moved[]): Promise<AuditEntry[]> {
    const { migrations, clock } = this.#parts;
    const entries: AuditEntry[] = [];
    for (const { technicalAccountId, adobeStatus } of moved) {
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
