import { expect, test } from 'vitest';
import { visits } from './setup.ts';

const visit = visits();

/** Lists the scroll containers that are narrower than their content; only a table may scroll sideways. */
const TOO_WIDE = `[document.documentElement, ...document.querySelectorAll('#place, #thread-place, dialog[open]')]
  .filter((each) => each.scrollWidth > each.clientWidth)
  .map((each) => (each.id || each.tagName) + ': ' + each.scrollWidth + ' in ' + each.clientWidth)`;

test.each(['light', 'dark'] as const)('on a phone, no screen scrolls sideways: %s', async (colorScheme) => {
  const { another } = await visit();
  const visitor = await another({ colorScheme, viewport: { width: 390, height: 844 } });
  const { page } = visitor;
  const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
  expect(await background()).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(26, 29, 33)');
  const fits = async (screen: string) => {
    expect(await page.evaluate('document.documentElement.scrollWidth'), screen).toBe(390);
    expect(await page.evaluate(TOO_WIDE), screen).toEqual([]);
  };
  const modal = page.getByRole('dialog');
  await visitor.message('28 days left').waitFor();
  await fits('digest');
  for (const [typed, words] of [
    ['list', 'of 19 credentials left'],
    ['chart', 'Progress'],
    ['history', 'History'],
    ['migrate qa-regression dry-run', 'Dry run'],
    ['migrate bi-nightly', 'Migrate bi-nightly?'],
  ] as const) {
    await visitor.say(`/qs-creds ${typed}`);
    await visitor.message(words).waitFor();
    await fits(typed);
  }
  await visitor.message('Migrate bi-nightly?').getByRole('button', { name: 'Migrate…' }).click();
  await modal.waitFor();
  await fits('production modal');
  await modal.getByRole('button', { name: 'Not now' }).click();
  await page.getByRole('button', { name: 'Conversations' }).click();
  await visitor.openApp('Home');
  await page.getByRole('region', { name: 'Home' }).getByText('28 days left').first().waitFor();
  await fits('Home');
  await page.getByRole('button', { name: 'Conversations' }).click();
  await visitor.be('owner');
  await visitor.openApp('Messages');
  const reminder = visitor.message('of your credentials must be migrated');
  for (const name of ['Ask for migration…', 'Hold one of your credentials']) {
    await reminder.getByRole('button', { name }).click();
    await modal.waitFor();
    await fits(name);
    await modal.getByRole('button', { name: 'Not now' }).click();
  }
});

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
  await visitor.openApp('Home');
  await page.getByRole('region', { name: 'Home' }).getByText('28 days left').first().waitFor();
  await expect.poll(() => visitor.link('Apps', 'qs-creds').isVisible()).toBe(false);

  await page.locator('#panel-toggle').click();
  await visitor.tab('time');
  await visitor.control('move day').scrollIntoViewIfNeeded();
  expect(await visitor.control('move day').isVisible()).toBe(true);
});
