import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { FaultId, PanelAdobe, PanelCall } from '../panel/contract.ts';
import { type Call, CallLog } from './calls.ts';
import { CONSOLE_ROUTES } from './console.ts';
import { Faults } from './faults.ts';
import { type Clock, Organisation, type Seed, type SimulatedCredential, type Start } from './organisation.ts';
import { toPanelAdobe } from './panel.ts';
import { PLATFORM_ROUTES } from './platform.ts';
import { write } from './respond.ts';
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
    answer: ({ tokens }, { body }) => tokens.answer(new URLSearchParams(body)),
  },
  ...PLATFORM_ROUTES,
  ...CONSOLE_ROUTES,
];

/** The one client the simulated Adobe knows. */
export const SIMULATED_CLIENT: ClientIdentity = {
  clientId: 'simulated-client-id',
  clientSecret: 'simulated-client-secret',
  orgId: '5B1D4A7E0F2C3D6B0A495E21@AdobeOrg',
  scopes: ['openid', 'AdobeID', 'read_organizations', 'additional_info.projectedProductContext', 'session'],
};

export interface SimulatedAdobeOptions {
  readonly clock?: Clock;
  readonly seed?: Seed;
  /** How long a migration takes, by the clock. */
  readonly migrationSeconds?: number;
  /** Accounts on one page; small, so that paging is always walked. */
  readonly pageSize?: number;
  /** How long a token is good, by the clock. */
  readonly tokenSeconds?: number;
  /** How `_links.next` is written, given the path and query of the next page. Adobe writes it in several ways. */
  readonly nextLink?: (pathAndQuery: string) => unknown;
}

/**
 * Adobe as far as qs-creds sees it: IMS, Query Service and the Developer Console, on one address of this machine.
 * Everything it knows is in memory, and everything that can go wrong can be ordered through `faults`.
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
      sandboxes: ['prod', 'dev', 'stage'],
      pageSize,
      nextLink,
    };
    this.#server = createServer((incoming, response) => {
      // A caller who hangs up is no failure of ours.
      this.#serve(incoming, response).catch(() => response.destroy());
    });
  }

  /** Begins to listen on 127.0.0.1, on a free port unless one is given. The url serves all three hosts. */
  async start(port = 0): Promise<{ url: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    await promise;
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return { url: this.#url };
  }

  /** Stops at once, whoever is still connected. */
  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  /** Every request that arrived, oldest first. */
  get calls(): readonly Call[] {
    return this.#calls.all;
  }

  /** The last `count` requests for the panel, newest last, with headers and body. */
  lastCalls(count: number): PanelCall[] {
    return this.#calls.last(count);
  }

  /** The organisation for the panel; `find` are words in the name, the owner or a sandbox. */
  view(find: string): PanelAdobe {
    return toPanelAdobe(this.#organisation, this.faults, find);
  }

  /** Has this called when a request came or was answered, and when something was changed here; not by the clock. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Every migration that was started by the API, oldest first. */
  get starts(): readonly Start[] {
    return this.#organisation.starts;
  }

  /** How long migrations take that begin from now on; the one under way keeps its time. */
  set migrationSeconds(seconds: number) {
    this.#organisation.migrationSeconds = seconds;
    this.#changed();
  }

  /** The migration under way ends where it began. */
  failMigration(technicalAccountId: string): void {
    this.#organisation.fail(technicalAccountId);
  }

  /**
   * Somebody presses Migrate in Adobe's own pages: it runs now, and is over when its time has passed.
   * @throws {Error} when Adobe would show no Migrate there
   */
  migrateElsewhere(technicalAccountId: string): void {
    const credential = this.#organisation.credential(technicalAccountId);
    const state = credential && this.#organisation.stateOf(credential);
    if (state !== 'NOT_STARTED') throw new Error(`It cannot be migrated: it is ${state ?? 'deleted'}.`);
    this.#organisation.begin(technicalAccountId, this.faults.isOn('migration-fails'));
    this.#changed();
  }

  /** Somebody makes a new credential. */
  add(credential: SimulatedCredential): void {
    this.#organisation.add(credential);
    this.#changed();
  }

  /** Somebody deletes the credential, or Adobe does after 90 unused days. */
  remove(technicalAccountId: string): void {
    this.#organisation.remove(technicalAccountId);
    this.#changed();
  }

  /** Switches a fault on or off, which holds until it is switched again. `faults` says which of several wins. */
  switchFault(id: FaultId, on: boolean): void {
    this.faults.switch(id, on);
    this.#changed();
  }

  /** The Console answers 403 to everything, as when the rights are missing. */
  consoleRefuses(refuses: boolean): void {
    this.switchFault('refused', refuses);
  }

  /** No token given so far is good any more. */
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
      call.body(body);
      const { route, groups } = find(method, url.pathname);
      const fault = route && this.faults.take(route.operation);
      status = await write(response, fault, () => this.#answer(route, { url, headers, body, groups }));
    } finally {
      call.end(status);
    }
  }

  #answer(route: Route | undefined, request: AdobeRequest): AdobeResponse {
    if (route === undefined) return { status: 404 };
    const answer = refusal(route.host, this.#world, request) ?? route.answer(this.#world, request);
    // The answer may come much later, or never.
    if (route.operation === 'start') this.#changed();
    return answer;
  }
}

function find(method: string, path: string): { route?: Route; groups: Record<string, string> } {
  for (const route of ROUTES) {
    const groups = route.method === method ? route.path.exec(path) : null;
    if (groups !== null) return { route, groups: groups.groups ?? {} };
  }
  return { groups: {} };
}
