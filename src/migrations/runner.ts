import type { AuditTrail } from '../audit/audit-entry.ts';
import { ACTOR_BOT } from '../audit/audit-entry.ts';
import { inOneLine } from '../credentials/adobe-error.ts';
import type { ConsoleReader } from '../credentials/adobe-reader.ts';
import type { CredentialStore } from '../credentials/ports.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { TaskTracker } from '../lib/task-tracker.ts';
import type { MigrationMethod, StartOutcome } from './method.ts';
import {
  beforeSending,
  type EndState,
  type Migration,
  type Outcome,
  type Reason,
  whileInFlight,
} from './migration.ts';
import type { MigrationChanges, MigrationStore } from './ports.ts';
import { readingOf } from './reading.ts';

interface Parts {
  readonly migrations: MigrationStore;
  readonly credentials: CredentialStore;
  readonly console: Pick<ConsoleReader, 'migrationStatus'>;
  readonly method: MigrationMethod;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Hears of every end, for the metrics. */
  readonly ended: (outcome: Outcome) => void;
}

/**
 * Promise 2: takes confirmed migrations through, one in flight per organisation. The intent is written before the
 * start is sent, and only a `confirmed` one is ever sent: whatever is found `submitted` after a crash is read from
 * Adobe's state, never sent again.
 */
export class Runner {
  readonly #parts: Parts;
  readonly #pollMs: number;
  readonly #timeoutMs: number;
  /** When Adobe was last asked about the one at the head, and since when it has been there. This process's own view. */
  #head: { id: string; since: number; readAt: number } | null = null;
  readonly #starts = new TaskTracker();
  readonly #stopping = new AbortController();
  #stopped = false;

  /** Milliseconds: between two readings of Adobe's state, and until a person must look. */
  constructor(parts: Parts, settings: { pollMs: number; timeoutMs: number }) {
    this.#parts = parts;
    this.#pollMs = settings.pollMs;
    this.#timeoutMs = settings.timeoutMs;
  }

  /** Takes the head of the line one step further, if it is time, and ends what ended late. Called again and again. */
  async advance(): Promise<void> {
    const { migrations, credentials, console, clock } = this.#parts;
    // Looked for, not waited to be told of: a process may die right after it has seen Adobe's state.
    for (const late of await migrations.lateCompletions()) await this.#move(late, 'migrated', null);
    const [head] = await migrations.queue();
    if (head === undefined) return;
    const now = clock.now().getTime();
    if (this.#head?.id !== head.id)
      this.#head = { id: head.id, since: now, readAt: Number.NEGATIVE_INFINITY };
    if (now - this.#head.readAt < this.#pollMs) return;
    this.#head.readAt = now;
    const reading = await readingOf(console, head);
    if ('status' in reading) await credentials.setAdobeStatus(head.technicalAccountId, reading.status);
    const verdict =
      head.state === 'confirmed'
        ? beforeSending(
            reading,
            { waitedMs: now - this.#head.since, confirmationAgeMs: now - (head.decidedAt?.getTime() ?? 0) },
            this.#timeoutMs,
          )
        : whileInFlight(head, reading, now - (head.startedAt?.getTime() ?? now), this.#timeoutMs);
    if (verdict.do === 'send' && !this.#stopped) await this.#send(head);
    if (verdict.do === 'move') await this.#move(head, verdict.to, verdict.reason);
  }

  /**
   * Takes up nothing new and lets starts on their way out be answered for `graceMs` milliseconds. Then it stops
   * waiting: their state is in the database, and the next instance reads Adobe's.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    await this.#starts.settled(graceMs);
    this.#stopping.abort();
    await this.#starts.settled(graceMs);
  }

  async #send(migration: Migration): Promise<void> {
    const submitted = await this.#move(migration, 'submitted', null);
    if (submitted === null) return;
    const { technicalAccountId, consoleId, shown } = submitted;
    const target = { technicalAccountId, consoleId, sandbox: shown.sandboxes[0] ?? '' };
    // Not awaited: the answer may come only at the end, and Adobe's state decides meanwhile.
    const start = this.#parts.method
      .start(target, this.#stopping.signal)
      .then((outcome) => this.#noteOutcome(submitted, outcome))
      .catch((err: unknown) =>
        this.#parts.logger.error({ err, migration: submitted.id }, "a start's answer was not noted"),
      );
    void this.#starts.track(start);
  }

  async #noteOutcome(migration: Migration, outcome: StartOutcome): Promise<void> {
    const { audit, migrations, clock, logger } = this.#parts;
    const problem = outcome.kind === 'accepted' ? null : outcome.error.problem;
    await audit.record({
      at: clock.now(),
      actor: ACTOR_BOT,
      action: 'start_answered',
      technicalAccountId: migration.technicalAccountId,
      migrationId: migration.id,
      detail: { why: outcome.kind, ...(problem !== null && { answer: inOneLine(problem) }) },
    });
    if (problem === null) return;
    logger.warn({ migration: migration.id, outcome: outcome.kind, problem }, 'a start was not accepted');
    if (outcome.kind === 'unclear') await migrations.noteStartProblem(migration.id, problem);
    if (outcome.kind === 'refused' || outcome.kind === 'unsent') {
      await this.#move(migration, 'failed', { code: outcome.kind, problem });
    }
  }

  async #move(
    migration: Migration,
    to: 'submitted' | 'running' | EndState,
    reason: Reason | null,
  ): Promise<Migration | null> {
    const { migrations, clock, logger } = this.#parts;
    const at = clock.now();
    const changes: MigrationChanges = {
      ...(migration.startedAt === null && { startedAt: at }),
      ...(to !== 'submitted' && to !== 'running' && { endedAt: at }),
      ...(reason !== null && { reason }),
    };
    const detail = reason === null ? null : { why: reason.code };
    const moved = await migrations.move(migration.id, migration.state, to, changes, {
      at,
      actor: ACTOR_BOT,
      detail,
    });
    if (moved === null) return null;
    logger.info({ migration: moved.id, state: to, why: reason?.code }, 'migration moved');
    if (to !== 'submitted' && to !== 'running') this.#parts.ended(to);
    return moved;
  }
}
