import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import { LookupError, type People, type SlackPerson } from '../access/access.ts';
import type { Clock } from '../lib/clock.ts';
import { isRejection, retryAfterMs, slackErrorCode } from './errors.ts';

/** The part of Slack's user object that decides what the person may do. Source: https://docs.slack.dev/reference/objects/user-object */
export const User = z
  .object({
    id: z.string(),
    team_id: z.string().optional(),
    deleted: z.boolean().default(false),
    is_bot: z.boolean().default(false),
    is_admin: z.boolean().default(false),
    is_owner: z.boolean().default(false),
    is_primary_owner: z.boolean().default(false),
    is_restricted: z.boolean().default(false),
    is_ultra_restricted: z.boolean().default(false),
    is_stranger: z.boolean().default(false),
    profile: z.object({ email: z.string().optional() }).optional(),
    enterprise_user: z.object({ teams: z.array(z.string()).default([]) }).optional(),
  })
  .transform(
    (user): SlackPerson => ({
      id: user.id,
      email: user.profile?.email || null,
      teamIds: [...(user.team_id === undefined ? [] : [user.team_id]), ...(user.enterprise_user?.teams ?? [])],
      isAdmin: user.is_admin || user.is_owner || user.is_primary_owner,
      isGuest: user.is_restricted || user.is_ultra_restricted,
      isStranger: user.is_stranger,
      isBot: user.is_bot,
      isDeactivated: user.deleted,
    }),
  );

const Members = z.array(z.string());

/** Options of the client for lookups: a person who waits for a reply learns at once that Slack asks us to wait. */
export const PEOPLE_CLIENT: webApi.WebClientOptions = { rejectRateLimitedCalls: true };

/** How long a user group's members are reused; a person removed from it may act for that long. Milliseconds. */
const GROUP_MS = 60_000;
/** How long a response about a person is reused for read access. Milliseconds. */
const RECENT_MS = 60_000;
/** Maximum number of people remembered for that. */
const MAX_RECENT = 1_000;

/** Used instead of Slack's code if there was none, or nothing that could be read. */
export const NO_RESPONSE = 'no proper response';

interface KnownGroup {
  readonly askedAt: number;
  /** From when on Slack is asked again. */
  askAgainAt: number;
  readonly members: Promise<readonly string[]>;
}

interface Parts {
  readonly clock: Clock;
  /** Called after each lookup of a group: null if Slack returned the members; else its code, or `NO_RESPONSE`. */
  readonly onGroupLookup: (groupId: string, code: string | null) => void;
}

/**
 * Asks Slack about a person each time, except for read access: someone deactivated a minute ago must not get in. The
 * members of a group are requested at most once a minute for all callers together, even after a failure: Slack allows
 * about 20 such calls a minute.
 */
export class SlackPeople implements People {
  readonly #client: webApi.WebClient;
  readonly #parts: Parts;
  /** Until when Slack asked us to wait, by method, on the monotonic clock. */
  readonly #pauses = new Map<string, number>();
  readonly #groups = new Map<string, KnownGroup>();
  /** Oldest first. */
  readonly #recent = new Map<string, { readonly person: SlackPerson; readonly at: number }>();

  /** @param client created with `PEOPLE_CLIENT` */
  constructor(client: webApi.WebClient, parts: Parts) {
    this.#client = client;
    this.#parts = parts;
  }

  async person(userId: string): Promise<SlackPerson> {
    const at = this.#parts.clock.now().getTime();
    this.#recent.delete(userId);
    const person = await this.#lookUp('users.info', null, async () => {
      const { user } = await this.#client.users.info({ user: userId });
      return User.parse(user);
    });
    this.#recent.set(userId, { person, at });
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > MAX_RECENT && oldest !== undefined) this.#recent.delete(oldest);
    return person;
  }

  recent(userId: string): SlackPerson | null {
    const known = this.#recent.get(userId);
    if (known === undefined) return null;
    // By the wall clock, as below.
    const age = this.#parts.clock.now().getTime() - known.at;
    return age >= 0 && age < RECENT_MS ? known.person : null;
  }

  async membersOf(groupId: string): Promise<readonly string[]> {
    // By the wall clock, which runs on while the machine is suspended; if it is set back, the entry is not used.
    const now = this.#parts.clock.now().getTime();
    const known = this.#groups.get(groupId);
    if (known !== undefined && known.askedAt <= now && now < known.askAgainAt) return known.members;
    const group: KnownGroup = { askedAt: now, askAgainAt: now + GROUP_MS, members: this.#lookUpMembers(groupId) };
    this.#groups.set(groupId, group);
    try {
      return await group.members;
    } catch (error) {
      // A failure is kept as long as members are, or each press would ask again. Only a pause has an end of its own.
      if (error instanceof LookupError && error.problem.retryAfterMs !== null) group.askAgainAt = 0;
      throw error;
    }
  }

  async #lookUpMembers(groupId: string): Promise<readonly string[]> {
    const { onGroupLookup } = this.#parts;
    try {
      const members = await this.#lookUp('usergroups.users.list', groupId, async () => {
        const { users } = await this.#client.usergroups.users.list({ usergroup: groupId });
        return Members.parse(users);
      });
      onGroupLookup(groupId, null);
      return members;
    } catch (error) {
      if (error instanceof LookupError && error.problem.retryAfterMs === null)
        onGroupLookup(groupId, error.problem.code ?? NO_RESPONSE);
      throw error;
    }
  }

  async #lookUp<T>(method: string, groupId: string | null, call: () => Promise<T>): Promise<T> {
    const { clock } = this.#parts;
    const pausedForMs = (this.#pauses.get(method) ?? Number.NEGATIVE_INFINITY) - clock.monotonicMs();
    if (pausedForMs > 0) throw new LookupError({ groupId, code: null, retryAfterMs: pausedForMs });
    try {
      return await call();
    } catch (error) {
      const pauseMs = retryAfterMs(error);
      if (pauseMs !== null) this.#pauses.set(method, clock.monotonicMs() + pauseMs);
      const code = isRejection(error) ? slackErrorCode(error) : null;
      throw new LookupError({ groupId, code, retryAfterMs: pauseMs }, error);
    }
  }
}
