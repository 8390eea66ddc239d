import { readFileSync } from 'node:fs';
import { setGlobalProxyFromEnv } from 'node:http';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** The proxy for outgoing connections, in the usual variables; if none is set, connections are direct. */
export interface ProxySettings {
  readonly HTTPS_PROXY?: string;
  readonly HTTP_PROXY?: string;
  readonly NO_PROXY?: string;
}

/**
 * Sends every later connection to Slack and Adobe through the proxy: `fetch`, and everything that uses the global
 * agents of `node:http` and `node:https`. For https, the proxy sees only the host (CONNECT).
 * @returns a function that undoes it
 */
export function useProxy(proxy: ProxySettings): () => void {
  // Without HTTPS_PROXY, `fetch` would use HTTP_PROXY for https, and the agents no proxy: this makes them the same.
  const https = proxy.HTTPS_PROXY ?? proxy.HTTP_PROXY;
  return setGlobalProxyFromEnv({ ...proxy, ...(https !== undefined && { HTTPS_PROXY: https }) });
}

/**
 * Trusts these certificates in addition. Node itself reads `NODE_EXTRA_CA_CERTS` too early to see it in `--env-file`.
 * @returns a function that undoes it
 */
export function trustCertificates(pemFile: string): () => void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, readFileSync(pemFile, 'utf8')]);
  return () => setDefaultCACertificates(before);
}
