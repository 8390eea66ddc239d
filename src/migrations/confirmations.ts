import { randomUUID } from 'node:crypto';
import type { Access, DenialReason, Migrator } from '../access/access.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import type { CredentialStore, SyncStore } from '../credentials/ports.ts';
import { type Hold, isBlockedByHold } from '../holds/hold.ts';
import type { Clock } from '../lib/clock.ts';
import { type ImpactChange, impactOf } from '../usage/impact.ts';
import { type ApproverParts, findApprovers } from './approvers.ts';
import { isChannelId } from './channel-id.ts';
import { matchesPhrase, needsPhrase } from './confirmation-phrase.ts';
import { type DryRunParts, performDryRun } from './dry-run.ts';
import { closingOf, type Migration, type Outcome, requiredStatusOf } from './migration.ts';
import { newRequest, REQUEST_TTL_MS, SECOND_PERSON_TTL_MS } from './new-request.ts';
import { type KnownOwners, ownerIdOf } from './owner-id.ts';
import type { PendingRequests } from './pending-requests.ts';
import type { ConfirmationMessages, MigrationStore } from './ports.ts';
import { seenImpact } from './seen-impact.ts';
import { hasTwoSteps, type MethodName, type MethodStep } from './steps.ts';
import { type SandboxSettings, unreadProduction } from './unread-production.ts';

/** Where a migration is requested. */
export interface Origin {
  readonly channel: string;
  /** Null in the Home, where only an ordinary message can show the question, or `show`. */
  readonly responseUrl: string | null;
  /** Shows the question to the asker alone. If it throws, the question may still be visible, and the request is void. */
  readonly show?: (request: Migration, credential: ListedCredential) => Promise<void>;
}

export type AskResult =
  | {
      readonly kind: 'asked';
      readonly request: Migration;
      readonly credential: ListedCredential;
      /** User ids of some people who may confirm, if a second person has to. */
      readonly approvers: readonly string[];
    }
  /** Its status does not allow this; `active` is its migration in the queue, if any. */
  | { readonly kind: 'not_possible'; readonly credential: ListedCredential; readonly active: Migration | null }
  /** It is on hold. Nothing was persisted. */
  | { readonly kind: 'held'; readonly credential: ListedCredential; readonly hold: Hold }
  /** The app may not post in that channel: the request is void. */
  | { readonly kind: 'not_posted' }
  /** Requested in a direct message, where no second person can see the question. Nothing was persisted. */
  | { readonly kind: 'not_shared' }
  /** No one but the asker may migrate, so that no second person could confirm. Nothing was persisted. */
  | { readonly kind: 'no_one_else' }
  /** The person has as many open requests as one may have. Nothing was persisted. */
  | { readonly kind: 'too_many' }
  /** Adobe no longer shows this credential. */
  | { readonly kind: 'gone' };

type ConfirmResult =
  /** The confirmation is recorded; the migration is in the queue, or was a dry run and is over. */
  { readonly kind: 'confirmed'; readonly migration: Migration } | NotConfirmed;

export type NotConfirmed =
  /** The press changed nothing: the request had been decided, has expired or is void. */
  | { readonly kind: 'too_late'; readonly request: Migration }
  | { readonly kind: 'no_such_request' }
  /** What depends on it has changed since it was on screen. The request stays pending and is to be read again. */
  | { readonly kind: 'unseen'; readonly request: Migration; readonly change: ImpactChange };

interface Parts extends DryRunParts, ApproverParts {
  readonly migrations: MigrationStore;
  readonly credentials: Pick<CredentialStore, 'get'>;
  readonly syncs: Pick<SyncStore, 'syncState'>;
  readonly reminders: KnownOwners;
  readonly requests: Pick<PendingRequests, 'open' | 'close' | 'voidOthers'>;
  readonly access: Pick<Access, 'deny' | 'mayBeAdmitted'>;
  readonly messages: ConfirmationMessages;
  readonly clock: Clock;
  /** Wakes the loop that works through the queue. */
  readonly wake: () => void;
  /** Metrics hook, called once for each request that was cancelled. */
  readonly ended: (outcome: Outcome) => void;
}

/** Records who asked for a migration, and who confirmed or cancelled it (README, promise 1). */
export class Confirmations {
  readonly #parts: Parts;
  readonly #needsSecondPerson: boolean;
  readonly #method: MethodName;
  readonly #isDryRun: boolean;
  readonly #adobe: SandboxSettings;

  /** `method`: the method of new requests; `dryRun`: whether they are all dry runs. */
  constructor(
    parts: Parts,
    settings: { requireSecondPerson: boolean; method: MethodName; dryRun: boolean } & SandboxSettings,
  ) {
    this.#parts = parts;
    this.#needsSecondPerson = settings.requireSecondPerson;
    this.#method = settings.method;
    this.#isDryRun = settings.dryRun;
    this.#adobe = settings;
  }

