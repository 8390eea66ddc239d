import type { Catalogue } from '../credentials/catalogue.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { RateLimitedError, type RateLimiter } from '../lib/rate-limiter.ts';
import type { ReminderDelivery } from './delivery.ts';
import type { Recipient, ReminderStore } from './ports.ts';

/** The open credentials of one owner, and who hears of them. */
export interface OwnerGroup {
  /** Adobe's email, in lower case; null when nobody is assigned, or somebody took over. */
  readonly email: string | null;
  /** Null when nobody is known, or Slack did not tell. */
  readonly recipient: Recipient | null;
  readonly credentials: readonly ListedCredential[];
}

/** Finds people by email. */
export interface RecipientLookup {
  /** @throws when Slack does not tell */
  recipient(email: string): Promise<Recipient>;
}

interface Parts {
  readonly store: ReminderStore;
  readonly catalogue: Catalogue;
  readonly people: RecipientLookup;
  readonly delivery: ReminderDelivery;
  readonly pace: RateLimiter;
  readonly clock: Clock;
  readonly logger: Logger;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const EVERYTHING = 1_000_000;
/** Of one look-up, as long as Slack asks for nothing but a pause. */
const TRIES = 3;

/** Who is to hear of which open credential. */
export class Recipients {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Open credentials by who hears of them: by email first, then those that somebody took over, then nobody's. */
  async groups(): Promise<OwnerGroup[]> {
    const { catalogue, store } = this.#parts;
    const takeovers = await store.takeovers();
    const { rows } = await catalogue.page({ status: 'eligible' }, 0, EVERYTHING);
    const byEmail = Map.groupBy(
      rows.filter(({ technicalAccountId }) => !takeovers.has(technicalAccountId)),
      ({ owner }) => owner?.toLowerCase() ?? '',
    );
    const nobodys = byEmail.get('') ?? [];
    byEmail.delete('');
    const takenOver = Map.groupBy(
      rows.filter(({ technicalAccountId }) => takeovers.has(technicalAccountId)),
      ({ technicalAccountId }) => takeovers.get(technicalAccountId) ?? '',
    );
    return [
      ...[...byEmail].map(([email, credentials]) => ({ email, recipient: null, credentials })),
      ...[...takenOver].map(([userId, credentials]) => ({
        email: null,
        recipient: { kind: 'person', userId } as const,
        credentials,
      })),
      ...(nobodys.length === 0 ? [] : [{ email: null, recipient: null, credentials: nobodys }]),
    ];
  }

  /** With who is behind its email: from what Slack said within the last day, else from Slack. */
  async reach(group: OwnerGroup): Promise<OwnerGroup> {
    const { store, people, delivery, pace, clock, logger } = this.#parts;
    const { email } = group;
    if (email === null) return group;
    const known = await store.recipient(email, new Date(clock.now().getTime() - DAY_MS));
    if (known !== null) return { ...group, recipient: known };
    for (let tries = 1; ; tries++) {
      await delivery.turn(pace);
      try {
        const recipient = await people.recipient(email);
        await store.rememberRecipient(email, recipient, clock.now());
        return { ...group, recipient };
      } catch (err) {
        logger.warn({ err }, 'Slack did not say who an owner is; tried again');
        if (!(err instanceof RateLimitedError)) return group;
        pace.hold(err.ms);
        // Waited for: who is not known by then would stand in the digest as somebody nobody reaches.
        if (tries === TRIES) return group;
      }
    }
  }
}
