import type { Access, Caller, Member } from '../access/access.ts';
import type { AuditTrail } from '../audit/audit-entry.ts';
import { inOneLine } from '../credentials/adobe-error.ts';
import type { ConsoleReader } from '../credentials/adobe-reader.ts';
import type { CredentialStore } from '../credentials/ports.ts';
import type { Clock } from '../lib/clock.ts';
import type { Migration, Outcome, Reading } from './migration.ts';
import type { MigrationStore } from './ports.ts';
import { readingOf } from './reading.ts';

/** Adobe's state of one that needs attention. */
export interface Checked {
  readonly kind: 'checked';
  readonly migration: Migration;
  readonly reading: Reading;
}

/** Nothing was done by this press. */
export type NotNeeded =
  /** It has ended meanwhile, or never needed a person. */
  { readonly kind: 'not_needed'; readonly migration: Migration } | { readonly kind: 'no_such_migration' };

/** `checked` where nobody has to resolve it: Adobe says meanwhile that it is migrated. */
export type Resolved = { readonly kind: 'resolved'; readonly migration: Migration } | Checked | NotNeeded;

interface Parts {
  readonly migrations: Pick<MigrationStore, 'get' | 'move'>;
  readonly credentials: Pick<CredentialStore, 'get' | 'setAdobeStatus'>;
  readonly console: Pick<ConsoleReader, 'migrationStatus'>;
  readonly audit: AuditTrail;
  readonly access: Access;
  readonly clock: Clock;
  /** Wakes the loop that ends migrations and shows their progress. */
  readonly wake: () => void;
  /** Hears of every one that was resolved, for the metrics. */
  readonly ended: (outcome: Outcome) => void;
}

/** What a person may do about a migration whose end is not known. Neither starts anything. */
export class ManualResolution {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Reads Adobe's state now. Where that is "completed", the runner's next look ends it. @throws {Refused} */
  async checkAgain(caller: Caller, id: string): Promise<Checked | NotNeeded> {
    const { credentials, console, audit, clock, wake } = this.#parts;
    const found = await this.#find(caller, id, 'check again');
    if (found.kind !== 'found') return found;
    const { migration, person } = found;
    const { technicalAccountId } = migration;
    const reading = await readingOf(console, migration);
    // Before the state is kept, so that history has the look before the end it brought.
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
    if ('status' in reading) await credentials.setAdobeStatus(technicalAccountId, reading.status);
    wake();
    return { kind: 'checked', migration, reading };
  }

  /** Takes a person's word that it is dealt with in Adobe: once, whoever presses however often. @throws {Refused} */
  async resolve(caller: Caller, id: string): Promise<Resolved> {
    const { migrations, credentials, clock, wake, ended } = this.#parts;
    const found = await this.#find(caller, id, 'mark as resolved');
    if (found.kind !== 'found') return found;
    const { migration, person } = found;
    const credential = await credentials.get(migration.technicalAccountId);
    // The runner is about to end it: a person's word would only hide that.
    if (credential?.adobeStatus === 'completed')
      return { kind: 'checked', migration, reading: { status: 'completed' } };
    const at = clock.now();
    const resolved = await migrations.move(
      id,
      'needs_attention',
      'resolved',
      { endedAt: at, reason: { code: 'resolved', by: person.id } },
      { at, actor: person.id, detail: null },
    );
    if (resolved === null) {
      // Somebody was faster, or Adobe's word came.
      const current = await migrations.get(id);
      return current === null ? { kind: 'no_such_migration' } : { kind: 'not_needed', migration: current };
    }
    ended('resolved');
    wake();
    return { kind: 'resolved', migration: resolved };
  }

  async #find(
    caller: Caller,
    id: string,
    action: string,
  ): Promise<{ readonly kind: 'found'; readonly migration: Migration; readonly person: Member } | NotNeeded> {
    const { migrations, access } = this.#parts;
    const migration = await migrations.get(id);
    // What is not known is not written down either: it may be any text.
    const about = migration && { technicalAccountId: migration.technicalAccountId, migrationId: id };
    const person = await access.admitMigrator(caller, { action, ...about });
    if (migration === null) return { kind: 'no_such_migration' };
    return migration.state === 'needs_attention'
      ? { kind: 'found', migration, person }
      : { kind: 'not_needed', migration };
  }
}
