import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { PEOPLE } from '../../playground/slack/users.ts';

/** Milliseconds until something counts as missing on the page: a loaded machine takes its time. */
export const WITHIN = 30_000;

/** What the browser of everybody who comes is set to: the pictures must not depend on the machine. */
export const CONTEXT = {
  viewport: { width: 1440, height: 900 },
  locale: 'en-GB',
  timezoneId: 'UTC',
  colorScheme: 'light',
} as const satisfies BrowserContextOptions;

/** Somebody at the playground's page, and what they do there. */
export class Visitor {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(WITHIN);
  }

  /** Where everything is typed. */
  get box(): Locator {
    return this.page.locator('#command');
  }

  /** One of the sidebar's links. */
  link(list: 'Channels' | 'Direct messages' | 'Apps', name: string): Locator {
    return this.page.getByRole('list', { name: list }).getByRole('link', { name });
  }

  /** Opens what a link of the sidebar leads to, and waits until it is there. */
  async open(list: 'Channels' | 'Direct messages' | 'Apps', name: string): Promise<void> {
    await this.link(list, name).click();
    await this.page.getByRole('main').getByRole('heading', { name, level: 2 }).waitFor();
  }

  /** Becomes one of the playground's people. */
  async be(person: (typeof PEOPLE)[number]['name']): Promise<void> {
    const id = PEOPLE.find(({ name }) => name === person)?.id ?? '';
    await this.page.getByLabel('You are').selectOption(id);
    // Every link on the left says for whom it is.
    await this.page.locator(`nav a[href*="${id}"]`).first().waitFor();
  }

  /** Types something into the box and sends it. */
  async say(text: string): Promise<void> {
    await this.box.fill(text);
    await this.box.press('Enter');
  }

  /** The messages of the open conversation with these words, oldest first. */
  messages(words: string | RegExp): Locator {
    return this.page.locator('[data-conversation] [data-ts]').filter({ hasText: words });
  }

  /** The newest of them. */
  message(words: string | RegExp): Locator {
    return this.messages(words).last();
  }

  /** A message that is there now, whatever becomes of its words. */
  async thisMessage(words: string | RegExp): Promise<Locator> {
    const ts = await this.message(words).getAttribute('data-ts');
    return this.page.locator(`[data-conversation] [data-ts="${ts}"]`);
  }

  /** The panel's part of this name, opened. */
  async tab(name: 'try' | 'time' | 'adobe' | 'calls' | 'bot'): Promise<void> {
    await this.page.locator(`[data-tab="${name}"]`).click();
  }

  /** One of the panel's controls, by what it does. */
  control(what: string): Locator {
    return this.page.locator(`[data-panel="${what}"]`);
  }

  /** Sets how long a migration takes from now on, and waits until the panel has it. */
  async setMigrationSeconds(seconds: number): Promise<void> {
    await this.tab('adobe');
    const told = this.page.waitForResponse((answer) => answer.url().endsWith('/playground/panel'));
    await this.control('migration-seconds').fill(String(seconds));
    await this.control('migration-seconds').press('Tab');
    await told;
  }

  /** The calls with which the bot started a migration, as the panel logged them. */
  async starts(): Promise<Locator> {
    await this.tab('calls');
    return this.page.locator('[data-to="Adobe"] summary').getByText(/^POST .*\/migrate$/);
  }
}
