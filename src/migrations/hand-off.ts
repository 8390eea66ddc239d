import type { Migrator } from '../access/access.ts';
import type { AdobeProblem } from '../credentials/adobe-error.ts';
import type { ConsoleReader } from '../credentials/adobe-reader.ts';
import type { CredentialStore } from '../credentials/ports.ts';
import type { Hold } from '../holds/hold.ts';
import type { Clock } from '../lib/clock.ts';
import { CONFIRMATION_TTL_MS, isAsShown, type Migration, type Outcome } from './migration.ts';
import type { PendingRequests } from './pending-requests.ts';
import type { MigrationStore } from './ports.ts';
import { readStatus } from './read-status.ts';
import { mayContinueByHand, waitsForPerson } from './verdicts.ts';

/** How long after the hand-over a person is reminded, once. Milliseconds. */
export const REMIND_AFTER_MS = 60 * 60 * 1000;

export type NotNowResult =
  /** Nothing was migrated; the queue moves on. */
  | { readonly kind: 'handed_back'; readonly migration: Migration }
  /** Someone has pressed Migrate in Adobe already. */
  | { readonly kind: 'begun'; readonly migration: Migration }
  /** Adobe does not say whether someone has. Nothing was changed. */
  | { readonly kind: 'unread'; readonly migration: Migration; readonly problem: AdobeProblem }
  | NotWaiting;

/** The press changed nothing. */
type NotWaiting =
  /** It does not wait for a person in Adobe, or no longer. */
  { readonly kind: 'not_waiting'; readonly migration: Migration } | { readonly kind: 'no_such_migration' };

export type FinishResult =
  /** The same confirmation continues as a hand-off. */
  | { readonly kind: 'continued'; readonly migration: Migration }
  /** The confirmation is no longer valid. */
  | { readonly kind: 'outdated'; readonly migration: Migration }
  /** It is on hold. */
  | { readonly kind: 'held'; readonly migration: Migration; readonly hold: Hold }
  /** The credential is no longer as confirmed, or can no longer be migrated. */
  | { readonly kind: 'changed'; readonly migration: Migration }
  /** It cannot go on so, or does already. */
  | { readonly kind: 'not_possible'; readonly migration: Migration }
  | { readonly kind: 'no_such_migration' };

interface Parts {
  readonly migrations: MigrationStore;
  readonly credentials: Pick<CredentialStore, 'get' | 'setAdobeStatus'>;
  readonly console: Pick<ConsoleReader, 'migrationStatus'>;
  readonly requests: Pick<PendingRequests, 'voidOthers'>;
  readonly clock: Clock;
  /** Wakes the loop that works through the queue. */
  readonly wake: () => void;
  /** Metrics hook, called once for each end. */
  readonly ended: (outcome: Outcome) => void;
}

/** Migrations for which a person presses Migrate in Adobe. Nothing here sends anything to Adobe. */
export class HandOffs {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Has the person who confirmed reminded, once after an hour. Called repeatedly. */
  async remind(): Promise<void> {
    const { migrations, clock } = this.#parts;
    const [first] = await migrations.queue();
    if (first === undefined || !waitsForPerson(first) || first.remindedAt !== null) return;
    const waitedMs = clock.now().getTime() - (first.startedAt ?? clock.now()).getTime();
    if (waitedMs >= REMIND_AFTER_MS) await migrations.recordReminder(first.id, clock.now());
  }

  /** Ends a hand-off that nobody has pressed Migrate for: once, however many presses arrive. */
  async notNow(person: Migrator, id: string): Promise<NotNowResult> {
    const { migrations, credentials, console, clock, wake, ended } = this.#parts;
    const migration = await migrations.get(id);
    if (migration === null) return { kind: 'no_such_migration' };
    if (!waitsForPerson(migration)) return { kind: 'not_waiting', migration };
    // "Nothing was migrated" must be true.
    const reading = await readStatus(console, migration.consoleId);
    if ('problem' in reading) return { kind: 'unread', migration, problem: reading.problem };
    await credentials.setAdobeStatus(migration.technicalAccountId, reading.status, clock.now());
    if (reading.status === 'started' || reading.status === 'completed') {
      wake();
      return { kind: 'begun', migration };
    }
    const at = clock.now();
    const reason = { code: 'handed_back', by: person.id } as const;
    const note = { at, actor: person.id, detail: { why: reason.code } };
    const moved = await migrations.move(id, 'submitted', 'failed', { endedAt: at, reason }, note);
    if (moved === null) {
      const current = await migrations.get(id);
      return current === null ? { kind: 'no_such_migration' } : { kind: 'not_waiting', migration: current };
    }
    ended('failed');
    wake();
    return { kind: 'handed_back', migration: moved };
  }

  /** Continues a confirmation whose start Adobe refused as a hand-off: once, however many presses arrive. */
  async finishInAdobe(person: Migrator, id: string): Promise<FinishResult> {
    const { migrations, credentials, requests, clock, wake } = this.#parts;
    const migration = await migrations.get(id);
    if (migration === null) return { kind: 'no_such_migration' };
    if (!mayContinueByHand(migration)) return { kind: 'not_possible', migration };
    const confirmedSince = new Date(clock.now().getTime() - CONFIRMATION_TTL_MS);
    if (migration.decidedAt === null || migration.decidedAt <= confirmedSince) return { kind: 'outdated', migration };
    const credential = await credentials.get(migration.technicalAccountId);
    if (credential?.status !== 'eligible' || !isAsShown(migration.shown, credential))
      return { kind: 'changed', migration };
    if (credential.hold !== null) return { kind: 'held', migration, hold: credential.hold };
    const continued = await migrations.continueByHand(id, person.id, clock.now(), confirmedSince);
    if (continued === null) {
      const current = await migrations.get(id);
      return current === null ? { kind: 'no_such_migration' } : { kind: 'not_possible', migration: current };
    }
    wake();
    await requests.voidOthers(continued);
    return { kind: 'continued', migration: continued };
  }
}
