import { ACTOR_BOT, type AuditTrail } from '../audit/audit-entry.ts';
import type { ConsoleReader, StatusReading } from '../credentials/adobe-reader.ts';
import type { CredentialStore } from '../credentials/ports.ts';
import { type Hold, heldReason, isBlockedByHold } from '../holds/hold.ts';
import type { Clock } from '../lib/clock.ts';
import type { Leases } from '../lib/leases.ts';
import type { Logger } from '../lib/logger.ts';
import { TaskTracker } from '../lib/task-tracker.ts';
import type { Impacts } from './impacts.ts';
import type { MigrationMethods } from './method.ts';
import {
  CONFIRMATION_TTL_MS,
  type EndState,
  type InFlightState,
  type Migration,
  type Outcome,
  type Reason,
} from './migration.ts';
import type { MigrationChanges, MigrationStore } from './ports.ts';
import type { UnreadStatus } from './progress-state.ts';
import { readStatus } from './read-status.ts';
import { StartResponses } from './start-responses.ts';
import { planOf } from './steps.ts';
import { timeoutOf, type Verdict, verdictBeforeSending, verdictInFlight } from './verdicts.ts';

interface Parts {
  readonly migrations: MigrationStore;
  readonly credentials: CredentialStore;
  readonly console: Pick<ConsoleReader, 'migrationStatus'>;
  readonly methods: MigrationMethods;
  readonly audit: AuditTrail;
  readonly impacts: Pick<Impacts, 'changeOf'>;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Metrics hook, called once for each end. */
  readonly ended: (outcome: Outcome) => void;
}

/** The time of a migration as the first in the queue, by the monotonic clock. */
interface Turn {
  readonly id: string;
  readonly since: number;
  /** When Adobe's state was last read. */
  readAt: number;
  /** When what depends on the credential was last read. */
  comparedAt: number;
}

/** So long ago that it is due. */
const NEVER = Number.NEGATIVE_INFINITY;

/** Held by the instance that works through the queue, as long as one runs. */
export const RUNNER_LEASE = 'migrations';
/**
 * How long an instance that died keeps the others from taking over. Milliseconds. Renewed by the loop; short, since a slow
 * instance that loses it in the middle repeats nothing: each arrow is a conditional update, and no start is sent.
 */
export const RUNNER_LEASE_MS = 2_500;
/** While it waits to be sent, what depends on it is compared so often. Milliseconds. */
const COMPARE_EVERY_MS = 60_000;
/** Recorded with `submitted` where a person presses Migrate in Adobe. */
const HANDED_OVER = 'handed_over';
/** A start is sent within this time of the decision to send it, or not at all. Milliseconds. */
const SEND_WITHIN_MS = 10_000;

/**
 * Works through the queue of confirmed migrations, one in flight per organisation (README, promise 2: sent at most
 * once). The intent is recorded before the start is sent, and only a `confirmed` migration is ever sent: one found
 * `submitted` after a crash is never sent again, and Adobe's state decides how it ended.
 */
export class Runner {
  readonly #parts: Parts;
  readonly #pollMs: number;
  readonly #timeoutMs: number;
  readonly #isDryRun: boolean;
  /** Of the migration that is first in the queue. In memory only. */
  #turn: Turn | null = null;
  /** Since when the one in flight is, by the monotonic clock. In memory only. */
  #inFlight: { key: string; since: number } | null = null;
  /**
   * The lease as far as it is surely ours, by both clocks: a suspended machine stops one, and the other may be set. A new
   * object where it may have been another's in between.
   */
  #lease = { wallUntil: 0, monotonicUntil: 0 };
  /** Since when Adobe's state of one migration cannot be read. In memory only. */
  #unreadStatus: (UnreadStatus & { readonly id: string }) | null = null;
  readonly #starts = new TaskTracker();
  readonly #responses: StartResponses;
  readonly #stopping = new AbortController();
  #isStopped = false;

  /** `dryRun`: send nothing. In milliseconds: between two readings of Adobe's state, and until a migration needs attention. */
  constructor(parts: Parts, settings: { pollMs: number; timeoutMs: number; dryRun: boolean }) {
    this.#parts = parts;
    this.#responses = new StartResponses(parts, (migration, reason) => this.#move(migration, 'failed', reason));
    this.#pollMs = settings.pollMs;
    this.#timeoutMs = settings.timeoutMs;
    this.#isDryRun = settings.dryRun;
  }

