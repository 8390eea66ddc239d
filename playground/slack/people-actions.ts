import { type PlacedElement, STATE_FIELDS } from './blocks.ts';
import { type FormValues, fillIn, type InputValue, inputState, type OptionLookup, suggestedOptions } from './input.ts';
import { type Json, jsonOf, stringOf } from './json.ts';
import { suggestionErrors } from './limits/limits.ts';
import { findElement, type Place, type Surface, surfaceOf } from './places.ts';
import type { ResponseUrls } from './response-urls.ts';
import { viewJson } from './slack-json.ts';
import { APP_ID, BOT_USER_ID, type State, TEAM_ID } from './state.ts';
import { type DeliveryResult, type Forgery, type Transport, UNREACHABLE } from './transport.ts';
import type { Triggers } from './triggers.ts';
import { escapedCommand } from './typed-command.ts';
import type { Person } from './users.ts';

export interface Option {
  readonly text: string;
  readonly value: string;
}

export interface PressOptions extends Forgery {
  readonly blockId?: string;
  /** The button's value, where several buttons share an action id. */
  readonly value?: string;
  /** The chosen option or typed text, for elements other than buttons. */
  readonly selected?: InputValue;
  /** Other inputs of the form so far. */
  readonly values?: FormValues;
}

const VERIFICATION_TOKEN = 'deprecated-verification-token';
const DOMAIN = 'local';

interface PeopleContext {
  readonly state: State;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly command: string;
  /** The current transport to the app; undefined when the app cannot be reached. */
  transport(): Transport | undefined;
}

/** What people do outside modals, and what Slack sends the app in response. */
export class PeopleActions {
  readonly #context: PeopleContext;
  /** The options last offered to each person, by element. */
  readonly #offered = new Map<string, readonly Json[]>();

  constructor(context: PeopleContext) {
    this.#context = context;
  }

