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

/** Why Slack does not say who someone is, or who is in a user group. */
export interface LookupProblem {
  /** The user group of MIGRATORS that could not be read; null if it was the person. */
  readonly groupId: string | null;
  /** Slack's code, when it rejects the lookup for good; null when it may succeed later. */
  readonly code: string | null;
  /** How long Slack asks us to wait. Milliseconds. */
  readonly retryAfterMs: number | null;
}

export class LookupError extends Error {
  override readonly name = 'LookupError';
  readonly problem: LookupProblem;

  constructor(problem: LookupProblem, cause?: unknown) {
    super(`a lookup in Slack failed: ${problem.code ?? 'no response'}`, { cause });
    this.problem = problem;
  }
}

/** Lookups in Slack. @throws {LookupError} with Slack's reason, if it gives one, and other errors */
export interface People {
  person(userId: string): Promise<SlackPerson>;
  /** The person as Slack described them at most a minute ago; null if it was not asked since. */
  recent(userId: string): SlackPerson | null;
  /** The members as Slack listed them at most a minute ago. */
  membersOf(groupId: string): Promise<readonly string[]>;
}

/** The person who presses or types, according to the payload. */
export interface Caller {
  readonly userId: string;
  /** The workspace the payload names for this person. */
  readonly teamId: string | null;
}

declare const admitted: unique symbol;

/** A full member of the workspace. Only `Access` creates one, right after verifying the person. */
export interface Member {
  readonly id: string;
  /** Null when Slack does not say. */
  readonly email: string | null;
  readonly mayMigrate: boolean;
  readonly [admitted]: 'member' | 'migrator';
}

/** A member who may migrate. Only `Access` creates one, right after verifying the person. */
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
  /** Only the owner of the credential, or a migrator, may do this. */
  | 'not_owner'
  /** Another person was asked to confirm. */
  | 'not_asked'
  /** The asker may not confirm where a second person is required. */
  | 'own_request'
  /** A migration in production was confirmed without typing its name. */
  | 'name_not_typed';

/** A person may not do this; the denial is already in the audit trail. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';
  readonly why: DenialReason;
  /** Why the lookup failed, for `unverified`. */
  readonly problem: LookupProblem | null;
  /** What access was denied to; null if that was not read. */
  readonly wanted: Wanted | null;

  constructor(why: DenialReason, problem: LookupProblem | null = null, wanted: Wanted | null = null) {
    super(`Access denied: ${why}`);
    this.why = why;
    this.problem = problem;
    this.wanted = wanted;
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
  /** Who asked the question that this is about; for the reply, not for the trail. */
  readonly askedBy?: string;
}

/** What a person wants to do, or how to read it, which is done only for a denial. */
type WantedOrRead = Wanted | (() => Promise<Wanted>);

/** Slack's code for an id that belongs to no one in this workspace. */
const NO_SUCH_USER = 'user_not_found';

/** Maximum number of denials of one person that each instance records within `DENIALS_MS` milliseconds. */
const MAX_DENIALS = 100;
const DENIALS_MS = 60 * 60 * 1000;

/**
 * Decides who may do what, at every command, button, modal and Home: by user id, and by what Slack says about that user
 * right now, or said within the last minute if the person only reads. A failed lookup of the person denies everything;
 * a failed lookup of a group denies what only its members may do. Every denial is audited, up to a maximum number.
 */
export class Access {
  readonly #people: People;
  readonly #audit: AuditTrail;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #migrators: Migrators;
  readonly #teamId: string;
  /** Counted denials, and since when they are counted, by user id. In memory only. */
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

