import { randomUUID } from 'node:crypto';
import type { Migrator } from '../access/access.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import type { CredentialStore } from '../credentials/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { type DryRunParts, performDryRun } from './dry-run.ts';
import { type Migration, requiredStatusOf } from './migration.ts';
import { newRequest } from './new-request.ts';
import { type KnownOwners, ownerIdOf } from './owner-id.ts';
import type { PendingRequests } from './pending-requests.ts';
import type { MigrationStore } from './ports.ts';
import { hasTwoSteps, type MethodName } from './steps.ts';

type UndoResult =
  /** Asked and confirmed by this press; it is in the queue, or was a dry run and is over. */
  | { readonly kind: 'confirmed'; readonly migration: Migration }
  /** It is not Unfinished, or not by this app's method; `active` is its migration in the queue, if any. */
  | { readonly kind: 'not_possible'; readonly credential: ListedCredential; readonly active: Migration | null }
  /** The person has as many open requests as one may have. Nothing was persisted. */
  | { readonly kind: 'too_many' }
  /** Adobe no longer shows this credential. */
  | { readonly kind: 'gone' };

interface Parts extends DryRunParts {
  readonly migrations: MigrationStore;
  readonly credentials: Pick<CredentialStore, 'get'>;
  readonly reminders: KnownOwners;
  readonly requests: Pick<PendingRequests, 'open' | 'close' | 'voidOthers'>;
  readonly clock: Clock;
  /** Wakes the loop that works through the queue. */
  readonly wake: () => void;
}

/**
 * Undoes an Unfinished migration. One press of a migrator asks and confirms, since the migration can be begun again;
 * both are recorded, and it waits in the queue like any other.
 */
export class Undo {
  readonly #parts: Parts;
  readonly #method: MethodName;
  readonly #isDryRun: boolean;

  constructor(parts: Parts, settings: { method: MethodName; dryRun: boolean }) {
    this.#parts = parts;
    this.#method = settings.method;
    this.#isDryRun = settings.dryRun;
  }

  /** `channel`: where its message goes. Once, however many presses arrive: one migration of a credential is active. */
  async undo(person: Migrator, technicalAccountId: string, channel: string): Promise<UndoResult> {
    const { migrations, credentials, reminders, requests, clock, wake } = this.#parts;
    const credential = await credentials.get(technicalAccountId);
    if (credential === null) return { kind: 'gone' };
    const methodStep = { method: this.#method, step: 'cancel' } as const;
    const { consoleId } = credential;
    const notPossible = async (): Promise<UndoResult> => ({
      kind: 'not_possible',
      credential,
      active: await migrations.activeOf(credential.technicalAccountId),
    });
    if (!hasTwoSteps(this.#method) || credential.status !== requiredStatusOf(methodStep) || consoleId === null)
      return notPossible();
    const from = { askedBy: person.id, channel };
    const shown = { ...credential, ...(await ownerIdOf(credential, reminders)), consoleId };
    const request = newRequest(randomUUID(), shown, from, clock.now(), { ...methodStep, isDryRun: this.#isDryRun });
    if (!(await requests.open(request))) return { kind: 'too_many' };
    const migration = request.isDryRun
      ? await migrations.endDryRun(request.id, person.id, clock.now(), await performDryRun(this.#parts, request))
      : await migrations.confirm(request.id, person.id, clock.now());
    if (migration === null) {
      // A concurrent press won. Should this process die before here, the request expires.
      await requests.close(request, { to: 'void', reason: { code: 'answered_elsewhere' } }, { withQuestion: false });
      return notPossible();
    }
    if (migration.isDryRun) return { kind: 'confirmed', migration };
    wake();
    await requests.voidOthers(migration);
    return { kind: 'confirmed', migration };
  }
}