  /**
   * Persists a request. Its question is posted where a second person has to see it, or where there is neither a way to
   * show it nor a `responseUrl`; with that, the caller shows it to the asker in an ephemeral message.
   */
  async ask(
    asker: Migrator,
    technicalAccountId: string,
    origin: Origin,
    { step = 'start', isDryRun = false }: { readonly step?: 'start' | 'finish'; readonly isDryRun?: boolean } = {},
  ): Promise<AskResult> {
    const { credentials, migrations, requests, messages } = this.#parts;
    const credential = await credentials.get(technicalAccountId);
    if (credential === null) return { kind: 'gone' };
    const { consoleId } = credential;
    const methodStep = { method: this.#method, step };
    if (!isPossible(methodStep, credential) || consoleId === null) {
      const active = await migrations.activeOf(credential.technicalAccountId);
      return { kind: 'not_possible', credential, active };
    }
    if (credential.hold !== null && isBlockedByHold(methodStep))
      return { kind: 'held', credential, hold: credential.hold };
    if (this.#needsSecondPerson && !isChannelId(origin.channel)) return { kind: 'not_shared' };
    const approvers = await this.approversOf({ askedBy: asker.id });
    if (approvers === null) return { kind: 'no_one_else' };
    const kind = { ...methodStep, isDryRun: isDryRun || this.#isDryRun };
    const request = await this.#newRequest(asker, { ...credential, consoleId }, origin, kind);
    if (!(await requests.open(request))) return { kind: 'too_many' };
    const asked = { kind: 'asked', request, credential, approvers } as const;
    if (!this.#needsSecondPerson && origin.responseUrl !== null) return asked;
    const { show } = origin;
    if (show !== undefined) {
      await this.#voidUnlessShown(request, async () => {
        await show(request, credential);
        return true;
      });
      return asked;
    }
    const post = () => messages.post(request, credential, approvers);
    const questionMessage = await this.#voidUnlessShown(request, post);
    if (questionMessage === null) return { kind: 'not_posted' };
    await migrations.setQuestionMessage(request.id, questionMessage);
    return { ...asked, request: { ...request, questionMessage } };
  }

  async #newRequest(
    asker: Migrator,
    credential: ListedCredential & { readonly consoleId: string },
    { channel }: Origin,
    kind: MethodStep & { readonly isDryRun: boolean },
  ): Promise<Migration> {
    const { reminders, syncs, clock } = this.#parts;
    const now = clock.now();
    const ttlMs = this.#needsSecondPerson ? SECOND_PERSON_TTL_MS : REQUEST_TTL_MS;
    const ownerId = await ownerIdOf(credential, reminders);
    const { unread } = await syncs.syncState();
    const shown = { ...credential, ...ownerId, unreadProduction: unreadProduction(credential, unread, this.#adobe) };
    const from = { askedBy: asker.id, channel };
    return newRequest(randomUUID(), shown, from, now, { ...kind, ttlMs }, impactOf(credential, now));
  }

  /** `show`: returns null, or throws, when the question is not shown. Then the buttons of the request must do nothing. */
  async #voidUnlessShown<T>(request: Migration, show: () => Promise<T | null>): Promise<T | null> {
    let shown: T | null = null;
    try {
      shown = await show();
      return shown;
    } finally {
      const closing = { to: 'void', reason: { code: 'not_posted' } } as const;
      // Slack has no question to close, or one whose place was lost.
      if (shown === null) await this.#parts.requests.close(request, closing, { withQuestion: false });
    }
  }

  /** Ids of some who may confirm it, where a second person has to; null: no one may. */
  async approversOf({ askedBy }: Pick<Migration, 'askedBy'>): Promise<readonly string[] | null> {
    return this.#needsSecondPerson ? findApprovers(askedBy, this.#parts) : [];
  }

  /** Finds a request that this person may confirm, or decline, without doing so. @throws {AccessDenied} */
  async find(
    person: Migrator,
    id: string,
    action: 'confirm' | 'decline' = 'confirm',
  ): Promise<NotConfirmed | { readonly kind: 'pending'; readonly request: Migration }> {
    const { migrations } = this.#parts;
    const found = await migrations.get(id);
    if (found === null) return { kind: 'no_such_request' };
    if (this.#needsSecondPerson && person.id === found.askedBy) return this.#deny(person, action, found, 'own_request');
    if (!this.#needsSecondPerson && person.id !== found.askedBy) return this.#deny(person, action, found, 'not_asked');
    const request = await this.#refresh(found);
    return request.state === 'asked' ? { kind: 'pending', request } : { kind: 'too_late', request };
  }

  /**
   * Records the confirmation, once, however many presses arrive at however many instances. For production, `typed` must
   * be the confirmation phrase. `mark`: of the impact on screen, which is kept with it. @throws {AccessDenied}
   */
  async confirm(
    person: Migrator,
    id: string,
    { typed, responseUrl, mark = null }: { typed: string | null; responseUrl: string | null; mark?: string | null },
  ): Promise<ConfirmResult> {
    const { migrations, requests, messages, clock, wake, ended } = this.#parts;
    const found = await this.find(person, id);
    if (found.kind !== 'pending') return found;
    // None of our buttons leads here: someone confirms a production request by another request's button.
    if (needsPhrase(found.request.shown) && !matchesPhrase(found.request, typed ?? ''))
      return this.#deny(person, 'confirm', found.request, 'name_not_typed');
    const { isDryRun } = found.request;
    const seen = seenImpact(found.request, mark);
    if (seen.change !== null) return { kind: 'unseen', request: found.request, change: seen.change };
    const migration = isDryRun
      ? await this.#endDryRun(person, found.request)
      : await migrations.confirm(id, person.id, clock.now(), responseUrl, seen.impact);
    if (migration === null) {
      // A concurrent decision won, on this request or on another about the same credential.
      const current = await migrations.get(id);
      return current === null
        ? { kind: 'no_such_request' }
        : { kind: 'too_late', request: await this.#refresh(current) };
    }
    if (isDryRun) ended('dry_run');
    else wake();
    await messages.close(migration, responseUrl);
    if (!isDryRun) await requests.voidOthers(migration);
    return { kind: 'confirmed', migration };
  }

  async #endDryRun(person: Migrator, request: Migration): Promise<Migration | null> {
    const { migrations, clock } = this.#parts;
    const found = await performDryRun(this.#parts, request);
    return migrations.endDryRun(request.id, person.id, clock.now(), found);
  }

  /**
   * Withdraws a request: the asker may, and where a second person has to confirm, every migrator may. Returns the
   * request as it is then; null when there is none. @throws {AccessDenied}
   */
  async cancel(person: Migrator, id: string, responseUrl: string | null): Promise<Migration | null> {
    const request = await this.#parts.migrations.get(id);
    if (request === null) return null;
    if (!this.#needsSecondPerson && person.id !== request.askedBy)
      return this.#deny(person, 'cancel', request, 'not_asked');
    return this.#end(person, id, responseUrl, null);
  }

  /** The second person declines, in their own words; otherwise like `cancel`. @throws {AccessDenied} also for the asker */
  async decline(person: Migrator, id: string, words: string): Promise<Migration | null> {
    const found = await this.find(person, id, 'decline');
    if (found.kind === 'no_such_request') return null;
    return found.kind === 'too_late' ? found.request : this.#end(person, id, null, words);
  }

  async #end(person: Migrator, id: string, responseUrl: string | null, words: string | null) {
    const { migrations, messages, clock, ended } = this.#parts;
    const at = clock.now();
    const reason = words === null ? null : ({ code: 'declined', words } as const);
    const detail = reason === null ? null : { why: reason.code, note: reason.words };
    const changes = { decidedBy: person.id, decidedAt: at, reason };
    const cancelled = await migrations.move(id, 'asked', 'cancelled', changes, { at, actor: person.id, detail });
    if (cancelled === null) return migrations.get(id);
    ended('cancelled');
    await messages.close(cancelled, responseUrl);
    return cancelled;
  }

  /** The request after a check of the time and of the credential, which may end it. */
  async #refresh(request: Migration): Promise<Migration> {
    const { migrations, credentials, requests, messages, clock } = this.#parts;
    if (request.state !== 'asked') {
      // Someone pressed a button that should be gone: Slack did not take its removal, or a process died before it.
      if (request.questionMessage !== null) await messages.close(request, null);
      return request;
    }
    const credential = await credentials.get(request.technicalAccountId);
    // Its status says so in the same transaction; one that is gone from Adobe shows none.
    const isActive =
      credential === null
        ? (await migrations.activeOf(request.technicalAccountId)) !== null
        : credential.status === 'migrating';
    const closing = closingOf(request, credential, isActive, clock.now());
    if (closing === null) return request;
    // An ephemeral question is replaced by the reply to the press.
    return requests.close(request, closing, { withQuestion: request.questionMessage !== null });
  }

  async #deny(
    person: Migrator,
    action: 'confirm' | 'decline' | 'cancel',
    { id, technicalAccountId, askedBy }: Migration,
    why: DenialReason,
  ): Promise<never> {
    return this.#parts.access.deny(person.id, { action, technicalAccountId, migrationId: id, askedBy }, why);
  }
}

/** Only the Developer Console's method can end what is Unfinished. */
function isPossible(methodStep: MethodStep, { status }: ListedCredential): boolean {
  return (methodStep.step === 'start' || hasTwoSteps(methodStep.method)) && status === requiredStatusOf(methodStep);
}
