import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { SIMULATED_CLIENT, SimulatedAdobe, type SimulatedAdobeOptions } from '../../playground/adobe/server.ts';
import type { OnCall, RetryDelays } from '../../src/adobe/http.ts';
import { AdobeHttp } from '../../src/adobe/http.ts';
import { ImsTokens } from '../../src/adobe/ims.ts';
import { Pauses } from '../../src/adobe/pauses.ts';
import { AdobeError } from '../../src/credentials/adobe-error.ts';
import { trustCertificates } from '../../src/lib/network.ts';
import { TestClock } from '../support/clock.ts';
import { CA_FILE } from '../support/proxy.ts';

export const PATH = '/data/foundation/queryauth/accounts/{technicalAccountId}/migrate';

/** A credential to migrate. */
export const TARGET = {
  technicalAccountId: technicalAccountIdOf('bi-nightly'),
  sandbox: 'prod',
  consoleId: '100001',
  step: 'start',
} as const;

/** Trusts the certificates of `CA_FILE` until the test ends. */
export function trustTestCertificates(): void {
  onTestFinished(trustCertificates(fileURLToPath(CA_FILE)));
}

/** Says that the start may still be sent. */
export const IN_TIME = () => true;

/** Retries without delay, ignoring Retry-After. */
export const AT_ONCE: RetryDelays = { first: 0, max: 0 };

/** A simulated Adobe and the HTTP clients of the adapters, all stopped when the test ends. */
export async function startAdobe(options: Omit<SimulatedAdobeOptions, 'clock'> = {}, onCall?: OnCall) {
  const clock = new TestClock();
  const adobe = new SimulatedAdobe({ ...options, clock });
  const { url } = await adobe.start();
  onTestFinished(() => adobe.stop());
  const tokens = tokensAt(url, clock);
  return { adobe, clock, url, tokens, ...clientsAt(url, tokens, onCall, clock) };
}

export function tokensAt(imsUrl: string, clock: TestClock, changes: { clientSecret?: string } = {}): ImsTokens {
  return new ImsTokens({ imsUrl, ...SIMULATED_CLIENT, ...changes, clock, pauses: new Pauses(clock) });
}

/** Clients for Adobe's two hosts, with the headers each requires. */
export function clientsAt(
  baseUrl: string,
  tokens: ImsTokens,
  onCall: OnCall = () => undefined,
  clock = new TestClock(),
) {
  const { clientId, orgId } = SIMULATED_CLIENT;
  const host = () => ({ baseUrl, clientId, tokens, pauses: new Pauses(clock), onCall, retryDelays: AT_ONCE });
  return { platform: new AdobeHttp({ ...host(), orgId }), console: new AdobeHttp(host()) };
}

/** The AdobeError that this call fails with; anything else fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<AdobeError> {
  const thrown = await call.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (thrown instanceof AdobeError) return thrown;
  throw thrown;
}
