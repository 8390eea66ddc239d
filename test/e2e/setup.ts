import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { PlaygroundProcess } from '../playground/playground-process.ts';
import { launchChromium } from './browser.ts';
import { CONTEXT, Visitor } from './visitor.ts';

type PageOptions = Pick<BrowserContextOptions, 'colorScheme' | 'viewport'>;

interface Visit {
  readonly visitor: Visitor;
  /** The page's address. */
  readonly address: string;
  /** Opens the page for another visitor, in a separate browser context. */
  another(options?: PageOptions): Promise<Visitor>;
}

/**
 * Starts a playground and opens its page for each test. At the end of the test there must be no errors on the page, no
 * requests to other servers, and nothing rejected by Slack.
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
    const another: Visit['another'] = (options) => openPage(address, browser, options);
    const visitor = await another();
    onTestFinished(() => expect.poll(() => visitor.page.locator('#rejected').innerText()).toBe(''));
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

async function openPage(address: string, browser: Browser, options: PageOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ ...CONTEXT, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  // Includes violations of the content security policy.
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`${message.type()}: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== address.replace(/\/$/, '')) problems.push(`requests ${request.url()}`);
  });
  onTestFinished(() => expect(problems).toEqual([]));
  const response = await page.goto(address);
  expect(response?.headers()['content-security-policy']).toContain("default-src 'self'");
  const meta = page.locator('meta[http-equiv="Content-Security-Policy"]');
  expect(await meta.getAttribute('content')).toContain("default-src 'none'");
  const visitor = new Visitor(page);
  await visitor.box.waitFor();
  return visitor;
}
