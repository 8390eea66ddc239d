import { DatabaseError } from './database-error.ts';

/** Codes for a certificate from an unknown authority. Source: OpenSSL's codes, as Node names them. */
const UNKNOWN_AUTHORITY =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?)$/;

const UNVERIFIED = 'add sslmode=no-verify (or sslmode=require&uselibpqcompat=true) to DATABASE_URL';

interface KnownError {
  /** A SQLSTATE, or one of Node's codes. */
  readonly code?: RegExp;
  /** Matches pg's message if there is no code, or PostgreSQL's if its code says no more than "no access". */
  readonly message?: RegExp;
  readonly detail: string;
  readonly words: string;
}

/** The first match is used. */
const KNOWN_ERRORS: readonly KnownError[] = [
  {
    code: UNKNOWN_AUTHORITY,
    detail: "PostgreSQL's certificate is not trusted",
    words: `PostgreSQL's certificate was not signed by an authority known here: set NODE_EXTRA_CA_CERTS to a file with the authority's certificate, or, to encrypt without verifying the server, ${UNVERIFIED}.`,
  },
  {
    code: /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    detail: "PostgreSQL's certificate is not trusted",
    words: `PostgreSQL's certificate is for another host name: use that name in DATABASE_URL, or, to encrypt without verifying the server, ${UNVERIFIED}.`,
  },
  {
    code: /^CERT_/,
    detail: "PostgreSQL's certificate is not trusted",
    words: "PostgreSQL's certificate is not valid: renew it, or check the clock of this machine.",
  },
  {
    code: /^(EPROTO$|ERR_SSL_)/,
    detail: 'TLS with PostgreSQL fails',
    words:
      'TLS with PostgreSQL could not be agreed on: check the host, the port and sslmode in DATABASE_URL, and what inspects TLS on the way.',
  },
  {
    message: /no encryption|SSL off|(SSL|TLS)( connection)?( is)? required|is insecure/i,
    detail: 'PostgreSQL demands TLS',
    words: `PostgreSQL accepts encrypted connections only: add sslmode=verify-full to DATABASE_URL, or, if its certificate was not signed by an authority known here, ${UNVERIFIED}.`,
  },
  {
    message: /does not support SSL/,
    detail: 'PostgreSQL offers no TLS',
    words:
      'PostgreSQL does not offer encryption: enable TLS there, or, on a network you trust, set sslmode=disable in DATABASE_URL.',
  },
  {
    code: /^28/,
    detail: 'PostgreSQL rejected the user',
    words: 'PostgreSQL rejected the user or the password: check both in DATABASE_URL, and pg_hba.conf.',
  },
  {
    code: /^3D000$/,
    detail: 'the database does not exist',
    words: 'The database named in DATABASE_URL does not exist: create it.',
  },
  {
    code: /^42501$/,
    detail: 'PostgreSQL denied a right',
    words: 'PostgreSQL denied a right: make the user of DATABASE_URL the owner of the database.',
  },
  {
    code: /^(ENOTFOUND|EAI_AGAIN)$/,
    detail: 'the host of PostgreSQL is not known',
    words: 'The host in DATABASE_URL could not be resolved: check it, and the network.',
  },
  {
    code: /^53100$/,
    detail: 'the disk of PostgreSQL is full',
    words: 'The disk of PostgreSQL is full: free some space there.',
  },
  {
    code: /^53/,
    detail: 'PostgreSQL has no connection left',
    words: 'PostgreSQL has no connection or memory left: raise its limits.',
  },
  {
    code: /^25006$/,
    detail: 'PostgreSQL is read-only',
    words: 'PostgreSQL is read-only: point DATABASE_URL to the primary server, not to a standby.',
  },
  {
    // Connection exceptions, shutdown and start, a statement cancelled by its limit, and Node's network error codes.
    code: /^(08|57|25P03$|E[A-Z]{3,}$)/,
    message: /timeout|terminated|not queryable/,
    detail: 'PostgreSQL cannot be reached',
    words: 'PostgreSQL cannot be reached, or did not respond in time: check DATABASE_URL and the network.',
  },
];

/** Puts an error that is not the fault of a statement in words; others are returned unchanged. */
export function toPostgresError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code = '', message } = error as Error & { code?: string };
  const searched = /^(|08.*|28.*)$/.test(code) ? message : '';
  const known = KNOWN_ERRORS.find((entry) => entry.code?.test(code) || entry.message?.test(searched));
  if (known === undefined) return error;
  const words = code === '' ? known.words : known.words.replace(/\.$/, ` (${code}).`);
  return new DatabaseError(known.detail, words, error);
}