  /** Acquires or renews the right to work through the queue: one instance has it. */
  async acquireLease(): Promise<boolean> {
    const { leases, clock } = this.#parts;
    const now = clock.now();
    const monotonic = clock.monotonicMs();
    const acquired = await leases.acquire(RUNNER_LEASE, now, RUNNER_LEASE_MS);
    // If the lease was renewed too late, another instance may have held it: decisions under it must not be sent.
    if (!acquired || !this.#isLeased()) this.#lease = { wallUntil: 0, monotonicUntil: 0 };
    if (acquired) {
      this.#lease.wallUntil = now.getTime() + RUNNER_LEASE_MS;
      this.#lease.monotonicUntil = monotonic + RUNNER_LEASE_MS;
    }
    return acquired;
  }

  /** Whether the lease is ours now; with `since`, without a gap since then. */
  #isLeased(since = this.#lease): boolean {
    const { clock } = this.#parts;
    const { wallUntil, monotonicUntil } = this.#lease;
    return since === this.#lease && clock.monotonicMs() < monotonicUntil && clock.now().getTime() < wallUntil;
  }

  /**
   * Advances the first migration in the queue by one step, if it is time, and ends what ended late. Called repeatedly.
   * Does nothing where another instance has the lease.
   */
  async advance(): Promise<void> {
    const { migrations, clock } = this.#parts;
    await this.#responses.retry();
    if (!this.#isLeased() && !(await this.acquireLease())) return;
    // Polled: a process may die right after it has seen Adobe's state.
    for (const { migration, to } of await migrations.lateEnds()) await this.#move(migration, to, null);
    const [first, ...behind] = await migrations.queue();
    if (first === undefined) return;
    // Its turn may be a day away, behind one that waits for a person.
    const outdated = behind.filter((each) => this.#confirmationAgeMs(each) >= CONFIRMATION_TTL_MS);
    for (const migration of outdated) await this.#move(migration, 'failed', { code: 'outdated' });
    const now = clock.monotonicMs();
    const turn = this.#turnOf(first, now);
    if (now - turn.readAt < this.#pollMs) return;
    turn.readAt = now;
    if (first.state === 'confirmed' && (await this.#endIfImpactChanged(first, turn))) return;
    await this.#readAndAct(first, turn, now - turn.since);
  }

  #turnOf({ id }: Migration, now: number): Turn {
    if (this.#turn?.id !== id) this.#turn = { id, since: now, readAt: NEVER, comparedAt: NEVER };
    return this.#turn;
  }

  /** Reads Adobe's state of the first in the queue, and does what follows from it. */
  async #readAndAct(migration: Migration, turn: Turn, waitedMs: number): Promise<void> {
    const { credentials, console, clock } = this.#parts;
    const mayStillSend = this.#sendGuard();
    const reading = await readStatus(console, migration.consoleId);
    this.#noteReading(migration, reading);
    if ('status' in reading)
      await credentials.setAdobeStatus(migration.technicalAccountId, reading.status, clock.now());
    const verdict = this.#verdictOn(migration, reading, waitedMs);
    if (verdict.do === 'move') await this.#move(migration, verdict.to, verdict.reason);
    if (verdict.do === 'send') await this.#sendIfAllowed(migration, turn, waitedMs, mayStillSend);
  }

  #verdictOn(migration: Migration, reading: StatusReading, waitedMs: number): Verdict {
    const plan = planOf(migration);
    if (migration.state === 'confirmed') {
      const times = { waitedMs, confirmationAgeMs: this.#confirmationAgeMs(migration) };
      return verdictBeforeSending(plan, reading, times, this.#timeoutMs);
    }
    const timeoutMs = timeoutOf(migration, this.#timeoutMs);
    return verdictInFlight(plan, migration, reading, this.elapsedMs(migration), timeoutMs);
  }

  async #sendIfAllowed(migration: Migration, turn: Turn, waitedMs: number, mayStillSend: () => boolean): Promise<void> {
    const hold = isBlockedByHold(migration) ? await this.#holdOn(migration) : null;
    if (hold !== null) await this.#move(migration, 'failed', heldReason(hold));
    else if (this.#isStopped) return;
    // Confirmed before the app was set to dry runs. The store confirms no dry run; this holds even if it did.
    else if (this.#isDryRun || migration.isDryRun) await this.#move(migration, 'failed', { code: 'dry_run_set' });
    else if (mayStillSend()) await this.#send(migration);
    // Adobe takes too long each time: the queue must not wait until the confirmation expires.
    else if (waitedMs >= this.#timeoutMs) await this.#move(migration, 'failed', { code: 'late' });
    // What was read before the process was suspended is outdated: read it again first.
    else turn.readAt = NEVER;
  }

  /** Ends it where what depends on it is no longer what was decided on (README, promise 1). Before its state is read. */
  async #endIfImpactChanged(migration: Migration, turn: Turn): Promise<boolean> {
    const { credentials, impacts, clock } = this.#parts;
    if (clock.monotonicMs() - turn.comparedAt < COMPARE_EVERY_MS) return false;
    const credential = await credentials.get(migration.technicalAccountId);
    const change = credential && (await impacts.changeOf(migration, credential));
    turn.comparedAt = clock.monotonicMs();
    if (change === null) return false;
    await this.#move(migration, 'failed', { code: 'impact_changed', change });
    return true;
  }

  #noteReading({ id }: Migration, reading: StatusReading): void {
    const since = this.#unreadStatus?.id === id ? this.#unreadStatus.since : this.#parts.clock.now();
    this.#unreadStatus = 'problem' in reading ? { id, since, problem: reading.problem } : null;
  }

  /** Since when Adobe's state of this migration cannot be read, and why; null while it can. */
  unreadStatusOf({ id }: Pick<Migration, 'id'>): UnreadStatus | null {
    return this.#unreadStatus?.id === id
      ? { since: this.#unreadStatus.since, problem: this.#unreadStatus.problem }
      : null;
  }

  /**
   * How long it has been in flight, in milliseconds. Only what was before this process first saw it goes by the wall clock,
   * which may be set meanwhile.
   */
  elapsedMs({ id, startedAt }: Pick<Migration, 'id' | 'startedAt'>): number {
    const { clock } = this.#parts;
    const now = clock.monotonicMs();
    // A person's press in Adobe starts it again.
    const key = `${id} ${startedAt?.getTime()}`;
    if (this.#inFlight?.key !== key) {
      const before = clock.now().getTime() - (startedAt ?? clock.now()).getTime();
      this.#inFlight = { key, since: now - Math.max(0, before) };
    }
    return now - this.#inFlight.since;
  }

  /**
   * Starts nothing more and waits up to `graceMs` milliseconds for the responses to starts already sent. Then it aborts
   * them, and another instance may go on: their state is in the database, and it reads Adobe's.
   */
  async stop(graceMs: number): Promise<void> {
    this.#isStopped = true;
    await this.#starts.settled(graceMs);
    this.#stopping.abort();
    await this.#starts.settled(graceMs);
    await this.#parts.leases.release(RUNNER_LEASE);
  }

  /** A hold set since the confirmation. The move to `submitted` checks it as well, with nothing in between. */
  async #holdOn({ technicalAccountId }: Migration): Promise<Hold | null> {
    return (await this.#parts.credentials.get(technicalAccountId))?.hold ?? null;
  }

  #confirmationAgeMs({ decidedAt }: Migration): number {
    return this.#parts.clock.now().getTime() - (decidedAt?.getTime() ?? 0);
  }

  async #send(migration: Migration): Promise<void> {
    const mayStillSend = this.#sendGuard();
    const submitted = await this.#move(migration, 'submitted', null);
    // By hand-off, a person acts from here on.
    if (submitted === null || submitted.method === 'hand-off') return;
    const { technicalAccountId, consoleId, shown, method, step } = submitted;
    const target = { technicalAccountId, consoleId, sandbox: shown.sandboxes[0] ?? '', step };
    // Not awaited: the response may come only when the migration has ended, and Adobe's state decides before that.
    const start = this.#parts.methods[method]
      .start(target, this.#stopping.signal, () => mayStillSend() && !this.#stopping.signal.aborted)
      .then((outcome) => this.#responses.record(submitted, outcome));
    void this.#starts.track(start);
  }

  /**
   * Tells later whether what is decided now may still be sent: the lease was never anybody else's, and it is not too late by
   * either clock, since a suspended machine stops one.
   */
  #sendGuard(): () => boolean {
    const { clock } = this.#parts;
    const limit = Math.min(SEND_WITHIN_MS, this.#timeoutMs);
    const lease = this.#lease;
    const wall = clock.now().getTime();
    const monotonic = clock.monotonicMs();
    return () => {
      const isLate = clock.monotonicMs() - monotonic > limit || Math.abs(clock.now().getTime() - wall) > limit;
      return !isLate && this.#isLeased(lease);
    };
  }

  async #move(migration: Migration, to: InFlightState | EndState, reason: Reason | null): Promise<Migration | null> {
    const { migrations, clock, logger } = this.#parts;
    const at = clock.now();
    const isEnd = to !== 'submitted' && to !== 'running';
    const isHandOff = migration.method === 'hand-off';
    const isPressed = isHandOff && to === 'running';
    const why = reason?.code ?? (isHandOff && to === 'submitted' ? HANDED_OVER : null);
    const changes: MigrationChanges = {
      ...((migration.startedAt === null || isPressed) && { startedAt: at }),
      ...(isEnd && { endedAt: at }),
      ...(reason !== null && { reason }),
    };
    const detail = why === null ? null : { why };
    const moved = await migrations.move(migration.id, migration.state, to, changes, { at, actor: ACTOR_BOT, detail });
    if (moved === null) return null;
    logger.info({ migration: moved.id, state: to, why }, 'migration moved');
    if (isEnd) this.#parts.ended(to);
    return moved;
  }
}
