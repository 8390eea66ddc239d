import { expect, test } from 'vitest';
import { visits } from './setup.ts';

const visit = visits();

test('as in Slack, an ephemeral message is gone after the page is reloaded, and any other stays', async () => {
  const { visitor } = await visit();
  const { page } = visitor;
  await visitor.say('/qs-creds list');
  await visitor.message('of 19 credentials left').getByText('Only visible to you').waitFor();
  await visitor.say('Who looks after these?');
  await visitor.message('Who looks after these?').waitFor();
  expect(await page.locator('[data-ephemeral]').count()).toBe(1);

  await page.reload();
  await visitor.message('Who looks after these?').waitFor();
  expect(await page.locator('[data-ephemeral]').count()).toBe(0);

  // Ephemeral messages after the reload are shown.
  await visitor.say('/qs-creds faq');
  await page.locator('[data-ephemeral]').waitFor();
  // Another person, and back: not a reload.
  await visitor.be('owner');
  await expect.poll(() => page.locator('[data-ephemeral]').count()).toBe(0);
  await visitor.be('admin');
  await expect.poll(() => page.locator('[data-ephemeral]').count()).toBe(1);
});

test('as in Slack, the app is in the sidebar once, with its Home and its messages as tabs', async () => {
  const { visitor } = await visit();
  const { page } = visitor;
  const main = page.getByRole('main');
  expect(await page.getByRole('navigation').getByRole('link', { name: 'qs-creds' }).count()).toBe(1);
  await expect.poll(() => main.getByRole('link', { name: 'Messages' }).isVisible()).toBe(false);

  // Unread messages open first.
  await visitor.be('owner');
  const app = visitor.link('Apps', 'qs-creds');
  await app.and(page.locator('[data-unread]')).click();
  await page.locator('#app-tabs [aria-current]').getByText('Messages').waitFor();
  await page.locator('[data-conversation]').getByText('of your credentials must be migrated').waitFor();
  await main.getByRole('link', { name: 'Home' }).click();
  await page.getByRole('region', { name: 'Home' }).getByText('28 days left').first().waitFor();
  expect(await app.getAttribute('aria-current')).toBe('page');
  expect(await visitor.box.isVisible()).toBe(false);

  // Its manifest says that people do not write to it.
  await visitor.openApp('Messages');
  await page.getByText('Sending messages to this app has been turned off.').waitFor();
  expect(await visitor.box.isVisible()).toBe(false);
  expect(await app.getAttribute('aria-current')).toBe('page');

  // A command from the panel goes to the channel.
  await page.locator('#hints').getByRole('button', { name: '/qs-creds list' }).click();
  await main.getByRole('heading', { name: '#data-platform' }).waitFor();
  await expect.poll(() => visitor.box.inputValue()).toBe('/qs-creds list');
});
