import type { AuditTrail } from '../audit/audit-entry.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';

/** What Slack says about one of its users. */
export interface SlackPerson {
  readonly id: string;
  /** Null when Slack does not say, or the app may not read it. */
  readonly email: string | null;
  /** Every workspace the person belongs to; empty when Slack does not say. */
  readonly teamIds: readonly string[];
  /** Workspace admin or owner. */
  readonly isAdmin: boolean;
  /** Single- or multi-channel guest. */
  readonly isGuest: boolean;
  /** From another organisation, present through a shared channel. */
  readonly isStranger: boolean;
  readonly isBot: boolean;
  readonly isDeactivated: boolean;
}

/** Lookups in Slack. @throws when Slack does not say */
export interface People {
  person(userId: string): Promise<SlackPerson>;
  membersOf(groupId: string): Promise<readonly string[]>;
}

/** Who presses or types, as the payload says. */
export interface Caller {
  readonly userId: string;
  /** The workspace the payload names for this person. */
  readonly teamId: string | null;
}

declare const admitted: unique symbol;

/** A full member of the workspace. Only `Access` makes one, right after verifying it. */
export interface Member {
  readonly id: string;
  /** Null when Slack does not say. */
  readonly email: string | null;
  readonly mayMigrate: boolean;
  readonly [admitted]: 'member' | 'migrator';
}

/** A member who may migrate. Only `Access` makes one, right after verifying it. */
export interface Migrator extends Member {
  readonly mayMigrate: true;
  readonly [admitted]: 'migrator';
}

export type DenialReason =
  | 'bot'
  | 'deactivated'
  | 'foreign'
  | 'guest'
  /** A lookup failed, so the person could not be verified. */
  | 'unverified'
  | 'not_migrator'
  /** Another person was asked to confirm. */
  | 'not_asked'
  /** The asker may not confirm where a second person is required. */
  | 'own_request'
  /** Production was to be confirmed without its name. */
  | 'name_not_typed';

/** A person may not do this; the denial is already in the audit trail. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';
  readonly why: DenialReason;

  constructor(why: DenialReason) {
    super(`Access denied: ${why}`);
    this.why = why;
  }
}

/** Who may migrate; both lists empty: workspace admins and owners. */
export interface Migrators {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** What a person wants to do, for the audit trail. */
export interface Wanted {
  readonly action: string;
  readonly technicalAccountId?: string;
  readonly migrationId?: string;
}

/** Denials of one person that each instance records within this time. Milliseconds. */
const MAX_DENIALS = 100;
const DENIALS_MS = 60 * 60 * 1000;

/**
 * Decides who may do what, at every command, button, modal and Home: by user id, and by what Slack says about that user
 * right now. A failed lookup denies. Every denial is audited, up to a number.
 */
export class Access {
  readonly #people: People;
  readonly #audit: AuditTrail;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #migrators: Migrators;
  readonly #teamId: string;
  /** By user id: since when they are counted. In memory only. */
  readonly #denials = new Map<string, { since: number; count: number }>();

  constructor(
    parts: { people: People; audit: AuditTrail; clock: Clock; logger: Logger },
    settings: { migrators: Migrators; teamId: string },
  ) {
    this.#people = parts.people;
    this.#audit = parts.audit;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#migrators = settings.migrators;
    this.#teamId = settings.teamId;
  }

  /** Admits a full member of the workspace. @throws {AccessDenied} */
  async admit(caller: Caller, wanted: Wanted): Promise<Member> {
    let found: { person: SlackPerson; mayMigrate: boolean };
    try {
      const person = await this.#people.person(caller.userId);
      found = { person, mayMigrate: await this.#mayMigrate(person) };
    } catch (err) {
      this.#logger.warn({ err, user: caller.userId }, 'could not look a person up; access denied');
      return this.deny(caller.userId, wanted, 'unverified');
    }
    const why = this.#reasonAgainst(found.person, caller);
    if (why !== null) return this.deny(caller.userId, wanted, why);
    return { id: caller.userId, email: found.person.email, mayMigrate: found.mayMigrate } as Member;
  }

  /** Admits a member who may migrate. @throws {AccessDenied} */
  async admitMigrator(caller: Caller, wanted: Wanted): Promise<Migrator> {
    const person = await this.admit(caller, wanted);
    return isMigrator(person) ? person : this.deny(person.id, wanted, 'not_migrator');
  }

  /** Audits a denial, unless the person had too many of late, and throws it. @throws {AccessDenied} always */
  async deny(userId: string, wanted: Wanted, why: DenialReason): Promise<never> {
    if (!this.#mayRecord(userId)) throw new AccessDenied(why);
    await this.#audit.record({
      at: this.#clock.now(),
      actor: userId,
      action: 'refused',
      technicalAccountId: wanted.technicalAccountId ?? null,
      migrationId: wanted.migrationId ?? null,
      detail: { wanted: wanted.action, why },
    });
    throw new AccessDenied(why);
  }

  /** Whether a denial of this person is still written down: no one may fill the database. */
  #mayRecord(userId: string): boolean {
    const now = this.#clock.now().getTime();
    const before = this.#denials.get(userId);
    const denials = before !== undefined && now - before.since < DENIALS_MS ? before : { since: now, count: 0 };
    denials.count += 1;
    this.#denials.set(userId, denials);
    if (denials.count === MAX_DENIALS + 1)
      this.#logger.warn({ user: userId }, 'too many denials of one person; no more are recorded within the hour');
    return denials.count <= MAX_DENIALS;
  }

  #reasonAgainst(person: SlackPerson, caller: Caller): DenialReason | null {
    if (person.isBot) return 'bot';
    if (person.isDeactivated) return 'deactivated';
    const teams = person.teamIds.length > 0 ? person.teamIds : [caller.teamId];
    if (person.isStranger || !teams.includes(this.#teamId)) return 'foreign';
    return person.isGuest ? 'guest' : null;
  }

  async #mayMigrate(person: SlackPerson): Promise<boolean> {
    const { users, groups } = this.#migrators;
    if (users.length === 0 && groups.length === 0) return person.isAdmin;
    if (users.includes(person.id)) return true;
    const members = await Promise.all(groups.map((group) => this.#people.membersOf(group)));
    return members.some((ids) => ids.includes(person.id));
  }
}

function isMigrator(member: Member): member is Migrator {
  return member.mayMigrate;
}
