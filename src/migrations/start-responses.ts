import { ACTOR_BOT, type AuditTrail } from '../audit/audit-entry.ts';
import { documentedError, logWords } from '../credentials/adobe-codes.ts';
import { type AdobeErrorKind, inOneLine } from '../credentials/adobe-error.ts';
import { type Clock, utcWords } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { StartOutcome } from './method.ts';
import type { Migration, Reason } from './migration.ts';
import type { MigrationStore, StartRefusal } from './ports.ts';

interface Parts {
  readonly audit: AuditTrail;
  readonly migrations: Pick<MigrationStore, 'noteStartProblem' | 'noteStartRefusal'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Refusals which mean that Adobe accepts no start from this app at all. */
const REFUSALS_OF_EVERY_START: ReadonlySet<AdobeErrorKind> = new Set(['not_allowed', 'no_such_path']);

/** A response that was recorded is among so many latest rows about its credential. */
const LATEST = 50;

interface Response {
  readonly migration: Migration;
  readonly outcome: StartOutcome;
  readonly at: Date;
  isAudited: boolean;
}

/** Adobe's responses to starts: audited, and acted on if they decide how a migration ends. */
export class StartResponses {
  readonly #parts: Parts;
  readonly #end: (migration: Migration, reason: Reason) => Promise<unknown>;
  /** Those that the database did not take. In memory: after a crash, Adobe's state has to do. */
  readonly #unrecorded = new Set<Response>();

  /** `end`: ends a migration as failed. */
  constructor(parts: Parts, end: (migration: Migration, reason: Reason) => Promise<unknown>) {
    this.#parts = parts;
    this.#end = end;
  }

  /** Never throws: what the database does not take is retried. */
  async record(migration: Migration, outcome: StartOutcome): Promise<void> {
    const { clock, logger } = this.#parts;
    const problem = 'error' in outcome ? outcome.error.problem : null;
    if (outcome.kind !== 'accepted')
      logger.warn({ migration: migration.id, outcome: outcome.kind, problem }, 'a start was not accepted');
    const response = { migration, outcome, at: clock.now(), isAudited: false };
    try {
      await this.#record(response);
    } catch (err) {
      this.#unrecorded.add(response);
      const words = 'the response to a start could not be recorded; recording will be retried';
      logger.error({ err, migration: migration.id }, words);
    }
  }

  /** Called repeatedly. @throws while the database still does not take one */
  async retry(): Promise<void> {
    for (const response of this.#unrecorded) {
      // The database may have taken it, and failed to say so.
      response.isAudited ||= await this.#isInTrail(response);
      await this.#record(response);
      this.#unrecorded.delete(response);
    }
  }

  async #isInTrail({ migration }: Response): Promise<boolean> {
    const { rows } = await this.#parts.audit.history(migration.technicalAccountId, 0, LATEST);
    return rows.some(({ action, migrationId }) => action === 'start_answered' && migrationId === migration.id);
  }

  /** Stored in the database, so any instance can tell the operator, even after a restart. */
  async #noteRefusal({ id, decidedAt }: Migration, outcome: StartOutcome): Promise<void> {
    const { migrations, logger } = this.#parts;
    if (outcome.kind === 'accepted') await migrations.noteStartRefusal(id, null);
    if (outcome.kind !== 'refused' || !REFUSALS_OF_EVERY_START.has(outcome.error.kind)) return;
    const { problem } = outcome.error;
    await migrations.noteStartRefusal(id, problem);
    logger.warn({}, startRefusalWords({ problem, confirmedAt: decidedAt }));
  }

  async #record(response: Response): Promise<void> {
    const { audit, migrations } = this.#parts;
    const { migration, outcome, at } = response;
    const problem = 'error' in outcome ? outcome.error.problem : null;
    if (!response.isAudited)
      await audit.record({
        at,
        actor: ACTOR_BOT,
        action: 'start_answered',
        technicalAccountId: migration.technicalAccountId,
        migrationId: migration.id,
        detail: {
          why: outcome.kind,
          ...(problem !== null && { answer: inOneLine(problem) }),
          ...(migration.step !== 'start' && { step: migration.step }),
        },
      });
    response.isAudited = true;
    if (migration.method === 'query-service') await this.#noteRefusal(migration, outcome);
    if (outcome.kind === 'late') await this.#end(migration, { code: 'late' });
    if (outcome.kind === 'unclear') await migrations.noteStartProblem(migration.id, outcome.error.problem);
    if (outcome.kind === 'refused' || outcome.kind === 'unsent')
      await this.#end(migration, { code: outcome.kind, problem: outcome.error.problem });
  }
}

/** What an operator has to set. */
export function startRefusalWords({ problem: { code }, confirmedAt }: StartRefusal): string {
  const known = documentedError({ code });
  const why = known === null || code === undefined ? null : logWords(code, known);
  const which = confirmedAt === null ? '' : `, not the one confirmed ${utcWords(confirmedAt)}`;
  return `Adobe takes no start of a migration from the app${which}: ${why ?? 'set ADOBE_MIGRATE_PATH to the call that its page makes'}, or set MIGRATION_METHOD=hand-off`;
}
