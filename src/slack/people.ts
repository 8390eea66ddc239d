import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { People, SlackPerson } from '../access/access.ts';

/** The part of `users.info` that decides who may do what. */
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
      teamIds: [
        ...(user.team_id === undefined ? [] : [user.team_id]),
        ...(user.enterprise_user?.teams ?? []),
      ],
      isAdmin: user.is_admin || user.is_owner || user.is_primary_owner,
      isGuest: user.is_restricted || user.is_ultra_restricted,
      isStranger: user.is_stranger,
      isBot: user.is_bot,
      isDeactivated: user.deleted,
    }),
  );

const Members = z.array(z.string());

/** Reads one `user` of Slack's answers. @throws when it is not of the published form */
export function asPerson(user: unknown): SlackPerson {
  return User.parse(user);
}

/** Asks Slack, each time anew: somebody deactivated a minute ago must not get in. */
export class SlackPeople implements People {
  readonly #client: webApi.WebClient;

  constructor(client: webApi.WebClient) {
    this.#client = client;
  }

  async person(userId: string): Promise<SlackPerson> {
    const { user } = await this.#client.users.info({ user: userId });
    return asPerson(user);
  }

  async membersOf(groupId: string): Promise<readonly string[]> {
    const { users } = await this.#client.usergroups.users.list({ usergroup: groupId });
    return Members.parse(users);
  }
}
