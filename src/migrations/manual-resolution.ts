import type { Migrator } from '../access/access.ts';
import type { AuditTrail } from '../audit/audit-entry.ts';
import { inOneLine } from '../credentials/adobe-error.ts';
import type { ConsoleReader, StatusReading } from '../credentials/adobe-reader.ts';
import type { CredentialStore } from '../credentials/ports.ts';
import type { Clock } from '../lib/clock.ts';
import type { Migration, Outcome } from './migration.ts';
import type { MigrationStore } from './ports.ts';
import { readStatus } from './read-status.ts';
import { planOf } from './steps.ts';
import { lateEnd } from './verdicts.ts';

/** Adobe's state of a migration that needs attention. */
export interface Checked {
  readonly kind: 'checked';
  readonly migration: Migration;
  readonly reading: StatusReading;
}

/** The press changed nothing. */
export type NotNeeded =
  /** The migration has ended in the meantime, or never needed attention. */
  { readonly kind: 'not_needed'; readonly migration: Migration } | { readonly kind: 'no_such_migration' };

/** `checked` if Adobe's state now shows how it ended, so there is nothing to resolve. */
type ResolveResult = { readonly kind: 'resolved'; readonly migration: Migration } | Checked | NotNeeded;

interface Parts {
  readonly migrations: Pick<MigrationStore, 'get' | 'move'>;
  readonly credentials: Pick<CredentialStore, 'get' | 'setAdobeStatus'>;
  readonly console: Pick<ConsoleReader, 'migrationStatus'>;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  /** Wakes the loop that ends migrations and shows their progress. */
  readonly wake: () => void;
  /** Metrics hook, called once for each migration that was resolved. */
  readonly ended: (outcome: Outcome) => void;
}

/** What a person can do about a migration whose end is unknown. Neither action starts anything. */
export class ManualResolution {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Reads Adobe's state now. If it shows how the migration ended, the runner's next step ends it. */
  async checkAgain(person: Migrator, id: string): Promise<Checked | NotNeeded> {
    const { credentials, console, audit, clock, wake } = this.#parts;
    const found = await this.#find(id);
    if (found.kind !== 'found') return found;
    const { migration } = found;
    const { technicalAccountId, consoleId } = migration;
    const reading = await readStatus(console, consoleId);
    // Recorded before the state is kept, so that history shows the check before the end it caused.
    await audit.record({
      at: clock.now(),
      actor: person.id,
      action: 'checked_again',
      technicalAccountId,
      migrationId: id,
      detail:
        'status' in reading
          ? { why: reading.status }
          : { why: reading.problem.kind, answer: inOneLine(reading.problem) },
    });
    if ('status' in reading) await credentials.setAdobeStatus(technicalAccountId, reading.status, clock.now());
    wake();
    return { kind: 'checked', migration, reading };
  }

  /** Records a person's word that it is dealt with in Adobe: once, however many presses arrive. */
  async resolve(person: Migrator, id: string): Promise<ResolveResult> {
    const { migrations, credentials, clock, wake, ended } = this.#parts;
    const found = await this.#find(id);
    if (found.kind !== 'found') return found;
    const { migration } = found;
    const credential = await credentials.get(migration.technicalAccountId);
    // The runner is about to end it; "resolved" would hide that.
    const status = credential?.adobeStatus;
    if (status !== undefined && lateEnd(planOf(migration), status) !== null)
      return { kind: 'checked', migration, reading: { status } };
    const at = clock.now();
    const resolved = await migrations.move(
      id,
      'needs_attention',
      'resolved',
      { endedAt: at, reason: { code: 'resolved', by: person.id } },
      { at, actor: person.id, detail: null },
    );
    if (resolved === null) {
      // Another person's press won, or Adobe completed it.
      const current = await migrations.get(id);
      return current === null ? { kind: 'no_such_migration' } : { kind: 'not_needed', migration: current };
    }
    ended('resolved');
    wake();
    return { kind: 'resolved', migration: resolved };
  }

  async #find(id: string): Promise<{ readonly kind: 'found'; readonly migration: Migration } | NotNeeded> {
    const migration = await this.#parts.migrations.get(id);
    if (migration === null) return { kind: 'no_such_migration' };
    return { kind: migration.state === 'needs_attention' ? 'found' : 'not_needed', migration };
  }
}
