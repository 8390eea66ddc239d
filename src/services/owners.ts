import type { ListedCredential } from '../domain/credential.ts';
import type { Clock } from './clock.ts';
import type { Inventory } from './inventory.ts';
import type { Logger } from './logger.ts';
import { type Pace, SlowDown } from './pace.ts';
import type { ReminderDelivery } from './reminder-delivery.ts';
import type { Addressee, ReminderStore } from './reminder-store.ts';

/** The open credentials of one owner, and who hears of them. */
export interface OwnerGroup {
  /** Adobe's email, in lower case; null when nobody is assigned, or somebody took over. */
  readonly email: string | null;
  /** Null when nobody is known, or Slack did not tell. */
  readonly addressee: Addressee | null;
  readonly credentials: readonly ListedCredential[];
}

/** Finds people by email. */
export interface PeopleByEmail {
  /** @throws when Slack does not tell */
  addressee(email: string): Promise<Addressee>;
}

interface Parts {
  readonly store: ReminderStore;
  readonly inventory: Inventory;
  readonly people: PeopleByEmail;
  readonly delivery: ReminderDelivery;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly logger: Logger;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const EVERYTHING = 1_000_000;
/** Of one look-up, as long as Slack asks for nothing but a pause. */
const TRIES = 3;

/** Who is to hear of which open credential. */
export class Owners {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Open credentials by who hears of them: by email first, then those that somebody took over, then nobody's. */
  async groups(): Promise<OwnerGroup[]> {
    const { inventory, store } = this.#parts;
    const takeovers = await store.takeovers();
    const { rows } = await inventory.page({ status: 'eligible' }, 0, EVERYTHING);
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
      ...[...byEmail].map(([email, credentials]) => ({ email, addressee: null, credentials })),
      ...[...takenOver].map(([userId, credentials]) => ({
        email: null,
        addressee: { kind: 'person', userId } as const,
        credentials,
      })),
      ...(nobodys.length === 0 ? [] : [{ email: null, addressee: null, credentials: nobodys }]),
    ];
  }

  /** With who is behind its email: from what Slack said within the last day, else from Slack. */
  async reach(group: OwnerGroup): Promise<OwnerGroup> {
    const { store, people, delivery, pace, clock, logger } = this.#parts;
    const { email } = group;
    if (email === null) return group;
    const known = await store.addressee(email, new Date(clock.now().getTime() - DAY_MS));
    if (known !== null) return { ...group, addressee: known };
    for (let tries = 1; ; tries++) {
      await delivery.turn(pace);
      try {
        const addressee = await people.addressee(email);
        await store.rememberAddressee(email, addressee, clock.now());
        return { ...group, addressee };
      } catch (err) {
        logger.warn({ err }, 'Slack did not say who an owner is; tried again');
        if (!(err instanceof SlowDown)) return group;
        pace.hold(err.ms);
        // Waited for: who is not known by then would stand in the digest as somebody nobody reaches.
        if (tries === TRIES) return group;
      }
    }
  }
}
