import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import { LookupError, type Migrators, type People, type SlackPerson } from '../access/access.ts';
import { RateLimitedError } from '../lib/rate-limiter.ts';
import type { MigratorDirectory } from '../migrations/ports.ts';
import type { Recipient } from '../reminders/ports.ts';
import type { RecipientLookup } from '../reminders/recipients.ts';
import { isAppRejected, isRejection, slackErrorCode, translateRateLimit } from './errors.ts';
import { User } from './people.ts';

const UsersPage = z.object({ members: z.array(User).default([]) });

/** Finds the people whom reminders concern: owners by email, and those who may migrate. */
export class SlackRecipients implements RecipientLookup, MigratorDirectory {
  readonly #client: webApi.WebClient;
  readonly #people: Pick<People, 'membersOf'>;
  readonly #settings: { readonly migrators: Migrators; readonly teamId: string };

  /** @param client one that rejects rate limited calls (`REMINDER_CLIENT`) */
  constructor(
    client: webApi.WebClient,
    people: Pick<People, 'membersOf'>,
    settings: { migrators: Migrators; teamId: string },
  ) {
    this.#client = client;
    this.#people = people;
    this.#settings = settings;
  }

  async recipient(email: string): Promise<Recipient> {
    try {
      const { user } = await this.#client.users.lookupByEmail({ email });
      return this.#recipientOf(User.parse(user));
    } catch (error) {
      const code = slackErrorCode(error);
      if (code === 'users_not_found') return { kind: 'unreachable', why: 'unknown' };
      if (code === 'missing_scope') return { kind: 'unreachable', why: 'not_permitted' };
      // People type the owner into Adobe: Slack may reject what is no address, with any code.
      if (isRejection(error) && !isAppRejected(error)) return { kind: 'unreachable', why: 'lookup_rejected' };
      throw translateRateLimit(error);
    }
  }

  /**
   * The ids of the people who may migrate: the configured people, or else the workspace's admins, at most `atMost` of
   * them. Members of a group that cannot be read are missing; with `isWhole`, only if Slack permanently rejects the
   * lookup.
   */
  async migratorIds(atMost: number, { isWhole = false } = {}): Promise<string[]> {
    const { users, groups } = this.#settings.migrators;
    if (users.length === 0 && groups.length === 0) return this.#adminIds(atMost);
    const lookups = await Promise.allSettled(groups.map((group) => this.#people.membersOf(group)));
    const members = lookups.flatMap((lookup) => (lookup.status === 'fulfilled' ? lookup.value : []));
    const failures = lookups.flatMap((lookup) => (lookup.status === 'rejected' ? [lookup.reason as unknown] : []));
    const ids = [...new Set([...users, ...members])].slice(0, atMost);
    const transientFailure = failures.find(isTransient);
    if (isWhole && ids.length < atMost && transientFailure !== undefined) throw translateLookup(transientFailure);
    if (ids.length === 0 && failures.length > 0) throw translateLookup(failures[0]);
    return ids;
  }

  async #adminIds(atMost: number): Promise<string[]> {
    const admins: string[] = [];
    for await (const page of this.#client.paginate('users.list', { limit: 200 })) {
      for (const person of UsersPage.parse(page).members) {
        if (person.isAdmin && this.#recipientOf(person).kind === 'person') admins.push(person.id);
      }
      if (admins.length >= atMost) break;
    }
    return admins.slice(0, atMost);
  }

  #recipientOf(person: SlackPerson): Recipient {
    if (person.isDeactivated) return { kind: 'unreachable', why: 'deactivated' };
    if (person.isGuest) return { kind: 'unreachable', why: 'guest' };
    const isForeign = person.teamIds.length > 0 && !person.teamIds.includes(this.#settings.teamId);
    if (person.isBot || person.isStranger || isForeign) return { kind: 'unreachable', why: 'not_a_member' };
    return { kind: 'person', userId: person.id };
  }
}

/** Whether the same lookup may succeed later. */
function isTransient(error: unknown): boolean {
  return !(error instanceof LookupError) || error.problem.code === null;
}

/** The use cases' error when Slack asks us to wait; otherwise Slack's own. */
function translateLookup(error: unknown): unknown {
  if (!(error instanceof LookupError)) return error;
  const ms = error.problem.retryAfterMs;
  return ms === null ? error.cause : new RateLimitedError(ms);
}
