import { expect, test } from 'vitest';
import { visits } from './setup.ts';

const visit = visits();

test('a production credential is migrated once, after its name was typed', async () => {
  const { visitor, another } = await visit();
  const { page } = visitor;
  const member = await another();
  await member.be('member');
  await visitor.setMigrationSeconds(6);
  await visitor.say('/qs-creds list bi-nightly');
  const list = visitor.message('of 19 credentials left');
  await list.getByRole('button', { name: 'Migrate bi-nightly' }).click();
  const question = await visitor.thisMessage('Migrate bi-nightly?');
  await question.getByRole('button', { name: 'Migrate…' }).click();

  const modal = page.getByRole('dialog', { name: 'Migrate in production' });
  const name = modal.getByLabel('Type the name to confirm');
  await name.fill('bi-nighty');
  await modal.getByRole('button', { name: 'Migrate' }).click();
  await modal.getByText("Name doesn't match. Type bi-nightly. Nothing has been started.").waitFor();
  await name.fill('bi-nightly');
  await modal.getByRole('button', { name: 'Migrate' }).click();
  await modal.waitFor({ state: 'detached' });
  await question.getByText('was confirmed').waitFor();
  expect(await question.getByRole('button').filter({ hasText: 'Migrate' }).count()).toBe(0);

  // Everyone in the channel sees the progress, in one message.
  const progress = await member.thisMessage('Migrating bi-nightly');
  await progress.getByText(/\d s of about 40 s/).waitFor();
  await progress.getByText('Migrated: bi-nightly').waitFor();
  await progress.getByText('(production)').waitFor();
  await progress.getByText('(edited)').waitFor();
  expect(await (await visitor.starts()).count()).toBe(1);
});

test('a credential outside production is migrated with the keyboard alone', async () => {
  const { visitor } = await visit();
  const { page } = visitor;
  await visitor.setMigrationSeconds(2);
  await visitor.say('/qs-creds migrate qa-regression');
  const question = await visitor.thisMessage('Migrate qa-regression?');
  const migrate = question.getByRole('button', { name: 'Migrate' });
  const dialog = page.getByRole('dialog', { name: 'Migrate permanently?' });

  await backTo(migrate);
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  // Enter pressed twice by accident confirms nothing.
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  expect(await (await visitor.starts()).count()).toBe(0);

  await visitor.box.focus();
  await backTo(migrate);
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await question.getByText('was confirmed').waitFor();
  await visitor.message('Migrated: qa-regression').waitFor();
  expect(await (await visitor.starts()).count()).toBe(1);

  /** Presses Shift+Tab until this control has the focus. */
  async function backTo(control: typeof migrate): Promise<void> {
    const focused = page.locator(':focus').and(control);
    for (let steps = 0; (await focused.count()) === 0; steps += 1) {
      expect(steps).toBeLessThan(20);
      await page.keyboard.press('Shift+Tab');
    }
  }
});
