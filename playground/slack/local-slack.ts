import { SCOPES } from '../../src/slack/health.ts';
import type { ShownApp } from './contract.ts';
import { type Fault, Faults } from './faults.ts';
import { HttpTransport } from './http-transport.ts';
import type { FormValues } from './input.ts';
import type { Json } from './json.ts';
import { ModalActions } from './modal-actions.ts';
import type { LocalSlackOptions } from './options.ts';
import { Page } from './page.ts';
import { performPageAction, type SlackActions } from './page-actions.ts';
import { pageState, type ShownWorkspace } from './page-state.ts';
import { type Option, PeopleActions, type PressOptions } from './people-actions.ts';
import type { Place } from './places.ts';
import { PostingRate } from './posting-rate.ts';
import { ReadMarks } from './read-marks.ts';
import { ResponseUrls } from './response-urls.ts';
import {
  describeWorkspace,
  type SeenHome,
  type SeenMessage,
  type SeenModal,
  toSeenHome,
  toSeenMessage,
  toSeenModal,
} from './seen.ts';
import { sendMessage } from './send-message.ts';
import { SlackServer } from './server.ts';
import { SocketTransport } from './socket-transport.ts';
import { isInChannel, State } from './state.ts';
import type { DeliveryResult, Forgery, Transport } from './transport.ts';
import { Triggers } from './triggers.ts';
import { Uploads } from './uploads.ts';
import { type WaitOptions, waitFor } from './wait.ts';
import { type Call, WebApi } from './web-api.ts';

/** A Slack workspace on 127.0.0.1 with one app and Slack's limits; its people act through method calls. */
export class LocalSlack implements SlackActions, ShownWorkspace {
  readonly state: State;
  readonly commandName: string;
  readonly appName: string;
  readonly workspace: string;
  readonly hints: readonly string[];
  readonly shownApp: ShownApp;
  /** The app's URL, such as `http://127.0.0.1:3000/slack/events`; undefined for Socket Mode. */
  appUrl: string | undefined;
  /** The address by which the app reaches this Slack if not directly, such as `https://127.0.0.1:8443`. */
  publicUrl: string | undefined;
  readonly #webApi: WebApi;
  readonly #responseUrls: ResponseUrls;
  readonly #faults = new Faults();
  readonly #postingRate = new PostingRate();
  readonly #http: HttpTransport;
  readonly #socket: SocketTransport;
  readonly #server: SlackServer;
  readonly #people: PeopleActions;
  readonly #modals: ModalActions;
  readonly #triggers: Triggers;
  readonly #readMarks: ReadMarks;
  #port = 0;

