import { onTestFinished } from 'vitest';
import { useProxy } from '../../src/lib/network.ts';
import { TestProxy } from './proxy.ts';

/** Until the end of the test, every TLS connection goes to a proxy that requires a password. */
export async function useRefusingProxy(): Promise<void> {
  const proxy = new TestProxy();
  proxy.treatment = { status: 407 };
  onTestFinished(useProxy({ HTTPS_PROXY: await proxy.start() }));
  onTestFinished(() => proxy.stop());
}
