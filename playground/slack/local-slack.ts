import { AppHttp } from './app-http.ts';
import type { AppLink, Forge, Sent } from './app-link.ts';
import { AppSocket } from './app-socket.ts';
import type { Completion } from './contract.ts';
import { type Fault, Faults } from './faults.ts';
import type { FormValues } from './input.ts';
import type { Json } from './json.ts';
import { ModalActs } from './modal-acts.ts';
import { DEFAULT_SCOPES, type LocalSlackOptions } from './options.ts';
import { Page } from './page.ts';
import { pageAct } from './page-acts.ts';
import { pageState } from './page-state.ts';
import { type Option, PeopleActs, type PressOptions } from './people-acts.ts';
import type { Place } from './places.ts';
import { PostRate } from './post-rate.ts';
import { ReadMarks } from './read-marks.ts';
import { ResponseUrls } from './response-urls.ts';
import { say } from './say.ts';
import {
  describe,
  type SeenHome,
  type SeenMessage,
  type SeenModal,
  seenHome,
  seenMessage,
  seenModal,
} from './seen.ts';
import { SlackServer } from './server.ts';
import { State } from './state.ts';
import { Triggers } from './triggers.ts';
import { type WaitOptions, waitFor } from './wait.ts';
import { type Call, WebApi } from './web-api.ts';

/** A Slack workspace on 127.0.0.1 with one app, people who act by method calls, and Slack's limits. */
export class LocalSlack {
  readonly state: State;
  readonly commandName: string;
  readonly appName: string;
  readonly workspace: string;
  readonly hints: readonly string[];
  readonly completions: readonly Completion[];
  /** Where the app listens, such as `http://127.0.0.1:3000/slack/events`; undefined: Socket Mode. */
  appUrl: string | undefined;
  readonly #webApi: WebApi;
  readonly #faults = new Faults();
  readonly #postRate = new PostRate();
  readonly #http: AppHttp;
  readonly #socket: AppSocket;
  readonly #server: SlackServer;
  readonly #people: PeopleActs;
  readonly #modals: ModalActs;
  readonly #triggers: Triggers;
  readonly #readMarks: ReadMarks;
  #port = 0;

