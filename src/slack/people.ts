import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { Migrators, People, SlackPerson } from '../access/access.ts';
import type { MigratorDirectory } from '../migrations/ports.ts';
import type { Recipient } from '../reminders/ports.ts';
import type { RecipientLookup } from '../reminders/recipients.ts';
import { isAppRejected, isRejection, slackErrorCode, translateRateLimit } from './errors.ts';

/** The part of Slack's user object that decides what the person may do. Source: https://docs.slack.dev/reference/objects/user-object */
const User = z
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
const UsersPage = z.object({ members: z.array(User).default([]) });

/** Asks Slack each time: someone deactivated a minute ago must not get in. */
export class SlackPeople implements People {
  readonly #client: webApi.WebClient;

  constructor(client: webApi.WebClient) {
    this.#client = client;
  }

  async person(userId: string): Promise<SlackPerson> {
    const { user } = await this.#client.users.info({ user: userId });
    return User.parse(user);
  }

  async membersOf(groupId: string): Promise<readonly string[]> {
    const { users } = await this.#client.usergroups.users.list({ usergroup: groupId });
    return Members.parse(users);
  }
}

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
      // Adobe's field is typed by people: Slack may reject what is no address, with any code.
      if (isRejection(error) && !isAppRejected(error)) return { kind: 'unreachable', why: 'lookup_rejected' };
      throw translateRateLimit(error);
    }
  }

  /** The ids of those who may migrate: the configured people, or else the workspace's admins, at most `atMost` of them. */
  async migratorIds(atMost: number): Promise<string[]> {
    const { users, groups } = this.#settings.migrators;
    if (users.length > 0 || groups.length > 0) {
      const members = await Promise.all(groups.map((group) => this.#people.membersOf(group)));
      return [...new Set([...users, ...members.flat()])].slice(0, atMost);
    }
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
