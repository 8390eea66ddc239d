import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { PlaygroundProcess } from '../playground/playground-process.ts';
import { launchChromium } from './browser.ts';
import { CONTEXT, Visitor } from './visitor.ts';

export interface Visit {
  readonly visitor: Visitor;
  /** Where the playground's page is. */
  readonly address: string;
  /** Somebody else at the same page, in a window of their own. */
  another(options?: { readonly colorScheme?: 'light' | 'dark' }): Promise<Visitor>;
}

/**
 * For each test of a file a playground of its own and somebody who opens its page. When the test is over nothing may
 * have gone wrong on the page, nothing have come from elsewhere, and Slack have had nothing to refuse.
 */
export function visits(): () => Promise<Visit> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  return async () => {
    const playground = new PlaygroundProcess(['--port', '0']);
    onTestFinished(() => end(playground));
    const address = await playground.address();
    const another: Visit['another'] = (options) => comeTo(address, browser, options);
    const visitor = await another();
    onTestFinished(() => expect.poll(() => visitor.page.locator('#refused').innerText()).toBe(''));
    return { visitor, address, another };
  };
}

async function end(playground: PlaygroundProcess): Promise<void> {
  playground.signal('SIGTERM');
  const code = await playground.ended;
  expect({ code, leftBehind: playground.clear(), stderr: playground.stderr }).toEqual({
    code: 0,
    leftBehind: false,
    stderr: '',
  });
}

async function comeTo(
  address: string,
  browser: Browser,
  options: { readonly colorScheme?: 'light' | 'dark' } = {},
): Promise<Visitor> {
  const context = await browser.newContext({ ...CONTEXT, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
  // Also what the content security policy keeps from being loaded or run.
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(`${message.type()}: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== address.replace(/\/$/, '')) wrong.push(`asks ${request.url()}`);
  });
  onTestFinished(() => expect(wrong).toEqual([]));
  const answer = await page.goto(address);
  expect(answer?.headers()['content-security-policy']).toContain("default-src 'self'");
  const meta = page.locator('meta[http-equiv="Content-Security-Policy"]');
  expect(await meta.getAttribute('content')).toContain("default-src 'none'");
  const visitor = new Visitor(page);
  await visitor.box.waitFor();
  return visitor;
}
