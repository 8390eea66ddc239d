import type { ListedCredential } from '../credentials/credential.ts';
import type { CredentialStore } from '../credentials/ports.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Limit } from '../lib/parallel.ts';
import { changeSince, FRESH_MS, type Impact, type ImpactChange, impactOf } from '../usage/impact.ts';
import type { JobReader } from '../usage/ports.ts';
import { UsageReader } from '../usage/reader.ts';
import { unreadUsage } from '../usage/usage.ts';
import type { Migration } from './migration.ts';
import type { ConfirmationMessages, MigrationStore } from './ports.ts';

/** Schedules whose runs are read for one question. */
const MAX_SCHEDULES = 10;

interface Parts {
  readonly jobs: JobReader;
  /** Shared with the sync: so many calls to Adobe are in flight. */
  readonly limit: Limit;
  readonly migrations: Pick<MigrationStore, 'setImpact' | 'get'>;
  readonly credentials: Pick<CredentialStore, 'get'>;
  readonly messages: Pick<ConfirmationMessages, 'revise' | 'close'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface ShowOptions {
  /** Whom the posted question mentions. */
  readonly approvers?: readonly string[];
  /** Shows it in a modal instead. False: the modal no longer shows the question. */
  readonly reviseModal?: (revised: Migration) => Promise<boolean>;
}

/** What depends on a question's credential: read for the question, stored with it, and compared before the start. */
export class Impacts {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Read now; of a sandbox that cannot be read, what was known of it. Never throws. */
  async read(credential: ListedCredential, maxSchedules = MAX_SCHEDULES): Promise<Impact> {
    const { jobs, limit, clock, logger } = this.#parts;
    const { technicalAccountId, sandboxes } = credential;
    const now = clock.now();
    const bounds = { credentials: sandboxes.length, schedules: maxSchedules };
    const reader = new UsageReader(jobs, limit, now, bounds);
    const before = (sandbox: string) =>
      credential.usage.find((each) => each.sandbox === sandbox) ?? unreadUsage(sandbox, null);
    try {
      const usage = await Promise.all(
        sandboxes.map((sandbox) => reader.usageOf(technicalAccountId, null, before(sandbox))),
      );
      return impactOf({ sandboxes, usage }, now);
    } catch (err) {
      logger.error({ err }, 'what depends on a credential could not be read');
      return impactOf(credential, now);
    }
  }

  /** Keeps what a question is about to show. The request as it is then: unchanged where it is no longer pending. */
  async keep(request: Migration, impact: Impact): Promise<Migration> {
    return (await this.#parts.migrations.setImpact(request.id, impact)) ?? request;
  }

  /**
   * Shows it in the question, unless the question already does; a modal also says that it is being read. It is stored
   * first, next to what was shown before: the press says which of the two was on screen. Never throws.
   */
  async show(
    request: Migration,
    credential: ListedCredential,
    impact: Impact,
    { approvers = [], reviseModal }: ShowOptions = {},
  ): Promise<void> {
    const { migrations, messages, logger } = this.#parts;
    try {
      const isAlreadyThere = reviseModal === undefined && isAlreadyShown(request, impact);
      if (!isAlreadyThere && (await migrations.setImpact(request.id, impact)) !== null) {
        const revised = { ...request, impact };
        if (reviseModal === undefined) await messages.revise(revised, credential, approvers);
        else if (!(await reviseModal(revised))) return;
      }
      await this.#closeDecided(request);
    } catch (err) {
      logger.warn({ err, migration: request.id }, 'a question could not be completed');
    }
  }

  /** Decided or asked again meanwhile, perhaps before the question was posted: it must show no buttons. */
  async #closeDecided({ id }: Migration): Promise<void> {
    const latest = await this.#parts.migrations.get(id);
    if (latest !== null && latest.state !== 'asked') await this.#parts.messages.close(latest, null);
  }

  /** Shows the stored impact again after a press on an older one, whose edit may have been lost. Never throws. */
  async showAgain(request: Migration, approvers: readonly string[]): Promise<void> {
    const { migrations, credentials, messages, logger } = this.#parts;
    try {
      const credential = await credentials.get(request.technicalAccountId);
      // Since the press, Slack was asked about people.
      if (credential === null || (await migrations.get(request.id))?.state !== 'asked') return;
      await messages.revise(request, credential, approvers);
      await this.#closeDecided(request);
    } catch (err) {
      logger.warn({ err, migration: request.id }, 'a question could not be shown again');
    }
  }

  /** What has changed since the question, read now; null: nothing that matters, or Adobe does not say. Never throws. */
  async changeOf(
    { shown, impact }: Pick<Migration, 'shown' | 'impact'>,
    credential: ListedCredential,
  ): Promise<ImpactChange | null> {
    const namesOf = (names: readonly string[]) => names.toSorted().join('\n');
    if (namesOf(shown.production) !== namesOf(credential.production)) return { kind: 'production' };
    // Nothing was known: there is nothing to compare with.
    if (impact?.readAt == null) return null;
    return changeSince(impact, await this.read(credential, 0));
  }
}

/** Whether the question already shows this, from what was known when it was posted. */
function isAlreadyShown({ impact: before, askedAt }: Migration, impact: Impact): boolean {
  if (before?.readAt == null || askedAt.getTime() - before.readAt.getTime() >= FRESH_MS) return false;
  return JSON.stringify({ ...before, readAt: null }) === JSON.stringify({ ...impact, readAt: null });
}
