import type { AdobeResponse } from './response.ts';
import type { AdobeRequest, Route, World } from './routing.ts';
import { certificatesOf, integrationDetail, integrationsPage } from './shapes.ts';

const ORGANIZATION = '/console/organizations/(?<orgId>[^/]+)';
const CREDENTIAL = `${ORGANIZATION}/credentials/oauth-server-to-server/(?<id>[^/]+)`;
const MAX_PAGE_SIZE = 50;
const DEFAULT_PAGE_SIZE = 20;

/** The Developer Console's endpoints on `developers.adobe.io`. */
export const CONSOLE_ROUTES: readonly Route[] = [
  {
    operation: 'organizations',
    host: 'console',
    method: 'GET',
    path: /^\/console\/organizations$/,
    handle: listOrganizations,
  },
  {
    operation: 'integrations',
    host: 'console',
    method: 'GET',
    path: new RegExp(`^${ORGANIZATION}/integrations$`),
    handle: listIntegrations,
  },
  {
    operation: 'integration',
    host: 'console',
    method: 'GET',
    path: new RegExp(`^${ORGANIZATION}/integrations/(?<id>[^/]+)$`),
    handle: readIntegration,
  },
  {
    operation: 'bindings',
    host: 'console',
    method: 'GET',
    path: new RegExp(`^${ORGANIZATION}/integrations/entp/(?<id>[^/]+)/bindings$`),
    handle: listBindings,
  },
  {
    operation: 'status',
    host: 'console',
    method: 'GET',
    path: new RegExp(`^${CREDENTIAL}/status$`),
    handle: migrationStatus,
  },
  {
    operation: 'binding',
    host: 'console',
    method: 'POST',
    path: new RegExp(`^${CREDENTIAL}/binding$`),
    handle: addBinding,
  },
  {
    operation: 'finalize',
    host: 'console',
    method: 'PATCH',
    path: new RegExp(`^${CREDENTIAL}/finalize$`),
    handle: (world, request) => change(world, request, 'finish', { status: 200 }),
  },
  {
    operation: 'unbinding',
    host: 'console',
    method: 'DELETE',
    path: new RegExp(`^${CREDENTIAL}/binding$`),
    handle: (world, request) => change(world, request, 'cancel', { status: 204 }),
  },
];

/** A developer's own organisation has no `code`. */
function listOrganizations({ consoleOrgId, client }: World): AdobeResponse {
  return {
    status: 200,
    body: [
      { id: '10001', name: 'Developer’s own', type: 'developer', role: 'DEVELOPER' },
      { id: consoleOrgId, code: client.orgId, name: 'Example', type: 'entp', role: 'ADMIN' },
    ],
  };
}

function listIntegrations({ organisation, consoleOrgId }: World, { url }: AdobeRequest): AdobeResponse {
  const page = Number(url.searchParams.get('page') ?? 0);
  const size = Math.min(Number(url.searchParams.get('size') ?? DEFAULT_PAGE_SIZE), MAX_PAGE_SIZE);
  return { status: 200, body: integrationsPage(consoleOrgId, organisation.integrations(), page, size) };
}

function readIntegration({ organisation, consoleOrgId }: World, { groups }: AdobeRequest): AdobeResponse {
  const integration = organisation.integration(groups['id'] ?? '');
  if (integration === undefined) return { status: 404 };
  return { status: 200, body: integrationDetail(consoleOrgId, integration) };
}

/** The certificates of the JWT credential, which is retired once the migration is complete. */
function listBindings(world: World, request: AdobeRequest): AdobeResponse {
  const { integration, credential } = findIntegration(world, request);
  if (integration === undefined || integration.technicalAccountId === null) return { status: 404 };
  const isJwt = credential !== undefined && world.organisation.stateOf(credential) !== 'COMPLETED';
  return { status: 200, body: isJwt ? certificatesOf(world.consoleOrgId, credential) : [] };
}

function migrationStatus(world: World, request: AdobeRequest): AdobeResponse {
  const { integration, credential } = findIntegration(world, request);
  if (integration === undefined) return { status: 404 };
  const state = credential === undefined ? 'NONE' : world.organisation.stateOf(credential);
  return { status: 200, body: { migrationStatus: state } };
}

function addBinding(world: World, request: AdobeRequest): AdobeResponse {
  const { organisation, client } = world;
  const body = {
    organizationId: client.orgId,
    clientId: `oauth-${request.groups['id']}`,
    allowedScopes: client.scopes.join(','),
    servicePrincipalId: findIntegration(world, request).integration?.technicalAccountId,
    createdByUser: client.clientId,
    createdAt: organisation.now().toISOString(),
  };
  return change(world, request, 'begin', { status: 201, body });
}

/** A change that the credential's state does not allow is a bad request; the specification has no conflict. */
function change(
  world: World,
  request: AdobeRequest,
  what: 'begin' | 'finish' | 'cancel',
  accepted: AdobeResponse,
): AdobeResponse {
  const { integration, credential } = findIntegration(world, request);
  // The specification has no 404 for beginning.
  if (integration === undefined) return { status: what === 'begin' ? 400 : 404 };
  const isAllowed =
    credential !== undefined &&
    world.organisation.changeInConsole(credential, what, world.faults.isOn('migration-fails'));
  return isAllowed ? accepted : { status: 400 };
}

function findIntegration({ organisation }: World, { groups }: AdobeRequest) {
  const integration = organisation.integration(groups['id'] ?? '');
  return { integration, credential: organisation.credential(integration?.technicalAccountId ?? '') };
}
