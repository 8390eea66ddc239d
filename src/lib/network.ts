import { readFileSync } from 'node:fs';
import { setGlobalProxyFromEnv } from 'node:http';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** The proxy that outgoing connections use, as the usual variables name it; without any, connections are direct. */
export interface ProxySettings {
  readonly HTTPS_PROXY?: string;
  readonly HTTP_PROXY?: string;
  readonly NO_PROXY?: string;
}

/**
 * Sends every later connection to Slack and Adobe through the proxy: `fetch`, and all that uses the global agents of
 * `node:http` and `node:https`. For https a proxy sees the host alone (CONNECT).
 * @returns a function that undoes it
 */
export function useProxy(proxy: ProxySettings): () => void {
  // Without HTTPS_PROXY, `fetch` uses HTTP_PROXY for https too, and the agents none: one rule for all.
  const https = proxy.HTTPS_PROXY ?? proxy.HTTP_PROXY;
  return setGlobalProxyFromEnv({ ...proxy, ...(https !== undefined && { HTTPS_PROXY: https }) });
}

/**
 * Trusts these certificates too. Node alone reads `NODE_EXTRA_CA_CERTS` before it reads `--env-file`.
 * @returns a function that undoes it
 */
export function trustCertificates(pemFile: string): () => void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, readFileSync(pemFile, 'utf8')]);
  return () => setDefaultCACertificates(before);
}
