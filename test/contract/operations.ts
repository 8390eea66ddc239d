/**
 * What Adobe publishes about each call, in our words: the requests that it accepts and the responses that it gives.
 * Sources: Developer Console API specification (Transporter API 1.1.1), Query Service API specification, the pages on
 * IMS, accounts and sandboxes of Adobe's documentation. Bodies are in ../adobe/published-schemas.json.
 */
export interface Operation {
  readonly name: string;
  readonly host: 'ims' | 'platform' | 'console';
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The path below the host, with `{parameter}` in place of each value. */
  readonly path: string;
  readonly query?: Readonly<Record<string, RegExp>>;
  readonly headers: Readonly<Record<string, RegExp>>;
  /** The body of the request; absent if it has none. */
  readonly body?: { readonly type: string; readonly schema: object };
  /** By status: the name of the body's schema, null for no body. */
  readonly accepted: Readonly<Record<number, string | null>>;
  /** Statuses of errors, which are published without a body; gateways add one. */
  readonly errors: readonly number[];
  /** Not published: inferred from Adobe's own page. */
  readonly isAssumed?: true;
}

const INTEGER = /^\d+$/;
const TEXT = /^.+$/;
const BOOLEAN = /^(true|false)$/;
/** The format of each path parameter. */
export const PARAMETERS: Readonly<Record<string, RegExp>> = {
  orgId: /^\d+$/,
  intId: /^[A-Za-z0-9-]+$/,
  credentialId: /^[A-Za-z0-9-]+$/,
  technicalAccountId: /^[0-9A-F]{24}$/,
  scheduleId: TEXT,
  runId: TEXT,
};

const KEY = { authorization: /^Bearer \S+$/, 'x-api-key': /^\S+$/ };
const ORGANISATION = { ...KEY, 'x-gw-ims-org-id': /^[0-9A-Za-z]+@AdobeOrg$/ };
const SANDBOX = { ...ORGANISATION, 'x-sandbox-name': /^[a-z0-9-]+$/ };