  /** Admits a full member who only reads, by what Slack said within the last minute. @throws {AccessDenied} */
  async admitReader(caller: Caller, wanted: WantedOrRead): Promise<Member> {
    const recent = this.#people.recent(caller.userId);
    // A denial never relies on an old lookup: the person may just have been given what was missing.
    if (recent === null || this.#reasonAgainst(recent, caller) !== null) return this.admit(caller, wanted);
    return this.#member(recent, caller, (await this.#mayMigrate(recent)).mayMigrate);
  }

  /** Admits a full member of the workspace. @throws {AccessDenied} */
  async admit(caller: Caller, wanted: WantedOrRead): Promise<Member> {
    return (await this.#verify(caller, wanted)).member;
  }

  /** Admits a member who may migrate. @throws {AccessDenied} */
  async admitMigrator(caller: Caller, wanted: WantedOrRead): Promise<Migrator> {
    const { member, problem } = await this.#verify(caller, wanted);
    if (isMigrator(member)) return member;
    return this.deny(member.id, wanted, problem === null ? 'not_migrator' : 'unverified', problem);
  }

  /** Whether this person would be admitted; also true while Slack does not say. */
  async mayBeAdmitted(userId: string): Promise<boolean> {
    try {
      const person = await this.#recentOrCurrent(userId);
      return this.#reasonAgainst(person, { userId, teamId: this.#teamId }) === null;
    } catch (err) {
      return problemOf(err, null).code !== NO_SUCH_USER;
    }
  }

  /** Whether this person would be admitted as a migrator; false while Slack does not say. */
  async isMigrator(userId: string): Promise<boolean> {
    const { users, groups } = this.#migrators;
    const hasList = users.length + groups.length > 0;
    // A person who is in no list does not have to be looked up.
    if (hasList && !(await this.#mayMigrate({ id: userId, isAdmin: false })).mayMigrate) return false;
    const person = await this.#recentOrCurrent(userId).catch(() => null);
    if (person === null || this.#reasonAgainst(person, { userId, teamId: this.#teamId }) !== null) return false;
    return (await this.#mayMigrate(person)).mayMigrate;
  }

  /** The person's email; null if Slack does not say. */
  async emailOf(userId: string): Promise<string | null> {
    return (await this.#recentOrCurrent(userId).catch(() => null))?.email ?? null;
  }

  /** The person as Slack described them within the last minute, or describes them now. */
  async #recentOrCurrent(userId: string): Promise<SlackPerson> {
    return this.#people.recent(userId) ?? this.#people.person(userId);
  }

  /** `problem`: why it is not known whether the member may migrate. */
  async #verify(caller: Caller, wanted: WantedOrRead): Promise<{ member: Member; problem: LookupProblem | null }> {
    let person: SlackPerson;
    try {
      person = await this.#people.person(caller.userId);
    } catch (err) {
      this.#logger.warn({ err, user: caller.userId }, 'could not look a person up; access denied');
      return this.deny(caller.userId, wanted, 'unverified', problemOf(err, null));
    }
    const why = this.#reasonAgainst(person, caller);
    if (why !== null) return this.deny(caller.userId, wanted, why);
    const { mayMigrate, problem } = await this.#mayMigrate(person);
    return { member: this.#member(person, caller, mayMigrate), problem };
  }

  #member({ email }: SlackPerson, { userId }: Caller, mayMigrate: boolean): Member {
    return { id: userId, email, mayMigrate } as Member;
  }

  /** Audits a denial, unless the person had too many recently, and throws it. @throws {AccessDenied} always */
  async deny(
    userId: string,
    wantedOrRead: WantedOrRead,
    why: DenialReason,
    problem: LookupProblem | null = null,
  ): Promise<never> {
    if (!this.#mayRecord(userId)) throw new AccessDenied(why, problem);
    const wanted = typeof wantedOrRead === 'function' ? await wantedOrRead() : wantedOrRead;
    await this.#audit.record({
      at: this.#clock.now(),
      actor: userId,
      action: 'refused',
      technicalAccountId: wanted.technicalAccountId ?? null,
      migrationId: wanted.migrationId ?? null,
      detail: { wanted: wanted.action, why },
    });
    throw new AccessDenied(why, problem, wanted);
  }

  /** Whether a denial of this person is still recorded: limited, so that no one can fill the database. */
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

  async #mayMigrate(
    person: Pick<SlackPerson, 'id' | 'isAdmin'>,
  ): Promise<{ mayMigrate: boolean; problem: LookupProblem | null }> {
    const { users, groups } = this.#migrators;
    if (users.length === 0 && groups.length === 0) return { mayMigrate: person.isAdmin, problem: null };
    if (users.includes(person.id)) return { mayMigrate: true, problem: null };
    let problem: LookupProblem | null = null;
    const isMemberOf = async (group: string) => {
      try {
        return (await this.#people.membersOf(group)).includes(person.id);
      } catch (err) {
        problem = problemOf(err, group);
        this.#logger.debug({ err, group }, 'could not read a user group');
        return false;
      }
    };
    const mayMigrate = (await Promise.all(groups.map(isMemberOf))).includes(true);
    return { mayMigrate, problem: mayMigrate ? null : problem };
  }
}

function problemOf(error: unknown, groupId: string | null): LookupProblem {
  return error instanceof LookupError ? error.problem : { groupId, code: null, retryAfterMs: null };
}

function isMigrator(member: Member): member is Migrator {
  return member.mayMigrate;
}
