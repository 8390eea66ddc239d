import type { AdobeResponse } from './response.ts';
import type { AdobeRequest, Route, World } from './routing.ts';
import { integrationDetail, integrationsPage } from './shapes.ts';

const ORGANIZATION = '/console/organizations/(?<orgId>[^/]+)';
const LARGEST_PAGE = 50;
const USUAL_PAGE = 20;

/** What `developers.adobe.io` serves of the Developer Console. */
export const CONSOLE_ROUTES: readonly Route[] = [
  {
    operation: 'organizations',
    host: 'console',
    method: 'GET',
    path: /^\/console\/organizations$/,
    answer: listOrganizations,
  },
  {
    operation: 'integrations',
    host: 'console',
    method: 'GET',
    path: new RegExp(`^${ORGANIZATION}/integrations$`),
    answer: listIntegrations,
  },
  {
    operation: 'integration',
    host: 'console',
    method: 'GET',
    path: new RegExp(`^${ORGANIZATION}/integrations/(?<id>[^/]+)$`),
    answer: readIntegration,
  },
  {
    operation: 'status',
    host: 'console',
    method: 'GET',
    path: new RegExp(`^${ORGANIZATION}/credentials/oauth-server-to-server/(?<id>[^/]+)/status$`),
    answer: migrationStatus,
  },
];

/** Not every organisation has a `code`: a developer's own has none. */
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
  const size = Math.min(Number(url.searchParams.get('size') ?? USUAL_PAGE), LARGEST_PAGE);
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
