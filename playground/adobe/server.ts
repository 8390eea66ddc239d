import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { FaultId, PanelAdobe, PanelCall } from '../panel/contract.ts';
import { type Call, CallLog } from './calls.ts';
import { CONSOLE_ROUTES } from './console.ts';
import { Faults } from './faults.ts';
import {
  type Clock,
  type ConsoleChange,
  Organisation,
  type Seed,
  type SimulatedCredential,
  type Start,
} from './organisation.ts';
import { toPanelAdobe } from './panel.ts';
import { PLATFORM_ROUTES } from './platform.ts';
import { respond } from './respond.ts';
import type { AdobeResponse } from './response.ts';
import { type AdobeRequest, type Route, refusal, type World } from './routing.ts';
import { seedOrganisation } from './seed.ts';
import { type ClientIdentity, Tokens } from './tokens.ts';

const ROUTES: readonly Route[] = [
  {
    operation: 'token',
    host: 'ims',
    method: 'POST',
    path: /^\/ims\/token\/v3$/,
    handle: ({ tokens }, { body }) => tokens.issue(new URLSearchParams(body)),
  },
  ...PLATFORM_ROUTES,
  ...CONSOLE_ROUTES,
];

/** The only client the simulated Adobe knows. */
export const SIMULATED_CLIENT: ClientIdentity = {
  clientId: 'simulated-client-id',
  clientSecret: 'simulated-client-secret',
  orgId: '5B1D4A7E0F2C3D6B0A495E21@AdobeOrg',
  scopes: [
    ...['openid', 'AdobeID', 'read_organizations', 'session', 'adobeio_api'],
    ...['additional_info.projectedProductContext', 'additional_info.roles'],
  ],
};

export interface SimulatedAdobeOptions {
  readonly clock?: Clock;
  readonly seed?: Seed;
  /** The duration of a migration, by the clock. */
  readonly migrationSeconds?: number;
  /** Accounts per page; small, so that every caller has to page. */
  readonly pageSize?: number;
  /** The lifetime of a token, by the clock. */
  readonly tokenSeconds?: number;
  /** Formats `_links.next` for the path and query of the next page. Adobe uses several formats. */
  readonly nextLink?: (pathAndQuery: string) => unknown;
}

/**
 * The part of Adobe that qs-creds uses: IMS, Query Service and the Developer Console, on one local address. All state
 * is in memory; failures are injected through `faults`.
 */
export class SimulatedAdobe {
  readonly faults = new Faults();
  readonly #calls = new CallLog(() => this.#changed());
  readonly #listeners: (() => void)[] = [];
  readonly #clock: Clock;
  readonly #organisation: Organisation;
  readonly #world: World;
  readonly #server: Server;
  #url = '';

