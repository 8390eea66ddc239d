import { setTimeout as delay } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import { z } from 'zod';
import { wordsOf } from '../credentials/catalogue.ts';
import { matchesPhrase } from '../migrations/confirmation-phrase.ts';
import type { Services } from '../services.ts';
import type { Desk } from '../slack/error-boundary.ts';
import { ACTIONS, TYPED_NAME, VIEWS } from '../slack/ids.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { deniedHome } from '../slack/messages/home.ts';
import { pickerOption } from '../slack/messages/picker.ts';
import { wrongNameError } from '../slack/messages/question.ts';
import { respond } from '../slack/respond.ts';
import { sayTooLate } from './confirm.ts';
import { showHome } from './home.ts';
import { actions } from './index.ts';
import type { Views } from './press.ts';

/** The part of a `block_actions` payload that is used. */
const BlockActions = z.object({
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
  team: z.object({ id: z.string() }).nullish(),
  channel: z.object({ id: z.string() }).optional(),
  response_url: z.string().optional(),
  trigger_id: z.string(),
});

const PressedAction = z.object({
  value: z.string().optional(),
  selected_option: z.object({ value: z.string() }).nullish(),
});

const ProductionState = z.object({ id: z.string(), responseUrl: z.string().nullable() });

/** Slack shows at most 100 options. */
const OPTIONS = 50;
/** Slack waits for 3 s. Milliseconds. */
const OPTIONS_WITHIN_MS = 2_000;

/** How the app reaches somebody where there is no message to answer. */
export interface Direct {
  send(userId: string, message: Message): Promise<void>;
}

/** Registers every button, menu, modal and the Home. Each is acknowledged first, then checked, then done. */
export function registerActions(
  app: App,
  services: Services,
  desk: Desk,
  slack: Views & Direct,
  count: (action: string) => void,
): void {
  for (const action of actions) {
    app.action(action.id, async ({ ack, body, payload }) => {
      await ack();
      const pressed = BlockActions.parse(body);
      const { value, selected_option } = PressedAction.parse(payload);
      const caller = { userId: pressed.user.id, teamId: pressed.user.team_id ?? pressed.team?.id ?? null };
      const responseUrl = pressed.response_url ?? null;
      const reply = answerer(responseUrl, caller.userId, slack);
      count(action.id);
      const press = {
        caller,
        value: value ?? selected_option?.value ?? '',
        channel: pressed.channel?.id ?? null,
        responseUrl,
        triggerId: pressed.trigger_id,
        reply,
        replace: replacer(responseUrl, reply),
      };
      await desk.serve(action.id, reply, () => action.run(press, services, slack));
    });
  }

  // A menu's options are the acknowledgement: here the check comes first. Where Slack is slow to say who asks, the menu
  // stays empty; typing on asks again.
  app.options(ACTIONS.pick, async ({ ack, body, payload }) => {
    let options: ReturnType<typeof pickerOption>[] = [];
    const served = desk.serve(
      'options',
      async () => {},
      async () => {
        const caller = { userId: body.user.id, teamId: body.team?.id ?? null };
        await services.access.admitMigrator(caller, { action: 'pick' });
        const words = wordsOf(payload.value);
        const { rows } = await services.catalogue.page({ status: 'eligible', words }, 0, OPTIONS);
        options = rows.map(pickerOption);
      },
    );
    await Promise.race([served, delay(OPTIONS_WITHIN_MS)]);
    await ack({ options });
  });

  app.view(VIEWS.production, async ({ ack, body, view }) => {
    const state = productionState(view.private_metadata);
    if (state === null) return ack();
    const { id, responseUrl } = state;
    const typed = view.state.values[TYPED_NAME.block]?.[TYPED_NAME.action]?.value ?? '';
    const question = await services.confirmations.peek(id);
    if (question !== null && !matchesPhrase(question, typed)) {
      return ack({ response_action: 'errors', errors: wrongNameError(question) });
    }
    await ack();
    count(VIEWS.production);
    const caller = { userId: body.user.id, teamId: body.user.team_id ?? body.team?.id ?? null };
    const reply = answerer(responseUrl, caller.userId, slack);
    await desk.serve(VIEWS.production, reply, async () => {
      const answered = await services.confirmations.confirm(caller, id, { typed, responseUrl });
      if (answered.kind === 'confirmed') return;
      await sayTooLate({ reply, replace: replacer(responseUrl, reply) }, answered);
    });
  });

  app.event('app_home_opened', async ({ event, context }) => {
    if (event.tab !== 'home') return;
    const caller = { userId: event.user, teamId: context.teamId ?? null };
    count('home');
    await desk.serve(
      'home',
      (message) => slack.publishHome(caller.userId, deniedHome(message)),
      () => showHome(caller, services, slack),
    );
  });
}

/** What the bot itself wrote into the form; null for anything else, of which nothing comes. */
function productionState(metadata: string): z.infer<typeof ProductionState> | null {
  try {
    return ProductionState.parse(JSON.parse(metadata));
  } catch {
    return null;
  }
}

function answerer(
  responseUrl: string | null,
  userId: string,
  direct: Direct,
): (message: Message) => Promise<void> {
  return (message) => (responseUrl === null ? direct.send(userId, message) : respond(responseUrl, message));
}

function replacer(
  responseUrl: string | null,
  reply: (message: Message) => Promise<void>,
): (message: Message) => Promise<void> {
  return (message) =>
    responseUrl === null ? reply(message) : respond(responseUrl, message, { replace: true });
}