const CONSOLE_ERRORS = [400, 401, 403, 404, 500];
const ORG = '/console/organizations/{orgId}';
const CREDENTIAL = `${ORG}/credentials/oauth-server-to-server/{credentialId}`;
const QUERY_SERVICE = '/data/foundation/query';
/** Ascending order is `+field`; an unencoded plus sign would arrive as a space and be lost. */
const ORDER = /^[+-]?(created|updated)$/;
/** `linkType` appears in the link of the specification's sample. */
const ACTIVITY = { orderby: ORDER, limit: INTEGER, start: TEXT, linkType: TEXT };
const MOMENT = '[><][^,=][^,]*';
/** The filters that each list accepts: fields, each with the operators that it allows. */
const FILTERS = {
  queries: filters(
    '(created|updated|state|id)([><]=?|==|!=|~)[^,=]+',
    '(referenced_datasets|userId|templateId|client|scheduleId|scheduleRunId)==[^,]+',
    '(sql|templateName)~[^,]+',
  ),
  schedules: filters(`created${MOMENT}`, '(templateId|userId)==[^,]+'),
  runs: filters(`created${MOMENT}`, 'state[=!]=[^,]+', 'externalTrigger==(true|false)'),
};

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'token',
    host: 'ims',
    method: 'POST',
    path: '/ims/token/v3',
    headers: {},
    body: {
      type: 'application/x-www-form-urlencoded',
      schema: {
        type: 'object',
        required: ['grant_type', 'client_id', 'client_secret', 'scope'],
        properties: {
          grant_type: { type: 'string', enum: ['client_credentials'] },
          client_id: { type: 'string', minLength: 1 },
          client_secret: { type: 'string', minLength: 1 },
          scope: { type: 'string', pattern: '^[^, ]+(, ?[^, ]+)*$' },
        },
        additionalProperties: false,
      },
    },
    accepted: { 200: 'token' },
    errors: [400, 401, 429],
  },
  {
    name: 'accounts',
    host: 'platform',
    method: 'GET',
    path: '/data/foundation/queryauth/accounts',
    query: { orderby: ORDER, property: TEXT, start: TEXT, limit: /^[1-9]\d*$/, isPrevLink: BOOLEAN },
    headers: SANDBOX,
    accepted: { 200: 'accounts' },
    errors: [401, 403, 404, 500],
  },
  {
    name: 'start',
    host: 'platform',
    method: 'POST',
    path: '/data/foundation/queryauth/accounts/{technicalAccountId}/migrate',
    headers: SANDBOX,
    body: { type: 'application/json', schema: { type: 'object', additionalProperties: false } },
    accepted: { 200: '*', 202: '*', 204: null },
    errors: [400, 401, 403, 404, 405, 409, 500],
    isAssumed: true,
  },
  {
    name: 'queries',
    host: 'platform',
    method: 'GET',
    path: `${QUERY_SERVICE}/queries`,
    query: {
      ...ACTIVITY,
      property: FILTERS.queries,
      excludeSoftDeleted: BOOLEAN,
      excludeHidden: BOOLEAN,
      isPrevLink: BOOLEAN,
    },
    headers: SANDBOX,
    accepted: { 200: 'queries' },
    errors: [401, 404, 500],
  },
  {
    name: 'schedules',
    host: 'platform',
    method: 'GET',
    path: `${QUERY_SERVICE}/schedules`,
    query: { ...ACTIVITY, property: FILTERS.schedules },
    headers: SANDBOX,
    accepted: { 200: 'schedules' },
    errors: [401, 404, 500],
  },
  {
    name: 'runs',
    host: 'platform',
    method: 'GET',
    path: `${QUERY_SERVICE}/schedules/{scheduleId}/runs`,
    query: { ...ACTIVITY, property: FILTERS.runs },
    headers: SANDBOX,
    accepted: { 200: 'runs' },
    errors: [401, 404, 500],
  },
  {
    name: 'run',
    host: 'platform',
    method: 'GET',
    path: `${QUERY_SERVICE}/schedules/{scheduleId}/runs/{runId}`,
    headers: SANDBOX,
    accepted: { 200: 'run' },
    errors: [401, 404, 500],
  },
  {
    name: 'sandboxes',
    host: 'platform',
    method: 'GET',
    path: '/data/foundation/sandbox-management/',
    query: { limit: INTEGER, offset: INTEGER },
    headers: ORGANISATION,
    accepted: { 200: 'sandboxes' },
    errors: [401, 403, 404, 500],
  },
  {
    name: 'organizations',
    host: 'console',
    method: 'GET',
    path: '/console/organizations',
    headers: KEY,
    accepted: { 200: 'organizations' },
    errors: CONSOLE_ERRORS,
  },
  {
    name: 'integrations',
    host: 'console',
    method: 'GET',
    path: `${ORG}/integrations`,
    query: { page: INTEGER, size: /^([1-9]|[1-4]\d|50)$/ },
    headers: KEY,
    accepted: { 200: 'integrations' },
    errors: CONSOLE_ERRORS,
  },
  {
    name: 'integration',
    host: 'console',
    method: 'GET',
    path: `${ORG}/integrations/{intId}`,
    headers: KEY,
    accepted: { 200: 'integration' },
    errors: CONSOLE_ERRORS,
  },
  {
    name: 'bindings',
    host: 'console',
    method: 'GET',
    path: `${ORG}/integrations/entp/{intId}/bindings`,
    headers: KEY,
    accepted: { 200: 'bindings' },
    errors: CONSOLE_ERRORS,
  },
  {
    name: 'status',
    host: 'console',
    method: 'GET',
    path: `${CREDENTIAL}/status`,
    headers: KEY,
    accepted: { 200: 'status' },
    errors: CONSOLE_ERRORS,
  },
  {
    name: 'binding',
    host: 'console',
    method: 'POST',
    path: `${CREDENTIAL}/binding`,
    headers: KEY,
    accepted: { 201: 'binding' },
    errors: [400, 401, 403, 500],
  },
  {
    name: 'finalize',
    host: 'console',
    method: 'PATCH',
    path: `${CREDENTIAL}/finalize`,
    headers: KEY,
    accepted: { 200: null },
    errors: CONSOLE_ERRORS,
  },
  {
    name: 'unbinding',
    host: 'console',
    method: 'DELETE',
    path: `${CREDENTIAL}/binding`,
    headers: KEY,
    accepted: { 204: null },
    errors: CONSOLE_ERRORS,
  },
];

/** Any number of these, separated by commas. */
function filters(...allowed: readonly string[]): RegExp {
  const one = `(${allowed.join('|')})`;
  return new RegExp(`^${one}(,${one})*$`);
}
