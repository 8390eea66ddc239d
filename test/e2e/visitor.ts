import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { PEOPLE } from '../../playground/slack/users.ts';

/** How long to wait for anything on the page, in milliseconds; generous for loaded machines. */
const TIMEOUT_MS = 30_000;

/** Browser settings of every visitor, so that pictures do not depend on the machine. */
export const CONTEXT = {
  viewport: { width: 1440, height: 900 },
  locale: 'en-GB',
  timezoneId: 'UTC',
  colorScheme: 'light',
} as const satisfies BrowserContextOptions;

/** A visitor of the playground's page. */
export class Visitor {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(TIMEOUT_MS);
  }

  /** The message box. */
  get box(): Locator {
    return this.page.locator('#command');
  }

  /** A link in the sidebar. */
  link(list: 'Channels' | 'Apps', name: string): Locator {
    return this.page.getByRole('list', { name: list }).getByRole('link', { name });
  }

  /** Opens a tab of the app, which has one link in the sidebar, and waits for it. */
  async openApp(tab: 'Home' | 'Messages'): Promise<void> {
    const main = this.page.getByRole('main');
    await this.link('Apps', 'qs-creds').click();
    await main.getByRole('heading', { name: 'qs-creds', level: 2 }).waitFor();
    await main.getByRole('link', { name: tab, exact: true }).click();
    await main.locator('#app-tabs [aria-current]').getByText(tab, { exact: true }).waitFor();
  }

  /** Switches to one of the playground's people. */
  async be(person: (typeof PEOPLE)[number]['name']): Promise<void> {
    const id = PEOPLE.find(({ name }) => name === person)?.id ?? '';
    await this.page.getByLabel('You are').selectOption(id);
    // Every link in the sidebar carries the person's id.
    await this.page.locator(`nav a[href*="${id}"]`).first().waitFor();
  }

  /** Sends a text by the message box, once the text before has been accepted: until then, Enter does nothing. */
  async say(text: string): Promise<void> {
    await this.page.locator('form:not([aria-busy]):has(#command)').waitFor();
    await this.box.fill(text);
    await this.box.press('Enter');
  }

  /** The messages of the open conversation that contain these words, oldest first. */
  messages(words: string | RegExp): Locator {
    return this.page.locator('[data-conversation] [data-ts]').filter({ hasText: words });
  }

  /** The newest of them. */
  message(words: string | RegExp): Locator {
    return this.messages(words).last();
  }

  /** A current message, found by its timestamp even after its text has changed. */
  async thisMessage(words: string | RegExp): Promise<Locator> {
    const ts = await this.message(words).getAttribute('data-ts');
    return this.page.locator(`[data-conversation] [data-ts="${ts}"]`);
  }

  /** Opens a tab of the panel. */
  async tab(name: 'try' | 'time' | 'adobe' | 'calls' | 'bot'): Promise<void> {
    await this.page.locator(`[data-tab="${name}"]`).click();
  }

  /** A control of the panel, by its action. */
  control(what: string): Locator {
    return this.page.locator(`[data-panel="${what}"]`);
  }

  /** Sets the duration of migrations, and waits until it is saved. */
  async setMigrationSeconds(seconds: number): Promise<void> {
    await this.tab('adobe');
    const saved = this.page.waitForResponse((response) => response.url().endsWith('/playground/panel'));
    await this.control('migration-seconds').fill(String(seconds));
    await this.control('migration-seconds').press('Tab');
    await saved;
  }

  /** The bot's calls that start a migration, in the panel's log. */
  async starts(): Promise<Locator> {
    await this.tab('calls');
    return this.page.locator('[data-to="Adobe"] summary').getByText(/^POST .*\/migrate$/);
  }
}
