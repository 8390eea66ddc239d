import { expect, test } from 'vitest';
import { visits } from './setup.ts';

const visit = visits();

test('on a phone, the conversation has the whole width, and the other columns are behind buttons', async () => {
  const { another } = await visit();
  const visitor = await another({ viewport: { width: 390, height: 844 } });
  const { page } = visitor;
  const main = page.getByRole('main');
  await visitor.say('/qs-creds list');
  await visitor.message('of 19 credentials left').getByRole('button', { name: 'Refresh' }).waitFor();
  expect((await main.boundingBox())?.width).toBe(390);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);

  const conversations = page.getByRole('button', { name: 'Conversations' });
  await expect.poll(() => visitor.link('Apps', 'qs-creds').isVisible()).toBe(false);
  await conversations.click();
  await visitor.open('Apps', 'qs-creds');
  await page.getByRole('region', { name: 'Home' }).getByText('28 days left').first().waitFor();
  await expect.poll(() => visitor.link('Apps', 'qs-creds').isVisible()).toBe(false);

  await page.locator('#panel-toggle').click();
  await visitor.tab('time');
  await visitor.control('move day').scrollIntoViewIfNeeded();
  expect(await visitor.control('move day').isVisible()).toBe(true);
});