  async command(userId: string, channelId: string, given: string, forgery: Forgery): Promise<DeliveryResult> {
    const { state, triggers, responseUrls } = this.#context;
    const person = activePerson(state, userId);
    const channel = state.conversations.get(channelId);
    if (channel?.members.includes(userId) !== true) throw new Error(`${userId} is not in ${channelId}`);
    const [, command = this.#context.command, text = ''] = /^(\/\S+)?\s*(.*)$/s.exec(given.trim()) ?? [];
    if (command !== this.#context.command) {
      throw new Error(
        `${command} is not a valid command. In Slack, text that starts with “/” is a command; put a space before it to send a message.`,
      );
    }
    const source = { userId, channel: channelId, originalTs: null };
    const payload = {
      token: VERIFICATION_TOKEN,
      team_id: TEAM_ID,
      team_domain: DOMAIN,
      channel_id: channelId,
      channel_name: channel.name,
      user_id: userId,
      user_name: person.name,
      command,
      text: escapedCommand(state, text),
      api_app_id: APP_ID,
      is_enterprise_install: 'false',
      response_url: responseUrls.issue(source),
      trigger_id: triggers.issue(userId),
    };
    const sent = await this.deliver({ kind: 'command', payload }, forgery);
    const response = typeof sent.body === 'string' ? { text: sent.body } : jsonOf(sent.body);
    // An empty body, or an empty payload in Socket Mode, is a plain acknowledgement.
    const hasContent = Object.values(response).some((field) => field !== '');
    if (sent.error === undefined && hasContent) responseUrls.apply(source, response);
    return sent;
  }

  async press(userId: string, place: Place, actionId: string, options: PressOptions): Promise<DeliveryResult> {
    const { surface, placed } = this.#findElement(userId, place, { actionId, ...options });
    const element = placed.element;
    const block = surface.blocks.find((b) => b['block_id'] === placed.blockId);
    if (block?.['type'] === 'input' && block['dispatch_action'] !== true) {
      throw new Error(`${actionId} is sent with the form, not on its own`);
    }
    const action = this.#actionOf(userId, placed, options.selected);
    const values = fillIn(surface.blocks, surface.values, options.values ?? {}, (input) =>
      this.offeredTo(userId, input),
    );
    const state = stateIn(action, element);
    if (state !== null)
      surface.store({ ...values, [placed.blockId]: { ...values[placed.blockId], [actionId]: state } });
    else if (options.values !== undefined) surface.store(values);
    const payload = {
      type: 'block_actions',
      ...this.commonFields(userId),
      trigger_id: this.#context.triggers.issue(userId),
      ...surface.payload(),
      actions: [action],
    };
    return this.deliver({ kind: 'interactive', payload }, options);
  }

  #findElement(
    userId: string,
    place: Place,
    query: Parameters<typeof findElement>[1],
  ): { surface: Surface; placed: PlacedElement } {
    activePerson(this.#context.state, userId);
    const surface = surfaceOf(this.#context.state, this.#context.responseUrls, userId, place);
    return { surface, placed: findElement(surface, query) };
  }

  #actionOf(userId: string, { blockId, element }: PlacedElement, selected: InputValue | undefined): Json {
    const common = {
      type: element['type'],
      action_id: element['action_id'],
      block_id: blockId,
      action_ts: this.#context.state.newTs(),
    };
    if (element['type'] === 'button') {
      const value = element['value'] === undefined ? {} : { value: element['value'] };
      return { ...common, text: element['text'], ...value };
    }
    if (selected === undefined) throw new Error(`nothing is selected in ${stringOf(element['action_id'])}`);
    if (element['type'] === 'overflow') {
      // An overflow menu has no state, but its options are validated like any other's.
      const { selected_option } = inputState({ ...element, type: 'static_select' }, selected);
      return { ...common, selected_option };
    }
    return { ...inputState(element, selected, this.offeredTo(userId, { blockId, element })), ...common };
  }

  /** Finds options last offered to this person in an external menu; undefined for other elements. */
  offeredTo(userId: string, { blockId, element }: PlacedElement): OptionLookup | undefined {
    const suggested = this.#offered.get(offerKey(userId, blockId, element));
    return suggested === undefined ? undefined : (value) => suggested.find((o) => o['value'] === value);
  }

  /** The options a person sees when typing into an external menu. */
  async suggest(
    userId: string,
    place: Place,
    actionId: string,
    query: string,
    options: PressOptions = {},
  ): Promise<DeliveryResult & { readonly options: readonly Option[] }> {
    const { surface, placed } = this.#findElement(userId, place, { actionId, ...options });
    if (!stringOf(placed.element['type']).includes('external_select'))
      throw new Error(`${actionId} is not an external menu`);
    const payload = {
      type: 'block_suggestion',
      ...this.commonFields(userId),
      ...surface.payload(),
      action_id: actionId,
      block_id: placed.blockId,
      value: query,
    };
    const sent = await this.deliver({ kind: 'interactive', payload }, options);
    if (sent.error !== undefined) return { ...sent, options: [] };
    const errors = suggestionErrors(jsonOf(sent.body));
    if (errors.length > 0) {
      this.#context.state.reject(`block_suggestion: ${errors.join(': ')}`);
      return { ...sent, options: [] };
    }
    const offered = suggestedOptions(jsonOf(sent.body));
    this.#offered.set(offerKey(userId, placed.blockId, placed.element), offered);
    const readable = offered.map((o) => ({ text: stringOf(jsonOf(o['text'])['text']), value: stringOf(o['value']) }));
    return { ...sent, options: readable };
  }

  /** Opens the app's Home and sends the app `app_home_opened`. */
  openHome(userId: string, forgery: Forgery): Promise<DeliveryResult> {
    const { state } = this.#context;
    activePerson(state, userId);
    const home = state.homes.get(userId);
    const payload = {
      token: VERIFICATION_TOKEN,
      team_id: TEAM_ID,
      api_app_id: APP_ID,
      type: 'event_callback',
      event_id: state.newId('Ev'),
      event_time: Math.floor(state.now().getTime() / 1000),
      authorizations: [
        { enterprise_id: null, team_id: TEAM_ID, user_id: BOT_USER_ID, is_bot: true, is_enterprise_install: false },
      ],
      is_ext_shared_channel: false,
      event: {
        type: 'app_home_opened',
        user: userId,
        channel: state.directOf(userId)?.id,
        tab: 'home',
        event_ts: state.newTs(),
        ...(home === undefined ? {} : { view: viewJson(state, home) }),
      },
    };
    return this.deliver({ kind: 'event', payload }, forgery);
  }

  /** The fields common to all interaction payloads; accepts unknown users, for forgeries. */
  commonFields(userId: string): Json {
    const name = this.#context.state.people.get(userId)?.name ?? userId.toLowerCase();
    return {
      team: { id: TEAM_ID, domain: DOMAIN },
      enterprise: null,
      is_enterprise_install: false,
      user: { id: userId, username: name, name, team_id: TEAM_ID },
      api_app_id: APP_ID,
      token: VERIFICATION_TOKEN,
    };
  }

  async deliver(delivery: Parameters<Transport['deliver']>[0], forgery: Forgery): Promise<DeliveryResult> {
    const sent = await (this.#context.transport()?.deliver(delivery, forgery) ?? UNREACHABLE);
    this.#context.state.changed();
    return sent;
  }
}

/** A person who can act. @throws {Error} for an unknown or deactivated user */
export function activePerson(state: State, userId: string): Person {
  const person = state.people.get(userId);
  if (person === undefined) throw new Error(`there is no user ${userId}`);
  if (person.deleted === true) throw new Error(`${userId} is deactivated and cannot act`);
  return person;
}

function offerKey(userId: string, blockId: string, element: Json): string {
  return [userId, blockId, stringOf(element['action_id'])].join(' ');
}

/** The state that this press leaves in the element; null for elements without state. */
function stateIn(action: Json, element: Json): Json | null {
  const type = stringOf(element['type']);
  const key = STATE_FIELDS[type]?.key;
  return key === undefined || action[key] === undefined ? null : { type, [key]: action[key] };
}