  constructor({
    clock = { now: () => new Date() },
    seed = seedOrganisation(),
    migrationSeconds = 40,
    pageSize = 25,
    tokenSeconds = 86_399,
    nextLink = (pathAndQuery) => ({ href: this.#url + pathAndQuery }),
  }: SimulatedAdobeOptions = {}) {
    this.#clock = clock;
    this.#organisation = new Organisation(seed, clock, migrationSeconds);
    this.#world = {
      organisation: this.#organisation,
      faults: this.faults,
      tokens: new Tokens(SIMULATED_CLIENT, clock, tokenSeconds),
      client: SIMULATED_CLIENT,
      consoleOrgId: '81234',
      sandboxes: [...new Set(['prod', 'dev', 'stage', ...seed.credentials.flatMap(({ sandboxes }) => sandboxes)])],
      pageSize,
      nextLink,
    };
    this.#server = createServer((incoming, response) => {
      // The caller may hang up at any time.
      this.#serve(incoming, response).catch(() => response.destroy());
    });
  }

  /** Listens on 127.0.0.1, on a free port by default. One URL serves all three hosts. */
  async start(port = 0): Promise<{ url: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    await promise;
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return { url: this.#url };
  }

  /** Where it listens. */
  get url(): string {
    return this.#url;
  }

  /** Stops immediately and drops open connections. */
  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  /** Every request received, oldest first. */
  get calls(): readonly Call[] {
    return this.#calls.all;
  }

  /** The last `count` requests for the panel, newest last, with headers and body. */
  lastCalls(count: number): PanelCall[] {
    return this.#calls.last(count);
  }

  /** The organisation for the panel, narrowed to credentials that match the words of `find`. */
  view(find: string): PanelAdobe {
    return toPanelAdobe(this.#organisation, this.faults, find);
  }

  /** Registers a listener for requests, responses and changes made here. Changes by time alone are not announced. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Every migration started by the API, oldest first. */
  get starts(): readonly Start[] {
    return this.#organisation.starts;
  }

  /** Every change made by the Developer Console's API, oldest first. */
  get consoleChanges(): readonly ConsoleChange[] {
    return this.#organisation.consoleChanges;
  }

  /** Sets the duration of migrations that start from now on; running ones are not affected. */
  set migrationSeconds(seconds: number) {
    this.#organisation.migrationSeconds = seconds;
    this.#changed();
  }

  /** Makes the running migration end as NOT_STARTED. @throws {Error} when none is running */
  failMigration(technicalAccountId: string): void {
    this.#organisation.fail(technicalAccountId);
  }

  /**
   * Someone presses Migrate in Adobe's UI.
   * @throws {Error} when Adobe would not offer Migrate
   */
  migrateElsewhere(technicalAccountId: string): void {
    this.#expectNotStarted(technicalAccountId);
    this.#organisation.begin(technicalAccountId, this.faults.isOn('migration-fails'));
    this.#changed();
  }

  /**
   * In the Developer Console, someone begins the migration of a credential, or ends one that was begun there.
   * @throws {Error} when the Console would not offer that
   */
  inConsole(technicalAccountId: string, what: 'begin' | 'finish' | 'cancel'): void {
    if (what === 'begin') {
      this.#expectNotStarted(technicalAccountId);
      this.#organisation.leaveUnfinished(technicalAccountId);
    } else this.#organisation.end(technicalAccountId, what);
    this.#changed();
  }

  #expectNotStarted(technicalAccountId: string): void {
    const credential = this.#organisation.credential(technicalAccountId);
    const state = credential && this.#organisation.stateOf(credential);
    if (state !== 'NOT_STARTED') throw new Error(`It cannot be migrated: it is ${state ?? 'deleted'}.`);
  }

  /** Someone creates a credential. */
  add(credential: SimulatedCredential): void {
    this.#organisation.add(credential);
    this.#changed();
  }

  /** Someone deletes the credential, or Adobe does so after 90 unused days. */
  remove(technicalAccountId: string): void {
    this.#organisation.remove(technicalAccountId);
    this.#changed();
  }

  /** Switches a fault on or off. `Faults` documents the precedence. */
  switchFault(id: FaultId, on: boolean): void {
    this.faults.switch(id, on);
    this.#changed();
  }

  /** The Console responds 403 to every request, as if permissions were missing. */
  consoleRefuses(refuses: boolean): void {
    this.switchFault('refused', refuses);
  }

  /** Revokes every token issued so far. */
  revokeTokens(): void {
    this.#world.tokens.revokeAll();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = incoming;
    const call = this.#calls.begin(this.#clock.now(), incoming);
    let status: number | null = null;
    try {
      const url = new URL(path, this.#url);
      const body = await text(incoming);
      call.recordBody(body);
      const { route, groups } = findRoute(method, url.pathname);
      const target = { sandbox: String(headers['x-sandbox-name']), ...groups };
      const fault = route && this.faults.take(route.operation, target);
      status = await respond(response, fault, () => this.#handle(route, { url, headers, body, groups }));
    } finally {
      call.end(status);
    }
  }

  #handle(route: Route | undefined, request: AdobeRequest): AdobeResponse {
    // Adobe does not document its response to other methods; a gateway that knows the path usually responds 405.
    if (route === undefined) return { status: isKnownPath(request.url.pathname) ? 405 : 404 };
    const response = refusal(route.host, this.#world, request) ?? route.handle(this.#world, request);
    // The response may be sent much later, or never.
    if (route.method !== 'GET' && route.operation !== 'token') this.#changed();
    return response;
  }
}

function isKnownPath(path: string): boolean {
  return ROUTES.some((route) => route.path.test(path));
}

function findRoute(method: string, path: string): { route?: Route; groups: Record<string, string> } {
  for (const route of ROUTES) {
    const match = route.method === method ? route.path.exec(path) : null;
    if (match !== null) return { route, groups: match.groups ?? {} };
  }
  return { groups: {} };
}
