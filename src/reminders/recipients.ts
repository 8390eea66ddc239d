import type { Catalogue } from '../credentials/catalogue.ts';
import { type ListedCredential, TO_MIGRATE } from '../credentials/credential.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { RateLimitedError, type RateLimiter } from '../lib/rate-limiter.ts';
import type { ReminderDelivery } from './delivery.ts';
import type { Recipient, ReminderStore } from './ports.ts';

/** The credentials of one owner that are still to be migrated, and who is reminded of them. */
export interface OwnerGroup {
  /** Adobe's email, in lower case; null when no one is assigned, or a migrator took over. */
  readonly email: string | null;
  /** Null when no one is known, or the lookup failed. */
  readonly recipient: Recipient | null;
  readonly credentials: readonly ListedCredential[];
}

/** Finds people by email. */
export interface RecipientLookup {
  /** @throws when Slack gives no response, or asks for a pause */
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
const EVERYTHING = 1_000_000;
/** Maximum attempts per lookup when Slack asks for pauses. */
const MAX_ATTEMPTS = 3;

/** Who is reminded of which credential. */
export class Recipients {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Credentials still to be migrated, by recipient: by email first, then those that were taken over, then those without an owner. */
  async groups(): Promise<OwnerGroup[]> {
    const { catalogue, store } = this.#parts;
    const takeovers = await store.takeovers();
    const { rows } = await catalogue.page({ statuses: TO_MIGRATE }, 0, EVERYTHING);
    const [taken = [], others = []] = [true, false].map((wanted) =>
      rows.filter(({ technicalAccountId }) => takeovers.has(technicalAccountId) === wanted),
    );
    const byEmail = Map.groupBy(others, ({ owner }) => owner?.toLowerCase() ?? '');
    const ownerless = byEmail.get('') ?? [];
    byEmail.delete('');
    const byUser = Map.groupBy(taken, ({ technicalAccountId }) => takeovers.get(technicalAccountId) ?? '');
    return [
      ...[...byEmail].map(([email, credentials]) => ({ email, recipient: null, credentials })),
      ...[...byUser].map(([userId, credentials]) => ({
        email: null,
        recipient: { kind: 'person', userId } as const,
        credentials,
      })),
      ...(ownerless.length === 0 ? [] : [{ email: null, recipient: null, credentials: ownerless }]),
    ];
  }

  /** Adds the recipient behind the group's email: from what Slack said within the last day, else from Slack. */
  async lookUp(group: OwnerGroup): Promise<OwnerGroup> {
    const { store, lookup, delivery, limiter, clock, logger } = this.#parts;
    const { email } = group;
    if (email === null) return group;
    const known = await store.recipient(email, new Date(clock.now().getTime() - DAY_MS));
    if (known !== null) return { ...group, recipient: known };
    for (let attempt = 1; ; attempt++) {
      await delivery.waitForTurn(limiter);
      try {
        const recipient = await lookup.recipient(email);
        await store.rememberRecipient(email, recipient, clock.now());
        return { ...group, recipient };
      } catch (err) {
        logger.warn({ err }, 'an owner could not be looked up in Slack; it will be retried');
        if (!(err instanceof RateLimitedError)) return group;
        limiter.hold(err.ms);
        // Retried here, since the digest would name an owner who is not known by then as unreachable.
        if (attempt === MAX_ATTEMPTS) return group;
      }
    }
  }
}
