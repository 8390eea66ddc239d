import type { Migrator } from '../access/access.ts';
import type { Clock } from '../lib/clock.ts';
import { FailureLog } from '../lib/failure-log.ts';
import type { Leases } from '../lib/leases.ts';
import type { Logger } from '../lib/logger.ts';
import type { Limit } from '../lib/parallel.ts';
import type { RateLimiter } from '../lib/rate-limiter.ts';
import type { Migration } from '../migrations/migration.ts';
import type { MigrationStore } from '../migrations/ports.ts';
import { type AddressedNotice, THREAD } from '../notices/notice.ts';
import type { JobReader } from '../usage/ports.ts';
import type { WatchStore } from './ports.ts';
import { WatchReader } from './reader.ts';
import { afterLook, givenUp, MAX_LOOKS, type Watch } from './watch.ts';

export type AcknowledgeResult =
  | { readonly kind: 'acknowledged'; readonly migration: Migration }
  /** Another person acknowledged it first. */
  | { readonly kind: 'already'; readonly migration: Migration; readonly by: string }
  /** Nothing has failed since this migration. */
  | { readonly kind: 'no_failure'; readonly migration: Migration }
  | { readonly kind: 'no_such_migration' };

interface Parts {
  readonly watches: WatchStore;
  readonly migrations: Pick<MigrationStore, 'get'>;
  readonly jobs: JobReader;
  /** Limits the number of concurrent calls to Adobe; shared with the sync. */
  readonly limit: Limit;
  readonly leases: Leases;
  /** Spaces looks. */
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly logger: Logger;
}

const LEASE = 'watch';
/** How long a dead instance keeps the others from looking. Milliseconds. */
const LEASE_MS = 60_000;
/** Maximum number of names of unread items in a log entry. */
const MAX_NAMES = 20;
/** Time until a look that a crash interrupted is taken again. Milliseconds. */
const RETRY_MS = 5 * 60 * 1000;

/** Checks after each migration whether the credential's jobs still work, and notifies people. All is persisted. */
export class JobWatch {
  readonly #parts: Parts;
  readonly #lengthMs: number;
  readonly #failures: FailureLog;
  #isStopped = false;

  /** `lengthMs`: how long a migrated credential is watched; 0: not at all. Milliseconds. */
  constructor(parts: Parts, settings: { readonly lengthMs: number }) {
    this.#parts = parts;
    this.#failures = new FailureLog(parts.logger);
    this.#lengthMs = settings.lengthMs;
  }

  get isOn(): boolean {
    return this.#lengthMs > 0;
  }

  /** Begins due watches, and takes at most one look. One instance at a time, by a lease. Called repeatedly. */
  async look(): Promise<void> {
    const { watches, leases, limiter, clock } = this.#parts;
    const now = clock.now();
    if (this.#isStopped || !(await leases.acquire(LEASE, now, LEASE_MS))) return;
    await watches.begin(new Date(now.getTime() - this.#lengthMs), this.#lengthMs);
    if (limiter.waitMs() > 0) return;
    const due = await watches.due(now);
    if (due === null || this.#isStopped) return;
    limiter.take();
    if (!(await watches.claim(due.watch, new Date(now.getTime() + RETRY_MS)))) return;
    const claimed = { ...due.watch, looks: due.watch.looks + 1 };
    if (claimed.looks > MAX_LOOKS) await this.#giveUp(due.migration, claimed);
    else await this.#takeLook(due.migration, claimed);
  }

  /** For a last look that failed, or in which the process died: people are notified that the watch has ended. */
  async #giveUp(migration: Migration, before: Watch): Promise<void> {
    const { watches, clock, logger } = this.#parts;
    const watch = givenUp(before);
    await watches.save(watch, { at: clock.now(), notices: noticesOf(migration, watch), hasNewFailure: false });
    logger.error(
      { migration: migration.id },
      'the watch of a migrated credential ended early: its last look was cut short',
    );
  }

  async #takeLook(migration: Migration, before: Watch): Promise<void> {
    const { watches, clock, logger } = this.#parts;
    const reader = new WatchReader(this.#parts, migration, before.since, clock.now());
    const found = await reader.read(before.found);
    this.#logUnread(migration, reader);
    const now = clock.now();
    // A person may have acknowledged during the look.
    const acknowledged = (await watches.get(migration.id))?.acknowledged ?? null;
    const { watch, isNews, hasNewFailure } = afterLook({ ...before, acknowledged }, found, now);
    await watches.save(watch, { at: now, notices: isNews ? noticesOf(migration, watch) : [], hasNewFailure });
    logger.debug({ migration: migration.id, looks: watch.looks }, 'the jobs of a migrated credential were looked at');
  }

  #logUnread({ id }: Migration, { unread }: WatchReader): void {
    const names = [...new Set(unread.map(({ name }) => name))].sort();
    const readable = 'all that a migrated credential runs can be read again';
    if (names.length === 0) {
      this.#failures.worked(id, { migration: id }, readable);
      return;
    }
    const details = {
      migration: id,
      count: names.length,
      names: names.slice(0, MAX_NAMES),
      problem: unread[0]?.problem,
    };
    this.#failures.failed(id, names.join(' '), details, 'some of what a migrated credential runs could not be read');
  }

  /** Records that this person takes care of what has failed since a migration; only the first to press is recorded. */
  async acknowledge({ id: userId }: Migrator, migrationId: string): Promise<AcknowledgeResult> {
    const { watches, migrations, clock } = this.#parts;
    const migration = await migrations.get(migrationId);
    if (migration === null) return { kind: 'no_such_migration' };
    const watch = await watches.get(migrationId);
    if (watch === null || watch.failures.length === 0) return { kind: 'no_failure', migration };
    const at = clock.now();
    const notice: AddressedNotice = {
      subject: `watch/${migrationId}/acknowledged/${watch.looks}`,
      address: THREAD,
      notice: { kind: 'acknowledged', migrationId, by: userId },
    };
    if (await watches.acknowledge({ migration, watch }, userId, at, notice)) return { kind: 'acknowledged', migration };
    const { acknowledged } = (await watches.get(migrationId)) ?? watch;
    return acknowledged === null
      ? { kind: 'no_failure', migration }
      : { kind: 'already', migration, by: acknowledged.by };
  }

  /** Takes no further look, and lets another instance continue. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.isOn) await this.#parts.leases.release(LEASE);
  }
}

/** Notices below the migration's own message, and to the owner. */
function noticesOf(migration: Migration, { looks, told }: Watch): AddressedNotice[] {
  const { id: migrationId, shown } = migration;
  const notice = { kind: 'watch', migrationId, told: told ?? '' } as const;
  const subject = `watch/${migrationId}/${looks}`;
  const addresses = [THREAD];
  // An owner that is not an email matches nobody, and must not be taken for a user id.
  if (shown.owner?.includes('@')) addresses.push(shown.owner);
  return addresses.map((address) => ({ subject, address, notice }));
}
