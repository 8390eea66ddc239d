const UNKNOWN_AUTHORITY = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const NO_CONNECTION = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** OpenSSL's codes for failed handshakes only; Node's agents report EPROTO for all of OpenSSL's errors. */
const NO_HANDSHAKE = new Set([
  'EPROTO',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
]);
const PROXY_REFUSED = 'ERR_PROXY_TUNNEL';
/** System calls that fail on an existing connection: what was written there may have arrived, whatever the code. */
const SYSCALLS_WHEN_CONNECTED: ReadonlySet<unknown> = new Set(['read', 'write', 'writev', 'shutdown']);

/** Limits the causes that are followed, since a chain of causes may contain itself. */
const MAX_CAUSES = 5;

/**
 * Node's or OpenSSL's code for a connection that could not be made, from the error or its causes. Null for an unknown
 * code, and for a connection that failed later.
 */
export function connectionCode(error: unknown, causesLeft = MAX_CAUSES): string | null {
  if (!(error instanceof Error) || causesLeft === 0) return null;
  // `fetch` has no code for this; in Node's undici the message begins like this.
  if (error.message.startsWith('Proxy response (')) return PROXY_REFUSED;
  if ('syscall' in error && SYSCALLS_WHEN_CONNECTED.has(error.syscall)) return null;
  const code = 'code' in error ? String(error.code) : '';
  if (connectionFix(code, '') !== null) return code;
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return connectionCode(inner, causesLeft - 1);
}

/** Why a connection fails, and the setting that fixes it; null for a code that says nothing about settings. */
export function connectionFix(code: string, addressSettings: string): string | null {
  if (UNKNOWN_AUTHORITY.has(code))
    return 'its certificate is signed by an authority that is unknown here, as behind TLS inspection: set NODE_EXTRA_CA_CERTS to a PEM file with the certificate of that authority, or start node with --use-system-ca';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return `its certificate is out of date: check the clock of this machine, ${addressSettings} and NODE_EXTRA_CA_CERTS`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `its certificate belongs to another host: check ${addressSettings} and HTTPS_PROXY`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `its name could not be resolved: check ${addressSettings}, DNS, and HTTPS_PROXY if a proxy leads out`;
  if (code === PROXY_REFUSED)
    return 'the proxy did not let it through: check HTTPS_PROXY, its user name and password, and what the proxy allows';
  if (NO_HANDSHAKE.has(code))
    return `TLS could not be agreed on: check ${addressSettings}, what inspects TLS on the way, and HTTPS_PROXY if a proxy leads out`;
  if (NO_CONNECTION.has(code))
    return `no connection was possible: check ${addressSettings}, the firewall, and HTTPS_PROXY if a proxy leads out`;
  return null;
}
