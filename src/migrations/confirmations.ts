import { randomUUID } from 'node:crypto';
import type { Access, Caller, Member } from '../access/access.ts';
import { ACTOR_BOT, type AuditEntry } from '../audit/audit-entry.ts';
import { type ListedCredential, touchesProduction } from '../credentials/credential.ts';
import type { AdobeWatcher, CredentialStore, Moved } from '../credentials/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { matchesPhrase } from './confirmation-phrase.ts';
import {
  type MessageRef,
  type Migration,
  type Outcome,
  REQUEST_TTL_MS,
  type Reason,
  sameAsShown,
} from './migration.ts';
import type { MigrationStore } from './ports.ts';

/** Where questions are seen. Best effort: the database decides, this only says so. */
export interface ConfirmationMessages {
  /** Posts it as an ordinary message, in the channel it was asked in; null when Slack does not take it there. */
  post(question: Migration, credential: ListedCredential): Promise<MessageRef | null>;
  /**
   * Says what became of a question, in the place of its buttons where that can be done. `pressUrl`: where the message
   * with the pressed button can be replaced, null when nobody pressed. Never throws.
   */
  close(question: Migration, responseUrl: string | null): Promise<void>;
}

export type AskResult =
  | { readonly kind: 'asked'; readonly question: Migration; readonly credential: ListedCredential }
  /** Only what Adobe says is eligible can be migrated; `open` is the migration under way, if any. */
  | { readonly kind: 'not_possible'; readonly credential: ListedCredential; readonly open: Migration | null }
  /** The app is not in that channel: the question is void. */
  | { readonly kind: 'not_posted' }
  /** Asked in a direct message, where no second person can see it. Nothing was written down. */
  | { readonly kind: 'nobody_else' }
  | { readonly kind: 'gone' };

export type ConfirmResult =
  /** The yes is recorded; the migration is in line. */
  { readonly kind: 'confirmed'; readonly migration: Migration } | NotConfirmed;

export type NotConfirmed =
  /** Nothing happened by this press: the question had been answered, had lapsed or is void. */
  { readonly kind: 'too_late'; readonly migration: Migration } | { readonly kind: 'no_such_question' };

interface Parts {
  readonly migrations: MigrationStore;
  readonly credentials: CredentialStore;
  readonly access: Access;
  readonly board: ConfirmationMessages;
  readonly clock: Clock;
  /** Wakes the loop that works through the queue. */
  readonly wake: () => void;
  /** Hears of every question that ended without a yes, for the metrics. */
  readonly ended: (outcome: Outcome) => void;
}

/** Ids of Slack's public and private channels; direct messages begin with D, people with U or W. */
const SHARED = /^[CG]/;

/** Promise 1: nothing irreversible without one recorded yes, for this credential as it was shown, used once. */
export class Confirmations implements AdobeWatcher {
  readonly #parts: Parts;
  readonly #secondPerson: boolean;

  constructor(parts: Parts, settings: { requireSecondPerson: boolean }) {
    this.#parts = parts;
    this.#secondPerson = settings.requireSecondPerson;
  }

