import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Wanted } from '../access/access.ts';
import type { MessageRef, Migration } from '../migrations/migration.ts';
import type { Services } from '../services.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { callerOf } from '../slack/request.ts';
import type { Action, ListenerParts, Replies, SlackViews } from './press.ts';

/** The part of a `block_actions` payload that is used, besides the caller. */
const BlockActions = z.object({
  channel: z.object({ id: z.string() }).optional(),
  response_url: z.string().optional(),
  trigger_id: z.string(),
  container: z
    .object({ message_ts: z.string(), channel_id: z.string(), is_ephemeral: z.boolean().default(false) })
    .optional()
    .catch(undefined),
});

const PressedAction = z.object({
  block_id: z.string().default(''),
  value: z.string().optional(),
  selected_option: z.object({ value: z.string() }).nullish(),
});

/** Registers buttons and menus. Each press is acknowledged first, then authorised, then handled. */
export function registerButtons(
  app: App,
  actions: readonly Action[],
  { services, boundary, slack, homes, count }: ListenerParts,
): void {
  for (const action of actions) {
    app.action(action.id, async ({ ack, body, payload }) => {
      await ack();
      const caller = callerOf(body);
      const pressed = BlockActions.parse(body);
      const { block_id: blockId, value, selected_option } = PressedAction.parse(payload);
      const responseUrl = pressed.response_url ?? null;
      const press = {
        value: value ?? selected_option?.value ?? '',
        blockId,
        channel: pressed.channel?.id ?? null,
        responseUrl,
        triggerId: pressed.trigger_id,
        message: placeOf(pressed),
        ...repliesTo(responseUrl, caller.userId, slack),
      };
      count(action.id);
      await boundary(action.id, press.reply, async () => {
        const { access } = services;
        const wanted = () => wantedByPress(action, press.value, services);
        if (action.migratorsOnly) {
          const person = await access.admitMigrator(caller, wanted);
          return action.run({ ...press, person, showHome: () => homes.show(caller, person) }, services, slack);
        }
        const person = await (action.isReadOnly ? access.admitReader(caller, wanted) : access.admit(caller, wanted));
        await action.run({ ...press, person, showHome: () => homes.show(caller, person) }, services, slack);
      });
    });
  }
}

function placeOf({ container }: z.infer<typeof BlockActions>): MessageRef | null {
  if (container === undefined || container.is_ephemeral) return null;
  return { channel: container.channel_id, ts: container.message_ts };
}

async function wantedByPress({ wants, about }: Action, value: string, { migrations }: Services): Promise<Wanted> {
  if (about === 'credential') return { action: wants, technicalAccountId: value };
  return wantedForRequest(wants, about === 'request' ? await migrations.get(value) : null);
}

/** What a person wants with a request, for a denial's audit row. An unknown id may be any text, so it is left out. */
export function wantedForRequest(action: string, request: Migration | null): Wanted {
  return request === null
    ? { action }
    : { action, technicalAccountId: request.technicalAccountId, migrationId: request.id };
}

/** Replies through a `response_url`, or by direct message if there is none. */
function repliesTo(responseUrl: string | null, userId: string, slack: SlackViews): Replies {
  if (responseUrl === null) {
    const send = (message: Message) => slack.send(userId, message);
    return { reply: send, replace: send };
  }
  return {
    reply: (message) => slack.respond(responseUrl, message),
    replace: (message) => slack.respond(responseUrl, message, { replace: true }),
  };
}

/** Like `repliesTo`, but by direct message if Slack no longer accepts replies to the press that opened the modal. */
export function repliesFromModal(responseUrl: string | null, userId: string, slack: SlackViews): Replies {
  const { reply, replace } = repliesTo(responseUrl, userId, slack);
  if (responseUrl === null) return { reply, replace };
  const orDirect = (send: (message: Message) => Promise<void>) => (message: Message) =>
    send(message).catch(() => slack.send(userId, message));
  return { reply: orDirect(reply), replace: orDirect(replace) };
}
