import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { startAdobe } from '../adobe/setup.ts';

/** A client that can change any header. */
export async function startCaller(options: Parameters<typeof startAdobe>[0] = {}) {
  const started = await startAdobe(options);
  const headers = {
    authorization: `Bearer ${await started.tokens.token()}`,
    'x-api-key': SIMULATED_CLIENT.clientId,
    'x-gw-ims-org-id': SIMULATED_CLIENT.orgId,
    'x-sandbox-name': 'prod',
  };
  const call = async (method: string, path: string, changes: Record<string, string>) => {
    const response = await fetch(started.url + path, { method, headers: { ...headers, ...changes } });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    ...started,
    ask: (path: string, changes: Record<string, string> = {}) => call('GET', path, changes),
    post: (path: string) => call('POST', path, {}),
    send: (method: string, path: string) => call(method, path, {}),
  };
}