  constructor(options: LocalSlackOptions) {
    const { signingSecret, ackLimitMs = 3_000 } = options;
    this.appName = options.appName ?? 'qs-creds';
    this.commandName = options.commandName ?? '/qs-creds';
    this.workspace = options.workspace ?? 'Local Slack';
    this.hints = options.hints ?? [];
    this.shownApp = options.shownApp ?? { commandDescription: '', usageHint: '', isMessagesTabReadOnly: false };
    const now = options.clock ?? (() => new Date());
    const state = new State({ ...options, userGroups: options.userGroups ?? [], now });
    this.state = state;
    this.#readMarks = new ReadMarks(state);
    this.#triggers = new Triggers(now);
    const responseUrls = new ResponseUrls(state, () => this.#base('http'));
    this.#responseUrls = responseUrls;
    const uploads = new Uploads(state, () => this.#base('http'));
    this.#http = new HttpTransport({ url: () => this.appUrl ?? '', signingSecret, ackLimitMs });
    this.#socket = new SocketTransport({ ackLimitMs, onChange: () => state.changed() });
    this.#people = new PeopleActions({
      state,
      triggers: this.#triggers,
      responseUrls,
      command: this.commandName,
      transport: () => this.#transport(),
    });
    this.#modals = new ModalActions(state, this.#triggers, this.#people);
    this.#webApi = new WebApi(
      {
        state,
        scopes: options.scopes ?? SCOPES,
        triggers: this.#triggers,
        postingRate: this.#postingRate,
        uploads,
        appName: this.appName,
        workspace: this.workspace,
        permalinks: () => this.#base('http'),
        openSocket: () => `${this.#base('ws')}/link/?ticket=${this.#socket.newTicket()}`,
      },
      { bot: options.botToken, app: options.appToken },
      this.#faults,
    );
    this.#server = new SlackServer({
      webApi: this.#webApi,
      responseUrls,
      uploads,
      page: new Page({
        state,
        pageDir: options.pageDir,
        pageState: (userId) => pageState(this, userId),
        perform: (action) => performPageAction(this, action),
        panel: options.panel,
      }),
      faults: this.#faults,
      upgrade: (req, socket, head) => this.#socket.accept(req, socket, head),
    });
  }

  async start(port = 0): Promise<{ url: string; apiUrl: string }> {
    this.#port = await this.#server.listen(port);
    const url = this.#base('http');
    return { url, apiUrl: `${url}/api/` };
  }

  async stop(): Promise<void> {
    await this.#socket.stop();
    await this.#server.close();
  }

  #base(scheme: 'http' | 'ws'): string {
    return (this.publicUrl ?? `http://127.0.0.1:${this.#port}`).replace(/^http/, scheme);
  }

  #transport(): Transport | undefined {
    if (this.appUrl !== undefined) return this.#http;
    return this.#socket.connections > 0 ? this.#socket : undefined;
  }

  /** Every Web API call of the app, oldest first. */
  get calls(): readonly Call[] {
    return this.#webApi.calls;
  }

  /** Every post of the app to a response_url, oldest first. */
  get replies(): readonly Call[] {
    return this.#responseUrls.posts;
  }

  /** What Slack rejected, newest last: "chat.postMessage: invalid_blocks: …". */
  get rejected(): readonly string[] {
    return this.state.rejected;
  }

  get stats(): { readonly overRate: readonly string[] } {
    return { overRate: this.#postingRate.overRate };
  }

  get socketConnections(): number {
    return this.#socket.connections;
  }

  /** Injects a fault into the next calls of a Web API method, or into posts to a response_url (`response_url`). */
  fail(method: string, fault: Fault): void {
    this.#faults.add(method, fault);
  }

  /** From now on, accepts `perMinute` calls of this Web API method a minute, by its clock, and rejects any more. */
  limit(method: string, perMinute: number): void {
    this.#webApi.rates.limit(method, perMinute);
  }

  /** The faults that the panel switches. */
  get faults(): Faults {
    return this.#faults;
  }

  /** Removes all pending faults, and sends the responses that are held back. */
  heal(): void {
    this.#faults.clear();
  }

  disconnectSockets(reason: 'warning' | 'refresh_requested' | 'link_disabled' = 'refresh_requested'): void {
    this.#socket.disconnect(reason);
  }

  /** @param text with or without the command in front: `list` or `/qs-creds list` */
  command(userId: string, channel: string, text: string, forgery: Forgery = {}): Promise<DeliveryResult> {
    return this.#people.command(userId, channel, text, forgery);
  }

  /** A person sends an ordinary message, in a thread if one is given. */
  sendMessage(userId: string, channel: string, text: string, threadTs?: string): SeenMessage {
    return toSeenMessage(sendMessage(this.state, userId, channel, text, threadTs));
  }

  /** The person reads the conversation to its end. */
  read(userId: string, channel: string): void {
    this.#readMarks.read(userId, channel);
  }

  press(userId: string, place: Place, actionId: string, options: PressOptions = {}): Promise<DeliveryResult> {
    return this.#people.press(userId, place, actionId, options);
  }

  suggest(
    userId: string,
    place: Place,
    actionId: string,
    query: string,
    options: PressOptions = {},
  ): Promise<DeliveryResult & { readonly options: readonly Option[] }> {
    return this.#people.suggest(userId, place, actionId, query, options);
  }

  submit(userId: string, viewId: string, values: FormValues = {}, forgery: Forgery = {}): Promise<DeliveryResult> {
    return this.#modals.submit(userId, viewId, values, forgery);
  }

  /** Closes a modal; null when the app did not ask to be notified (`notify_on_close`). */
  closeView(userId: string, viewId: string, forgery: Forgery = {}): Promise<DeliveryResult | null> {
    return this.#modals.close(userId, viewId, forgery);
  }

  openHome(userId: string, forgery: Forgery = {}): Promise<DeliveryResult> {
    return this.#people.openHome(userId, forgery);
  }

  /** An interaction that no visible element offers; `fields` replace those of a genuine payload. */
  forgeInteraction(userId: string, fields: Json, forgery: Forgery = {}): Promise<DeliveryResult> {
    const trigger_id = this.#triggers.issue(userId);
    const payload = { ...this.#people.commonFields(userId), trigger_id, ...fields };
    return this.#people.deliver({ kind: 'interactive', payload }, forgery);
  }

  /** A forged press with any action in any container. */
  forgePress(userId: string, action: Json, fields: Json = {}, forgery: Forgery = {}): Promise<DeliveryResult> {
    const whole = { type: 'button', block_id: 'forged', action_ts: this.state.newTs(), ...action };
    return this.forgeInteraction(userId, { type: 'block_actions', ...fields, actions: [whole] }, forgery);
  }

  /** Sends Slack's `url_verification` challenge. */
  verifyUrl(forgery: Forgery = {}): Promise<DeliveryResult> {
    const payload = { type: 'url_verification', challenge: this.state.newId('challenge') };
    return this.#people.deliver({ kind: 'event', payload }, forgery);
  }

  /** Sends the last request to the app again, byte for byte; the response has no effect here. */
  replay(): Promise<DeliveryResult> {
    const transport = this.#transport();
    if (transport === undefined) throw new Error('the app is not listening');
    return transport.replay();
  }

  /** The direct conversation of this person with the app. */
  directOf(userId: string): string {
    const direct = this.state.directOf(userId);
    if (direct === undefined) throw new Error(`there is no user ${userId}`);
    return direct.id;
  }

  messagesSeenBy(userId: string, channel: string): readonly SeenMessage[] {
    return this.state.messagesSeenBy(userId, channel).filter(isInChannel).map(toSeenMessage);
  }

  /** The replies in the thread of a message, oldest first. */
  repliesSeenBy(userId: string, { channel, ts }: { channel: string; ts: string }): readonly SeenMessage[] {
    return this.state
      .messagesSeenBy(userId, channel)
      .filter(({ threadTs }) => threadTs === ts)
      .map(toSeenMessage);
  }

  /** The person's unread messages, oldest first; ephemeral messages and thread replies do not count. */
  unreadBy(userId: string, channel: string): readonly SeenMessage[] {
    return this.#readMarks.unreadBy(userId, channel).map(toSeenMessage);
  }

  /** The topmost open modal. */
  modalOf(userId: string): SeenModal | null {
    const view = this.state.modals.get(userId)?.at(-1);
    return view === undefined ? null : toSeenModal(this.state, view);
  }

  /** The App Home last published for this person. */
  homeOf(userId: string): SeenHome | null {
    const view = this.state.homes.get(userId);
    return view === undefined ? null : toSeenHome(this.state, view);
  }

  /** Resolves with the predicate's first truthy result, evaluated at every change. @throws {Error} after `timeoutMs` */
  waitFor<T>(predicate: () => T | undefined | null | false, options: WaitOptions = {}): Promise<T> {
    return waitFor(this.state, predicate, options, () => describeWorkspace(this.state, this.calls));
  }
}
