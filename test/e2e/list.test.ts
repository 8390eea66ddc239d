import { expect, test } from 'vitest';
import { visits } from './setup.ts';

const visit = visits();

test('the list shows the credentials left, in light and in dark mode', async () => {
  const { visitor, another } = await visit();
  await visitor.say('/qs-creds list');
  const list = visitor.message('of 19 credentials left');
  await list.getByText('Only visible to you').waitFor();
  // Refresh also reads what the credentials are used for; the first list may come too early for that.
  await list.getByRole('button', { name: 'Refresh' }).click();
  await list.getByText(/looker-prod · next run/).waitFor();
  await list.getByText('🔒 prod ·').first().waitFor();
  await expect.poll(() => list.getByRole('button', { name: /^Migrate / }).count()).toBe(5);
  // Markup from outside is shown as text.
  await list.getByText('alerts <!channel> · next run').waitFor();
  expect(await visitor.page.locator('[data-broadcast], [data-unsupported]').count()).toBe(0);

  await visitor.say('/qs-creds list not eligible');
  await visitor.message('of 19 credentials left').getByText('notebooks · Not eligible').waitFor();

  const nightly = await another({ colorScheme: 'dark' });
  await nightly.be('second.admin');
  await nightly.say('/qs-creds list migrated');
  await nightly.message('powerbi-gateway · Migrated').waitFor();
  // Another person does not see the ephemeral list.
  expect(await nightly.page.locator('[data-ephemeral]').count()).toBe(1);
});

test('a guest is denied with an explanation', async () => {
  const { visitor } = await visit();
  await visitor.be('guest');
  await visitor.say('/qs-creds migrate bi-nightly');
  await visitor.message('Guests may not use this.').getByText('Only visible to you').waitFor();
  await visitor.openApp('Home');
  await visitor.page.getByRole('region', { name: 'Home' }).getByText('Guests may not use this.').waitFor();
});

test('an unknown command is explained to the person', async () => {
  const { visitor } = await visit();
  await visitor.say('/qs-creds lisst');
  await visitor.message('Unknown command lisst.').waitFor();
  await visitor.say('/weather tomorrow');
  await visitor.page.getByRole('alert').getByText('/weather').waitFor();
  await visitor.say('Who looks after *these* <!channel>?');
  await visitor.message('Who looks after these <!channel>?').waitFor();
});

test('as in Slack, the message box completes the command and shows its hint, not its subcommands', async () => {
  const { visitor } = await visit();
  const { box, page } = visitor;
  await box.pressSequentially('/qs');
  const offered = page.getByRole('listbox').getByRole('option');
  await offered.getByText('list | migrate | status').waitFor();
  await offered.getByText('Show and migrate non-expiring Query Service credentials').waitFor();
  expect(await offered.count()).toBe(1);
  await box.press('Tab');
  await expect.poll(() => box.inputValue()).toBe('/qs-creds ');
  await expect.poll(() => page.locator('#usage').innerText()).toContain('list | migrate | status');
  await box.pressSequentially('list eligible');
  await expect.poll(() => offered.count()).toBe(0);
  await box.press('Enter');
  // Whether the next run is known yet is not this test's concern: right after the start it may still be read.
  await visitor.message('looker-prod').waitFor();
  expect(await visitor.message('powerbi-gateway').count()).toBe(0);
});
