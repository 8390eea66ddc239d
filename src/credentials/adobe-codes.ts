import type { AdobeProblem } from './adobe-error.ts';

/** Who can fix an error. `nobody`: it passes on its own. */
type Mender = 'operator' | 'system admin' | 'nobody';

/** An error that Adobe documents, in our words. */
interface DocumentedError {
  /** Follows a colon; no full stop. */
  readonly meaning: string;
  readonly who: Mender;
  /** Follows "Ask an operator to"; for `nobody`, it is a sentence of its own. No full stop. */
  readonly fix: string;
  /** Key of {@link SOURCES}. */
  readonly source: keyof typeof SOURCES;
}

/** Where the codes are documented. */
export const SOURCES = {
  platform: 'Experience Platform guide, "FAQ and troubleshooting", Request header errors',
  console: 'Developer Console guide, "Implementing OAuth Server-to-Server authentication"',
  gateway: 'Analytics 2.0 API guide, rate limits: the same gateway',
  oauth: 'RFC 6749, 5.2, which the Developer Console guide builds on',
  queryService: 'Query Service guide, "Migrate from JWT to OAuth Server-to-Server credentials"',
} as const;

const NO_PROXY = 'that no proxy on the way removes headers (`HTTPS_PROXY`)';
const CHECK_PROXY = `check ${NO_PROXY}`;

/** By Adobe's code: `error_code` of Platform, Console and gateway, `error` of IMS. */
export const DOCUMENTED_ERRORS: Readonly<Record<string, DocumentedError>> = {
  '401013': {
    meaning: 'the access token is not valid',
    who: 'operator',
    fix: "check that `ADOBE_IMS_URL` and Adobe's other addresses in the settings belong together, if it fails again with the next token",
    source: 'platform',
  },
  '403010': {
    meaning: 'the request arrived without its access token',
    who: 'operator',
    fix: CHECK_PROXY,
    source: 'platform',
  },
  '403000': {
    meaning: 'the request arrived without its API key',
    who: 'operator',
    fix: CHECK_PROXY,
    source: 'platform',
  },
  '403003': {
    meaning: "the app's project lacks the API",
    who: 'operator',
    fix: 'add the Experience Platform API and the I/O Management API to the project in the Developer Console, and the scopes of both to `ADOBE_SCOPES`; if they are there, check `ADOBE_CLIENT_ID`',
    source: 'console',
  },
  '403025': {
    meaning: "the app's credential is not entitled to Experience Platform in this organisation",
    who: 'operator',
    fix: "check that `ADOBE_ORG_ID` is the credential's organisation; if it is, an Adobe product admin has to add the credential to a product profile of Experience Platform in the Admin Console",
    source: 'platform',
  },
  '400003': {
    meaning: 'the request arrived without the id of the organisation',
    who: 'operator',
    fix: `check \`ADOBE_ORG_ID\`, and ${NO_PROXY}`,
    source: 'platform',
  },
  '429050': { meaning: 'too many requests', who: 'nobody', fix: 'Try again in a minute', source: 'gateway' },
  invalid_client: {
    meaning: 'the client id is unknown, or the client secret does not belong to it',
    who: 'operator',
    fix: "compare `ADOBE_CLIENT_ID` and `ADOBE_CLIENT_SECRET` with the credential's page in the Developer Console; if the secret was rotated there, set the new one here",
    source: 'oauth',
  },
  invalid_scope: {
    meaning: 'it lacks one of the scopes',
    who: 'operator',
    fix: "copy `ADOBE_SCOPES` from the credential's page in the Developer Console; if one is missing there, add its API to the project first",
    source: 'oauth',
  },
  unauthorized_client: {
    meaning: 'it may not get tokens in this way',
    who: 'operator',
    fix: 'check that it is an OAuth Server-to-Server credential, not a JWT one or one for users, and that nobody has disabled it',
    source: 'oauth',
  },
  invalid_request: {
    meaning: 'the request for a token was incomplete',
    who: 'operator',
    fix: 'check `ADOBE_CLIENT_ID`, `ADOBE_CLIENT_SECRET` and `ADOBE_IMS_URL`',
    source: 'oauth',
  },
  unsupported_grant_type: {
    meaning: 'it does not issue tokens to servers at this address',
    who: 'operator',
    fix: 'check `ADOBE_IMS_URL`',
    source: 'oauth',
  },
};

/** What Adobe shows a person who may not migrate; the calls return 401 or 403 without a specific code. */
export const NOT_AN_ADMIN: DocumentedError = {
  meaning: 'AEP admin verification failed',
  who: 'system admin',
  fix: "give the app's credential admin rights for Query Service and the Developer Console",
  source: 'queryService',
};

/** The documented meaning of an error; null for a code that is not documented. */
export function documentedError({ code }: Pick<AdobeProblem, 'code'>): DocumentedError | null {
  return code !== undefined && Object.hasOwn(DOCUMENTED_ERRORS, code) ? (DOCUMENTED_ERRORS[code] ?? null) : null;
}

/** The same in a log, which operators read: "the access token is not valid (401013): check …". */
export function logWords(code: string, { meaning, who, fix }: DocumentedError): string {
  const what = who === 'system admin' ? `ask an Adobe system admin to ${fix}` : fix;
  return `${meaning} (${code}): ${what}`.replaceAll('`', '');
}

/** "Ask an operator to check …" */
export function advice({ who, fix }: Pick<DocumentedError, 'who' | 'fix'>): string {
  if (who === 'nobody') return `${fix}.`;
  return `Ask ${who === 'operator' ? 'an operator' : 'an Adobe system admin'} to ${fix}.`;
}
