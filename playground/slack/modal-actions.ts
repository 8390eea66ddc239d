import { checkLengths, type FormValues, fillIn, missingInputs } from './input.ts';
import { isJson, type Json, jsonOf, stringOf } from './json.ts';
import { viewErrors } from './limits/limits.ts';
import { MAX_MODALS } from './methods/views.ts';
import { activePerson, type PeopleActions } from './people-actions.ts';
import { viewJson } from './slack-json.ts';
import type { State, StoredView } from './state.ts';
import type { DeliveryResult, Forgery } from './transport.ts';
import type { Triggers } from './triggers.ts';

/** What people do in modals, and the effect of the app's responses. */
export class ModalActions {
  readonly #state: State;
  readonly #triggers: Triggers;
  readonly #people: PeopleActions;

  constructor(state: State, triggers: Triggers, people: PeopleActions) {
    this.#state = state;
    this.#triggers = triggers;
    this.#people = people;
  }

  async submit(userId: string, viewId: string, entered: FormValues, forgery: Forgery): Promise<DeliveryResult> {
    const open = this.#topModal(userId, viewId);
    const values = fillIn(open.blocks, open.values, entered, (placed) => this.#people.offeredTo(userId, placed));
    checkLengths(open.blocks, values);
    const missing = missingInputs(open.blocks, values);
    if (missing.length > 0) throw new Error(`required inputs are empty: ${missing.join(', ')}`);
    const view = { ...open, values, errors: {} };
    this.#state.replaceView(view);
    const sent = await this.#people.deliver({ kind: 'interactive', payload: this.#submission(userId, view) }, forgery);
    if (sent.error === undefined) this.#applyResponse(view, jsonOf(sent.body));
    return sent;
  }

  #submission(userId: string, view: StoredView): Json {
    return {
      type: 'view_submission',
      ...this.#people.commonFields(userId),
      trigger_id: this.#triggers.issue(userId),
      view: viewJson(this.#state, view),
      response_urls: [],
    };
  }

  #topModal(userId: string, viewId: string): StoredView {
    activePerson(this.#state, userId);
    const top = this.#state.modals.get(userId)?.at(-1);
    if (top?.id !== viewId) throw new Error(`${userId} does not have the modal ${viewId} on top`);
    return top;
  }

  /** Applies the app's response to a submission; an empty response closes the modal. */
  #applyResponse({ id }: StoredView, response: Json): void {
    // The app may have updated or closed it before it responded.
    const submitted = this.#state.openModal(id);
    if (submitted === undefined) return;
    const stack = this.#state.modals.get(submitted.userId) ?? [];
    const action = stringOf(response['response_action']);
    if (action === 'clear') this.#state.setModals(submitted.userId, []);
    else if (action === 'errors') this.#showErrors(submitted, response['errors']);
    else if (action === 'update' || action === 'push') this.#showView(submitted, action, response['view']);
    else if (action !== '') this.#reject(`unknown response_action ${action}`);
    else
      this.#state.setModals(
        submitted.userId,
        stack.filter((view) => view.id !== submitted.id),
      );
  }

  #showErrors(submitted: StoredView, given: unknown): void {
    const errors = isJson(given) ? Object.entries(given) : [];
    const inputs = submitted.blocks.filter((b) => b['type'] === 'input').map((b) => b['block_id']);
    const wrong = errors.filter(([block, text]) => !inputs.includes(block) || stringOf(text) === '');
    if (errors.length === 0) this.#reject('errors: none given');
    else if (wrong.length > 0) this.#reject(`errors: no input block or no text: ${wrong.join(', ')}`);
    else {
      const texts = errors.map(([block, text]): [string, string] => [block, stringOf(text)]);
      this.#state.replaceView({ ...submitted, errors: Object.fromEntries(texts) });
    }
  }

  #showView(submitted: StoredView, action: 'update' | 'push', given: unknown): void {
    const errors = viewErrors(given, 'modal');
    const stack = this.#state.modals.get(submitted.userId) ?? [];
    if (errors.length > 0) this.#reject(`${action}: ${errors.join(': ')}`);
    else if (action === 'update') {
      this.#state.replaceView(this.#state.newView(submitted.userId, jsonOf(given), submitted));
    } else if (stack.length === MAX_MODALS) this.#reject('push_limit_reached');
    else this.#state.setModals(submitted.userId, [...stack, this.#state.newView(submitted.userId, jsonOf(given))]);
  }

  #reject(what: string): void {
    this.#state.reject(`view_submission: ${what}`);
  }

  /** Closes the modal; null when the app did not ask to be notified (`notify_on_close`). */
  async close(userId: string, viewId: string, forgery: Forgery): Promise<DeliveryResult | null> {
    const view = this.#topModal(userId, viewId);
    const isCleared = view.given['clear_on_close'] === true;
    const below = (this.#state.modals.get(userId) ?? []).slice(0, -1);
    const payload = {
      type: 'view_closed',
      ...this.#people.commonFields(userId),
      view: viewJson(this.#state, view),
      is_cleared: isCleared,
    };
    this.#state.setModals(userId, isCleared ? [] : below);
    if (view.given['notify_on_close'] !== true) return null;
    return this.#people.deliver({ kind: 'interactive', payload }, forgery);
  }
}