  constructor(options: LocalSlackOptions) {
    const { signingSecret, ackLimitMs = 3_000 } = options;
    this.appName = options.appName ?? 'qs-creds';
    this.commandName = options.commandName ?? '/qs-creds';
    this.workspace = options.workspace ?? 'Local Slack';
    this.hints = options.hints ?? [];
    this.completions = options.completions ?? [];
    const now = options.clock ?? (() => new Date());
    const state = new State({ ...options, userGroups: options.userGroups ?? [], now });
    this.state = state;
    this.#readMarks = new ReadMarks(state);
    this.#triggers = new Triggers(now);
    const responseUrls = new ResponseUrls(state, () => this.#base('http'));
    this.#http = new AppHttp({ url: () => this.appUrl ?? '', signingSecret, ackLimitMs });
    this.#socket = new AppSocket({ ackLimitMs, changed: () => state.changed() });
    this.#people = new PeopleActs({
      state,
      triggers: this.#triggers,
      responseUrls,
      command: this.commandName,
      link: () => this.#link(),
    });
    this.#modals = new ModalActs(state, this.#triggers, this.#people);
    this.#webApi = new WebApi(
      {
        state,
        scopes: options.scopes ?? DEFAULT_SCOPES,
        triggers: this.#triggers,
        postRate: this.#postRate,
        appName: this.appName,
        workspace: this.workspace,
        openSocket: () => `${this.#base('ws')}/link/?ticket=${this.#socket.newTicket()}`,
      },
      { bot: options.botToken, app: options.appToken },
      this.#faults,
    );
    this.#server = new SlackServer({
      webApi: this.#webApi,
      responseUrls,
      page: new Page({
        state,
        pageDir: options.pageDir,
        pageState: (userId) => pageState(this, userId),
        act: (act) => pageAct(this, act),
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
    return `${scheme}://127.0.0.1:${this.#port}`;
  }

  #link(): AppLink | undefined {
    if (this.appUrl !== undefined) return this.#http;
    return this.#socket.connections > 0 ? this.#socket : undefined;
  }

  /** Every Web API call of the app, oldest first. */
  get calls(): readonly Call[] {
    return this.#webApi.calls;
  }

  /** What Slack refused, newest last: "chat.postMessage: invalid_blocks: …". */
  get refused(): readonly string[] {
    return this.state.refused;
  }

  get stats(): { readonly overRate: readonly string[] } {
    return { overRate: this.#postRate.overRate };
  }

  get socketConnections(): number {
    return this.#socket.connections;
  }

  /** Makes the next calls of a Web API method, or posts to `response_url`, go wrong. */
  fail(method: string, fault: Fault): void {
    this.#faults.add(method, fault);
  }

  /** Takes back all that `fail` has still in store. */
  heal(): void {
    this.#faults.clear();
  }

  disconnectSockets(reason: 'warning' | 'refresh_requested' | 'link_disabled' = 'refresh_requested'): void {
    this.#socket.disconnect(reason);
  }

  /** @param text with or without the command in front: `list` or `/qs-creds list` */
  command(userId: string, channel: string, text: string, forge: Forge = {}): Promise<Sent> {
    return this.#people.command(userId, channel, text, forge);
  }

  /** An ordinary message of a person, in the thread of another one if one is given. */
  say(userId: string, channel: string, text: string, threadTs?: string): SeenMessage {
    return seenMessage(say(this.state, userId, channel, text, threadTs));
  }

  /** The person sees the conversation to its end. */
  read(userId: string, channel: string): void {
    this.#readMarks.read(userId, channel);
  }

  press(userId: string, place: Place, actionId: string, options: PressOptions = {}): Promise<Sent> {
    return this.#people.press(userId, place, actionId, options);
  }

  suggest(
    userId: string,
    place: Place,
    actionId: string,
    query: string,
    options: PressOptions = {},
  ): Promise<Sent & { readonly options: readonly Option[] }> {
    return this.#people.suggest(userId, place, actionId, query, options);
  }

  submit(userId: string, viewId: string, values: FormValues = {}, forge: Forge = {}): Promise<Sent> {
    return this.#modals.submit(userId, viewId, values, forge);
  }

  /** Null when the app did not ask to be told (`notify_on_close`). */
  closeView(userId: string, viewId: string, forge: Forge = {}): Promise<Sent | null> {
    return this.#modals.close(userId, viewId, forge);
  }

  openHome(userId: string, forge: Forge = {}): Promise<Sent> {
    return this.#people.openHome(userId, forge);
  }

  /** An interaction nobody could do with the elements they see; `fields` overwrite those of an honest payload. */
  forgeInteraction(userId: string, fields: Json, forge: Forge = {}): Promise<Sent> {
    const trigger_id = this.#triggers.issue(userId);
    const payload = { ...this.#people.base(userId), trigger_id, ...fields };
    return this.#people.deliver({ kind: 'interactive', payload }, forge);
  }

  /** A press with any action in any container. */
  forgePress(userId: string, action: Json, fields: Json = {}, forge: Forge = {}): Promise<Sent> {
    const whole = { type: 'button', block_id: 'forged', action_ts: this.state.newTs(), ...action };
    return this.forgeInteraction(userId, { type: 'block_actions', ...fields, actions: [whole] }, forge);
  }

  /** Slack's question whether the address is the app's. */
  verifyUrl(forge: Forge = {}): Promise<Sent> {
    const payload = { type: 'url_verification', challenge: this.state.newId('challenge') };
    return this.#people.deliver({ kind: 'event', payload }, forge);
  }

  /** Sends the last request to the app once more, byte by byte; its answer changes nothing here. */
  replay(): Promise<Sent> {
    const link = this.#link();
    if (link === undefined) throw new Error('nobody listens');
    return link.replay();
  }

  /** The direct conversation of this person with the app. */
  directOf(userId: string): string {
    const direct = this.state.directOf(userId);
    if (direct === undefined) throw new Error(`there is nobody called ${userId}`);
    return direct.id;
  }

  messagesSeenBy(userId: string, channel: string): readonly SeenMessage[] {
    return this.state.messagesSeenBy(userId, channel).map(seenMessage);
  }

  /** What the person has not seen yet, oldest first; without what nobody is told of: ephemeral messages and replies. */
  unreadBy(userId: string, channel: string): readonly SeenMessage[] {
    return this.#readMarks.unreadBy(userId, channel).map(seenMessage);
  }

  /** The topmost open modal. */
  modalOf(userId: string): SeenModal | null {
    const view = this.state.modals.get(userId)?.at(-1);
    return view === undefined ? null : seenModal(this.state, view);
  }

  /** The App Home last published for this person. */
  homeOf(userId: string): SeenHome | null {
    const view = this.state.homes.get(userId);
    return view === undefined ? null : seenHome(this.state, view);
  }

  /** Resolves with the predicate's first answer that is something, asked anew at every change. */
  waitFor<T>(predicate: () => T | undefined | null | false, options: WaitOptions = {}): Promise<T> {
    return waitFor(this.state, predicate, options, () => describe(this.state, this.calls));
  }
}
