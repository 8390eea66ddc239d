import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../slack/setup.ts';
import { tlsFront } from '../support/proxy.ts';
import { useRefusingProxy } from '../support/refusing-proxy.ts';
import { credential, seedOf, startWorld } from './setup.ts';

const SEED = seedOf(credential('airflow-dev'));
const ADDRESSES = 'ADOBE_IMS_URL, ADOBE_PLATFORM_URL, ADOBE_CONSOLE_URL';

/** Addresses for Adobe that cannot be reached, and the words for each. */
const FAULTS: readonly [string, () => Promise<string>, string][] = [
  [
    'a certificate of an unknown authority',
    async () => {
      const front = await tlsFront('http://127.0.0.1:2');
      onTestFinished(front.stop);
      return front.url;
    },
    'SELF_SIGNED_CERT_IN_CHAIN, its certificate is signed by an authority that is unknown here, as behind TLS inspection: set NODE_EXTRA_CA_CERTS',
  ],
  [
    'a host that does not resolve',
    async () => 'https://adobe.invalid',
    `(ENOTFOUND|EAI_AGAIN), its name could not be resolved: check ${ADDRESSES}, DNS, and HTTPS_PROXY`,
  ],
  [
    'a port that refuses connections',
    async () => 'https://127.0.0.1:2',
    `ECONNREFUSED, no connection was possible: check ${ADDRESSES}, the firewall`,
  ],
  [
    'a port that does not speak TLS',
    async () => (await serve((_, res) => res.end())).replace('http:', 'https:').replace(/\/$/, ''),
    `EPROTO, TLS could not be agreed on: check ${ADDRESSES}, what inspects TLS on the way, and HTTPS_PROXY`,
  ],
  [
    'a proxy that requires a password',
    async () => {
      await useRefusingProxy();
      return 'https://adobe.example';
    },
    'ERR_PROXY_TUNNEL, the proxy did not let it through: check HTTPS_PROXY, its user name and password',
  ],
];

test.each(FAULTS)(
  'when the app starts, the log and /readyz say at once why a host of Adobe cannot be reached: %s',
  async (_, address, words) => {
    const url = await address();
    for (const [setting, operation] of [
      ['ADOBE_IMS_URL', 'get an access token'],
      ['ADOBE_PLATFORM_URL', 'list the accounts'],
      ['ADOBE_CONSOLE_URL', 'find the organisation in the Developer Console'],
    ] as const) {
      const world = await startWorld({ seed: SEED, env: { [setting]: url }, synced: false });
      await world.logged('sync failed; the last known state stays');
      const { status, body } = await world.ready();
      const said = new RegExp(`^Adobe has failed to ${operation} since .* UTC: ${words.replaceAll('.', '\\.')}`);
      expect({ status, body }, setting).toMatchObject({
        status: 200,
        body: { checks: { adobe: { ok: true, detail: expect.stringMatching(said) } } },
      });
      const { detail } = (body as { checks: { adobe: { detail: string } } }).checks.adobe;
      expect(world.timesLogged(detail)).toBe(1);
    }
  },
);
