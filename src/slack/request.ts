import { z } from 'zod';
import type { Caller } from '../access/access.ts';

const Command = z
  .object({ user_id: z.string(), team_id: z.string().nullish() })
  .transform(({ user_id, team_id }): Caller => ({ userId: user_id, teamId: team_id ?? null }));

/** A button, a menu or a modal. `team` is where it was used, `user.team_id` where the person comes from. */
const Interaction = z
  .object({
    user: z.object({ id: z.string(), team_id: z.string().nullish() }),
    team: z.object({ id: z.string() }).nullish(),
  })
  .transform(({ user, team }): Caller => ({ userId: user.id, teamId: user.team_id ?? team?.id ?? null }));

const Event = z
  .object({ team_id: z.string().nullish(), event: z.object({ user: z.string() }) })
  .transform(({ team_id, event }): Caller => ({ userId: event.user, teamId: team_id ?? null }));

const Payload = z.union([Command, Interaction, Event]);

/** Reads from any of Slack's payloads who sent it. @throws {z.ZodError} when it names no user */
export function callerOf(body: unknown): Caller {
  return Payload.parse(body);
}