  /**
   * Writes a question down. Whoever asks has been let in by `Access`. Where a second person must see it, or nothing
   * else can show it, it is posted; otherwise the caller shows it to the asker alone.
   */
  async ask(
    asker: Member,
    technicalAccountId: string,
    where: { channel: string; responseUrl: string | null },
  ): Promise<AskResult> {
    const { credentials, migrations, board, clock } = this.#parts;
    const credential = await credentials.get(technicalAccountId);
    if (credential === null) return { kind: 'gone' };
    if (credential.status !== 'eligible' || credential.consoleId === null) {
      const open = await migrations.activeOf(credential.technicalAccountId);
      return { kind: 'not_possible', credential, open };
    }
    if (this.#secondPerson && !SHARED.test(where.channel)) return { kind: 'nobody_else' };
    const now = clock.now();
    const question: Migration = {
      // Not to be guessed: the id is what a button carries.
      id: randomUUID(),
      state: 'asked',
      technicalAccountId: credential.technicalAccountId,
      consoleId: credential.consoleId,
      shown: { name: credential.name, owner: credential.owner, sandboxes: credential.sandboxes },
      channel: where.channel,
      askedBy: asker.id,
      askedAt: now,
      expiresAt: new Date(now.getTime() + REQUEST_TTL_MS),
      decidedBy: null,
      decidedAt: null,
      startedAt: null,
      endedAt: null,
      startProblem: null,
      reason: null,
      message: null,
      questionMessage: null,
      responseUrl: where.responseUrl,
    };
    await migrations.ask(question);
    if (!this.#secondPerson && where.responseUrl !== null) return { kind: 'asked', question, credential };
    const posted = await board.post(question, credential);
    if (posted === null) {
      // Never seen by anybody: the asker is told by the answer.
      await this.#close(question, 'void', { code: 'not_posted' }, false);
      return { kind: 'not_posted' };
    }
    await migrations.setQuestionMessage(question.id, posted);
    return { kind: 'asked', question: { ...question, questionMessage: posted }, credential };
  }

  /**
   * Looks a question up for somebody who wants to answer it, without answering. Whether the person may is checked,
   * freshly; whether the question still stands is said. @throws {Refused}
   */
  async open(
    caller: Caller,
    id: string,
  ): Promise<NotConfirmed | { readonly kind: 'open'; readonly question: Migration }> {
    const { migrations, access } = this.#parts;
    const question = await migrations.get(id);
    if (question === null) return { kind: 'no_such_question' };
    const wanted = { action: 'confirm', technicalAccountId: question.technicalAccountId, migrationId: id };
    const person = await access.admitMigrator(caller, wanted);
    if (this.#secondPerson && person.id === question.askedBy)
      return access.deny(caller, wanted, 'own_request');
    if (!this.#secondPerson && person.id !== question.askedBy)
      return access.deny(caller, wanted, 'not_asked');
    const standing = await this.#standing(question);
    return standing.state === 'asked'
      ? { kind: 'open', question: standing }
      : { kind: 'too_late', migration: standing };
  }

  /**
   * Records the yes, once, whoever presses however often on however many instances. For production, `typed` must be
   * the name. @throws {Refused}
   */
  async confirm(
    caller: Caller,
    id: string,
    { typed, responseUrl }: { typed: string | null; responseUrl: string | null },
  ): Promise<ConfirmResult> {
    const { migrations, access, board, clock, wake } = this.#parts;
    const opened = await this.open(caller, id);
    if (opened.kind !== 'open') return opened;
    if (touchesProduction(opened.question.shown) && !matchesPhrase(opened.question, typed ?? '')) {
      // No button leads here: somebody answers a production question by another one's button.
      const { technicalAccountId } = opened.question;
      return access.deny(
        caller,
        { action: 'confirm', technicalAccountId, migrationId: id },
        'name_not_typed',
      );
    }
    const migration = await migrations.confirm(id, caller.userId, clock.now());
    if (migration === null) {
      // Somebody was faster, with this question or with another about the same credential.
      const current = await migrations.get(id);
      return current === null
        ? { kind: 'no_such_question' }
        : { kind: 'too_late', migration: await this.#standing(current) };
    }
    await board.close(migration, responseUrl);
    await this.#voidAll(migration.technicalAccountId, { code: 'answered_elsewhere' });
    wake();
    return { kind: 'confirmed', migration };
  }

  /** The question as it was written down, for what needs no right: the word that must be typed. */
  async peek(id: string): Promise<Migration | null> {
    return this.#parts.migrations.get(id);
  }

  /** Withdraws a question: the asker may, and anybody who could have confirmed it. @throws {Refused} */
  async cancel(caller: Caller, id: string, responseUrl: string | null): Promise<Migration | null> {
    const { migrations, access, board, clock } = this.#parts;
    const question = await migrations.get(id);
    if (question === null) return null;
    const wanted = { action: 'cancel', technicalAccountId: question.technicalAccountId, migrationId: id };
    const person = await access.admitMigrator(caller, wanted);
    if (!this.#secondPerson && person.id !== question.askedBy)
      return access.deny(caller, wanted, 'not_asked');
    const at = clock.now();
    const note = { at, actor: person.id, detail: null };
    const changes = { decidedBy: person.id, decidedAt: at };
    const cancelled = await migrations.move(id, 'asked', 'cancelled', changes, note);
    if (cancelled === null) return migrations.get(id);
    this.#parts.ended('cancelled');
    await board.close(cancelled, responseUrl);
    return cancelled;
  }

  /** Ends the questions nobody answered in time, and those that Adobe has overtaken. */
  async expireOverdue(): Promise<void> {
    const { migrations, clock } = this.#parts;
    for (const question of await migrations.overdueRequests(clock.now()))
      await this.#close(question, 'expired', null, true);
    // Looked for, not only told of: a process may die right after it has seen Adobe's state.
    await this.voidSuperseded();
  }

  async externalChanges(moved: readonly Moved[]): Promise<AuditEntry[]> {
    const entries: AuditEntry[] = [];
    for (const { technicalAccountId, adobeStatus } of moved) {
      if (await this.#isOurs(technicalAccountId)) continue;
      entries.push({
        at: this.#parts.clock.now(),
        actor: ACTOR_BOT,
        action: adobeStatus === 'completed' ? 'migrated_outside' : 'started_outside',
        technicalAccountId,
        migrationId: null,
        detail: null,
      });
    }
    return entries;
  }

  async voidSuperseded(): Promise<void> {
    for (const question of await this.#parts.migrations.supersededRequests()) {
      const code = (await this.#isOurs(question.technicalAccountId)) ? 'answered_elsewhere' : 'elsewhere';
      await this.#close(question, 'void', { code }, true);
    }
  }

  /** Whether what Adobe does with this credential is by a yes of ours, as far as anybody can tell. */
  async #isOurs(technicalAccountId: string): Promise<boolean> {
    const ours = await this.#parts.migrations.latestConfirmed(technicalAccountId);
    return ours !== null && ours.state !== 'failed' && ours.state !== 'resolved';
  }

  /** The question as it is after looking at the clock and at the credential again. */
  async #standing(question: Migration): Promise<Migration> {
    const { migrations, credentials, clock } = this.#parts;
    if (question.state !== 'asked') return question;
    // An ephemeral question is closed by the answer to the press, in its place.
    const onBoard = question.questionMessage !== null;
    const voided = (code: 'answered_elsewhere' | 'elsewhere' | 'changed') =>
      this.#close(question, 'void', { code }, onBoard);
    if (question.expiresAt <= clock.now()) return this.#close(question, 'expired', null, onBoard);
    if ((await migrations.activeOf(question.technicalAccountId)) !== null) {
      return voided('answered_elsewhere');
    }
    const credential = await credentials.get(question.technicalAccountId);
    if (credential?.status === 'migrated' || credential?.status === 'migrating') {
      return voided('elsewhere');
    }
    if (credential?.status !== 'eligible' || !sameAsShown(question.shown, credential)) {
      return voided('changed');
    }
    return question;
  }

  async #voidAll(technicalAccountId: string, reason: Reason): Promise<void> {
    for (const question of await this.#parts.migrations.pendingRequests(technicalAccountId)) {
      await this.#close(question, 'void', reason, true);
    }
  }

  /** `onBoard`: whether the board has to say so; otherwise the caller does. */
  async #close(
    question: Migration,
    to: 'expired' | 'void',
    reason: Reason | null,
    onBoard: boolean,
  ): Promise<Migration> {
    const { migrations, board, clock } = this.#parts;
    const at = clock.now();
    const note = { at, actor: ACTOR_BOT, detail: reason === null ? null : { why: reason.code } };
    const closed = await migrations.move(question.id, 'asked', to, { reason }, note);
    if (closed === null) return (await migrations.get(question.id)) ?? question;
    this.#parts.ended(to);
    if (onBoard) await board.close(closed, null);
    return closed;
  }
}
