import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Answer } from './answer.ts';
import { CONSOLE_ROUTES } from './console.ts';
import { Faults } from './faults.ts';
import { type Clock, Organisation, type Seed, type SimulatedCredential, type Start } from './organisation.ts';
import { PLATFORM_ROUTES } from './platform.ts';
import { type Request, type Route, refusal, type World } from './routing.ts';
import { seedOrganisation } from './seed.ts';
import { type ClientIdentity, Tokens } from './tokens.ts';
import { write } from './wire.ts';

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

/** One request that arrived. */
export interface Call {
  readonly at: Date;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** null as long as, or since, nothing was answered. */
  readonly status: number | null;
}

/**
 * Adobe as far as qs-creds sees it: IMS, Query Service and the Developer Console, on one address of this machine.
 * Everything it knows is in memory, and everything that can go wrong can be ordered through `faults`.
 */
export class SimulatedAdobe {
  readonly faults = new Faults();
  readonly #calls: Call[] = [];
  readonly #clock: Clock;
  readonly #organisation: Organisation;
  readonly #world: World;
  readonly #server: Server;
  #consoleRefuses = false;
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
    return this.#calls;
  }

  /** Every migration that was started by the API, oldest first. */
  get starts(): readonly Start[] {
    return this.#organisation.starts;
  }

  /** The migration under way ends where it began. */
  failMigration(technicalAccountId: string): void {
    this.#organisation.fail(technicalAccountId);
  }

  /** Somebody presses Migrate in Adobe's own pages: it runs now, and is over when its time has passed. */
  migrateElsewhere(technicalAccountId: string): void {
    this.#organisation.begin(technicalAccountId);
  }

  /** Somebody makes a new credential. */
  add(credential: SimulatedCredential): void {
    this.#organisation.add(credential);
  }

  /** Somebody deletes the credential, or Adobe does after 90 unused days. */
  remove(technicalAccountId: string): void {
    this.#organisation.remove(technicalAccountId);
  }

  /** The Console answers 403 to everything, as when the rights are missing. */
  consoleRefuses(refuses: boolean): void {
    this.#consoleRefuses = refuses;
  }

  /** No token given so far is good any more. */
  revokeTokens(): void {
    this.#world.tokens.revokeAll();
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = incoming;
    const call = { at: this.#clock.now(), method, path, status: null as number | null };
    this.#calls.push(call);
    const url = new URL(path, this.#url);
    const body = await text(incoming);
    const { route, groups } = find(method, url.pathname);
    const fault = route && this.faults.take(route.operation);
    const answer = () => this.#answer(route, { url, headers: incoming.headers, body, groups });
    call.status = await write(response, fault, answer);
  }

  #answer(route: Route | undefined, request: Request): Answer {
    if (route === undefined) return { status: 404 };
    if (this.#consoleRefuses && route.host === 'console') return { status: 403 };
    return refusal(route.host, this.#world, request) ?? route.answer(this.#world, request);
  }
}

function find(method: string, path: string): { route?: Route; groups: Record<string, string> } {
  for (const route of ROUTES) {
    const groups = route.method === method ? route.path.exec(path) : null;
    if (groups !== null) return { route, groups: groups.groups ?? {} };
  }
  return { groups: {} };
}
