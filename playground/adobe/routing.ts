import type { IncomingHttpHeaders } from 'node:http';
import type { Faults, Operation } from './faults.ts';
import type { Organisation } from './organisation.ts';
import { type AdobeResponse, gatewayError, problem } from './response.ts';
import type { ClientIdentity, Tokens } from './tokens.ts';

/** What the route handlers work with. */
export interface World {
  readonly organisation: Organisation;
  readonly faults: Faults;
  readonly tokens: Tokens;
  readonly client: ClientIdentity;
  /** The organisation's number in the Console. */
  readonly consoleOrgId: string;
  readonly sandboxes: readonly string[];
  /** The maximum number of accounts per page. */
  readonly pageSize: number;
  /** Formats `_links.next` for the path and query of the next page. */
  readonly nextLink: (pathAndQuery: string) => unknown;
}

export interface AdobeRequest {
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The named groups of the route's pattern. */
  readonly groups: Readonly<Record<string, string>>;
}

export interface Route {
  readonly operation: Operation;
  readonly host: 'ims' | 'platform' | 'console';
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: RegExp;
  readonly handle: (world: World, request: AdobeRequest) => AdobeResponse;
}

/** The error response for a request without valid credentials; undefined when the request is valid. */
export function refusal(host: Route['host'], world: World, request: AdobeRequest): AdobeResponse | undefined {
  if (host === 'ims') return undefined;
  const { headers } = request;
  if (!world.tokens.isValid(headers.authorization)) {
    return gatewayError(401, '401013', 'Oauth token is not valid');
  }
  if (headers['x-api-key'] !== world.client.clientId) {
    return gatewayError(403, '403000', 'Api Key is required or invalid');
  }
  return host === 'platform' ? platformRefusal(world, request) : consoleRefusal(world, request);
}

function platformRefusal({ client, sandboxes }: World, { headers }: AdobeRequest): AdobeResponse | undefined {
  if (headers['x-gw-ims-org-id'] !== client.orgId) {
    return gatewayError(403, '403025', 'The organisation does not match the token');
  }
  return sandboxes.includes(String(headers['x-sandbox-name']))
    ? undefined
    : problem(400, 'Bad Request', 'x-sandbox-name is missing or names no sandbox of this organisation');
}

/** Errors of the Console itself have no body. */
function consoleRefusal({ consoleOrgId }: World, { groups }: AdobeRequest): AdobeResponse | undefined {
  return groups['orgId'] === undefined || groups['orgId'] === consoleOrgId ? undefined : { status: 404 };
}
