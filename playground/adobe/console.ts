import type { AdobeResponse } from './response.ts';
import type { AdobeRequest, Route, World } from './routing.ts';
import { integrationDetail, integrationsPage } from './shapes.ts';

const ORGANIZATION = '/console/organizations/(?<orgId>[^/]+)';
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
    operation: 'status',
    host: 'console',
    method: 'GET',
    path: new RegExp(`^${ORGANIZATION}/credentials/oauth-server-to-server/(?<id>[^/]+)/status$`),
    handle: migrationStatus,
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

function migrationStatus({ organisation }: World, { groups }: AdobeRequest): AdobeResponse {
  const integration = organisation.integration(groups['id'] ?? '');
  if (integration === undefined) return { status: 404 };
  const credential = organisation.credential(integration.technicalAccountId ?? '');
  const state = credential === undefined ? 'NONE' : organisation.stateOf(credential);
  return { status: 200, body: { migrationStatus: state } };
}
