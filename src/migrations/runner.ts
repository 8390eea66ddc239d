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
import { timeoutOf, verdictBeforeSending, verdictInFlight } from './verdicts.ts';

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
  readonly #dryRun: boolean;
  /** The first in the queue: since when, and when Adobe's state and what depends on it were last read. In memory only. */
  #first: { id: string; since: number; readAt: number; comparedAt: number } | null = null;
  /** Since when the one in flight is, by the monotonic clock. In memory only. */
  #inFlight: { key: string; since: number } | null = null;
  /**
   * The lease as far as it is surely ours, by both clocks: a suspended machine stops one, and the other may be set. A new
   * object where it may have been another's in between.
   */
  #lease = { wall: 0, monotonic: 0 };
  /** Since when Adobe's state of one migration cannot be read. In memory only. */
  #unread: (UnreadStatus & { readonly id: string }) | null = null;
  readonly #starts = new TaskTracker();
  readonly #responses: StartResponses;
  readonly #stopping = new AbortController();
  #stopped = false;

  /** `dryRun`: send nothing. In milliseconds: between two readings of Adobe's state, and until a migration needs attention. */
  constructor(parts: Parts, settings: { pollMs: number; timeoutMs: number; dryRun: boolean }) {
    this.#parts = parts;
    this.#responses = new StartResponses(parts, (migration, reason) => this.#move(migration, 'failed', reason));
    this.#pollMs = settings.pollMs;
    this.#timeoutMs = settings.timeoutMs;
    this.#dryRun = settings.dryRun;
  }

  /** Acquires or renews the right to work through the queue: one instance has it. */
  async acquireLease(): Promise<boolean> {
    const { leases, clock } = this.#parts;
    const [now, monotonic] = [clock.now(), clock.monotonicMs()];
    const acquired = await leases.acquire(RUNNER_LEASE, now, RUNNER_LEASE_MS);
    // If the lease was renewed too late, another instance may have held it: decisions under it must not be sent.
    if (!acquired || !this.#isLeased()) this.#lease = { wall: 0, monotonic: 0 };
    if (acquired)
      Object.assign(this.#lease, { wall: now.getTime() + RUNNER_LEASE_MS, monotonic: monotonic + RUNNER_LEASE_MS });
    return acquired;
  }

  /** Whether the lease is ours now; with `since`, without a gap since then. */
  #isLeased(since = this.#lease): boolean {
    const { clock } = this.#parts;
    const { wall, monotonic } = this.#lease;
    return since === this.#lease && clock.monotonicMs() < monotonic && clock.now().getTime() < wall;
  }

  /**
   * Advances the first migration in the queue by one step, if it is time, and ends what ended late. Called repeatedly.
   * Does nothing where another instance has the lease.
   */
  async advance(): Promise<void> {
    const { migrations, credentials, console, clock } = this.#parts;
    await this.#responses.retry();
    if (!this.#isLeased() && !(await this.acquireLease())) return;
    // Polled: a process may die right after it has seen Adobe's state.
    for (const { migration, to } of await migrations.lateEnds()) await this.#move(migration, to, null);
    const [first, ...behind] = await migrations.queue();
    if (first === undefined) return;
    // Its turn may be a day away, behind one that waits for a person.
    for (const each of behind.filter((other) => this.#confirmationAgeMs(other) >= CONFIRMATION_TTL_MS))
      await this.#move(each, 'failed', { code: 'outdated' });
    const now = clock.monotonicMs();
    if (this.#first?.id !== first.id)
      this.#first = {
        id: first.id,
        since: now,
        readAt: Number.NEGATIVE_INFINITY,
        comparedAt: Number.NEGATIVE_INFINITY,
      };
    if (now - this.#first.readAt < this.#pollMs) return;
    this.#first.readAt = now;
    if (first.state === 'confirmed' && (await this.#hasOtherImpact(first, this.#first))) return;
    const mayStillSend = this.#watch();
    const reading = await readStatus(console, first.consoleId);
    this.#noteReading(first, reading);
    if ('status' in reading)
      await credentials.setAdobeStatus(first.technicalAccountId, reading.status, this.#parts.clock.now());
    const plan = planOf(first);
    const verdict =
      first.state === 'confirmed'
        ? verdictBeforeSending(
            plan,
            reading,
            { waitedMs: now - this.#first.since, confirmationAgeMs: this.#confirmationAgeMs(first) },
            this.#timeoutMs,
          )
        : verdictInFlight(plan, first, reading, this.elapsedMs(first), timeoutOf(first, this.#timeoutMs));
    const hold = verdict.do === 'send' && isBlockedByHold(first) ? await this.#holdOn(first) : null;
    if (hold !== null) await this.#move(first, 'failed', heldReason(hold));
    else if (verdict.do === 'send' && !this.#stopped) {
      // Confirmed before the app was set to dry runs. The store confirms no dry run; this holds even if it did.
      if (this.#dryRun || first.isDryRun) await this.#move(first, 'failed', { code: 'dry_run_set' });
      else if (mayStillSend()) await this.#send(first);
      // Adobe takes too long each time: the queue must not wait until the confirmation expires.
      else if (now - this.#first.since >= this.#timeoutMs) await this.#move(first, 'failed', { code: 'late' });
      // What was read before the process was suspended is outdated: read it again first.
      else this.#first.readAt = Number.NEGATIVE_INFINITY;
    }
    if (verdict.do === 'move') await this.#move(first, verdict.to, verdict.reason);
  }

  /** Ends it where what depends on it is no longer what was decided on (README, promise 1). Before its state is read. */
  async #hasOtherImpact(migration: Migration, first: { comparedAt: number }): Promise<boolean> {
    const { credentials, impacts, clock } = this.#parts;
    if (clock.monotonicMs() - first.comparedAt < COMPARE_EVERY_MS) return false;
    const credential = await credentials.get(migration.technicalAccountId);
    const change = credential && (await impacts.changeOf(migration, credential));
    first.comparedAt = clock.monotonicMs();
    if (change === null) return false;
    await this.#move(migration, 'failed', { code: 'impact_changed', change });
    return true;
  }

  #noteReading({ id }: Migration, reading: StatusReading): void {
    const since = this.#unread?.id === id ? this.#unread.since : this.#parts.clock.now();
    this.#unread = 'problem' in reading ? { id, since, problem: reading.problem } : null;
  }

  /** Since when Adobe's state of this migration cannot be read, and why; null while it can. */
  unreadStatusOf({ id }: Pick<Migration, 'id'>): UnreadStatus | null {
    return this.#unread?.id === id ? { since: this.#unread.since, problem: this.#unread.problem } : null;
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
    this.#stopped = true;
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
    const mayStillSend = this.#watch();
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
  #watch(): () => boolean {
    const { clock } = this.#parts;
    const limit = Math.min(SEND_WITHIN_MS, this.#timeoutMs);
    const [lease, wall, monotonic] = [this.#lease, clock.now().getTime(), clock.monotonicMs()];
    return () => {
      const isLate = clock.monotonicMs() - monotonic > limit || Math.abs(clock.now().getTime() - wall) > limit;
      return !isLate && this.#isLeased(lease);
    };
  }

  async #move(migration: Migration, to: InFlightState | EndState, reason: Reason | null): Promise<Migration | null> {
    const { migrations, clock, logger } = this.#parts;
    const at = clock.now();
    const isPressed = migration.method === 'hand-off' && to === 'running';
    const why = reason?.code ?? (migration.method === 'hand-off' && to === 'submitted' ? HANDED_OVER : null);
    const changes: MigrationChanges = {
      ...((migration.startedAt === null || isPressed) && { startedAt: at }),
      ...(to !== 'submitted' && to !== 'running' && { endedAt: at }),
      ...(reason !== null && { reason }),
    };
    const detail = why === null ? null : { why };
    const moved = await migrations.move(migration.id, migration.state, to, changes, { at, actor: ACTOR_BOT, detail });
    if (moved === null) return null;
    logger.info({ migration: moved.id, state: to, why }, 'migration moved');
    if (to !== 'submitted' && to !== 'running') this.#parts.ended(to);
    return moved;
  }
}
