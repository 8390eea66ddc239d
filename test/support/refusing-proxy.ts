import { onTestFinished } from 'vitest';
import { useProxy } from '../../src/lib/network.ts';
import { TestProxy } from './proxy.ts';

/** Until the test is over, every connection by TLS leads to a proxy that wants a password. */
export async function useRefusingProxy(): Promise<void> {
  const proxy = new TestProxy();
  proxy.treatment = { status: 407 };
  onTestFinished(useProxy({ HTTPS_PROXY: await proxy.start() }));
  onTestFinished(() => proxy.stop());
}
