import type { Catalogue } from '../credentials/catalogue.ts';
import type { OwnedCredential } from '../credentials/credential.ts';
import type { Clock } from '../lib/clock.ts';
import { FailureLog } from '../lib/failure-log.ts';
import type { Logger } from '../lib/logger.ts';
import { causeOf, RateLimitedError, type RateLimiter } from '../lib/rate-limiter.ts';
import { Retries } from '../lib/retries.ts';
import type { ReminderDelivery } from './delivery.ts';
import { type GroupContent, type OwnerGroup, sumOfFurther } from './owner-group.ts';
import type { Recipient, ReminderStore } from './ports.ts';

/** Finds people by email. */
export interface RecipientLookup {
  /** An address that Slack rejects, for whatever reason, is unreachable. @throws when Slack gives no response, or asks for a pause */
  recipient(email: string): Promise<Recipient>;
}

interface Parts {
  readonly store: ReminderStore;
  readonly catalogue: Catalogue;
  readonly lookup: RecipientLookup;
  readonly delivery: ReminderDelivery;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly logger: Logger;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Maximum attempts per lookup when Slack asks for pauses. */
const MAX_ATTEMPTS = 3;
/** How long a person waits for the next lookup. Milliseconds. */
const AWAITED_MS = 2_000;
/** How long look-ups stop after Slack said that the app may not look anyone up. Milliseconds. */
const NOT_PERMITTED_MS = 60 * 60 * 1000;
const NOT_PERMITTED: Recipient = { kind: 'unreachable', why: 'not_permitted' };

/** Finds who gets reminders of which credentials. */
export class Recipients {
  readonly #parts: Parts;
  /** Lookups to which Slack gave no response, by email. */
  readonly #retries: Retries;
  readonly #log: FailureLog;
  #notPermittedUntil = Number.NEGATIVE_INFINITY;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#retries = new Retries(parts.clock);
    this.#log = new FailureLog(parts.logger);
  }

  /**
   * Credentials still to be migrated, by recipient: by email first, then those that were taken over, then those without an
   * owner. `limit`: only the first ones of each are read, and of the others how many there are.
   */
  async groups(limit?: number): Promise<OwnerGroup[]> {
    const all = await this.#parts.catalogue.toMigrateByOwner(limit);
    const takenOver = Map.groupBy(
      all.filter(({ takenBy }) => takenBy !== null),
      ({ takenBy }) => takenBy ?? '',
    );
    const byEmail = Map.groupBy(
      all.filter(({ takenBy }) => takenBy === null),
      ({ credential }) => credential.owner?.toLowerCase() ?? '',
    );
    const ownerless = byEmail.get('');
    byEmail.delete('');
    const groups: OwnerGroup[] = [];
    for (const [email, owned] of byEmail) groups.push({ email, recipient: null, ...contentOf(owned) });
    for (const [userId, owned] of takenOver) {
      const recipient = { kind: 'person', userId } as const;
      groups.push({ email: null, recipient, ...contentOf(owned), takenBy: userId });
    }
    if (ownerless !== undefined) groups.push({ email: null, recipient: null, ...contentOf(ownerless) });
    return groups;
  }

  /**
   * Adds the recipient behind the group's email: from what Slack said within the last day, else from Slack.
   * `isAwaited`: a person waits for it, so it does not wait for the end of a pause that Slack asks for.
   */
  async lookUp(group: OwnerGroup, { isAwaited = false } = {}): Promise<OwnerGroup> {
    const { store, limiter, clock } = this.#parts;
    const { email } = group;
    if (email === null) return group;
    const known = await store.recipient(email, new Date(clock.now().getTime() - DAY_MS));
    if (known !== null) return { ...group, recipient: known };
    if (clock.monotonicMs() < this.#notPermittedUntil) return { ...group, recipient: NOT_PERMITTED };
    if (this.#retries.isWaiting(email)) return group;
    if (isAwaited && limiter.waitMs() > AWAITED_MS) return group;
    return { ...group, recipient: await this.#ask(email, isAwaited ? 1 : MAX_ATTEMPTS) };
  }

  /** Whether a failed lookup is retried so soon that the others wait: it may lead to one of the same people. */
  isRetriedSoon({ email, recipient }: OwnerGroup): boolean {
    return email !== null && recipient === null && this.#retries.isSoon(email);
  }

  /** Null when Slack gives no response. */
  async #ask(email: string, attempts: number): Promise<Recipient | null> {
    const { store, lookup, delivery, limiter, clock } = this.#parts;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      await delivery.waitForTurn(limiter);
      try {
        const recipient = await lookup.recipient(email);
        this.#retries.worked(email);
        this.#log.worked(email, {}, 'an owner was looked up after failures');
        if (recipient.kind === 'unreachable' && recipient.why === 'not_permitted')
          this.#notPermittedUntil = clock.monotonicMs() + NOT_PERMITTED_MS;
        else await store.rememberRecipient(email, recipient, clock.now());
        return recipient;
      } catch (err) {
        this.#log.failed(email, causeOf(err), { err }, 'an owner could not be looked up in Slack; it will be retried');
        if (!(err instanceof RateLimitedError)) break;
        limiter.hold(err.ms);
      }
    }
    this.#retries.failed(email);
    return null;
  }
}

/** The content of one group. Owners that Adobe spells differently have their own numbers. */
function contentOf(owned: readonly OwnedCredential[]): GroupContent {
  const byOwner = new Map(owned.map(({ credential, further }) => [credential.owner ?? '', further]));
  const further = sumOfFurther([...byOwner.values()]);
  return { credentials: owned.map(({ credential }) => credential), ...(further.count > 0 && { further }) };
}
