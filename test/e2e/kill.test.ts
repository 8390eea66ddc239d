import { expect, test } from 'vitest';
import { visits } from './setup.ts';

const visit = visits();

test('a bot killed during a migration reports its end after the restart', async () => {
  const { visitor } = await visit();
  const { page } = visitor;
  await visitor.setMigrationSeconds(12);
  await visitor.say('/qs-creds migrate airflow-dev');
  const question = visitor.message('Migrate airflow-dev?');
  await question.getByRole('button', { name: 'Migrate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Migrate' }).click();
  // Not the question, which now says that it "was confirmed".
  const progress = await visitor.thisMessage(/Migrating airflow-dev(: starting| [▰▱]+)/);
  // The start was sent, and Adobe is migrating.
  await expect.poll(async () => (await visitor.starts()).count(), { timeout: 30_000 }).toBe(1);

  await visitor.tab('adobe');
  const inAdobe = page.locator('[data-credential]').filter({ hasText: 'airflow-dev' });
  await inAdobe.getByText(/Migrating, \d+ s left/).waitFor();

  await visitor.tab('bot');
  const process = page.locator('#bot-process');
  const killed = await process.innerText();
  await visitor.control('kill-and-start').click();
  await page.locator('[data-bot="running"]').waitFor();
  await expect.poll(() => process.innerText(), { timeout: 30_000 }).not.toBe(killed);

  await progress.getByText('Migrated: airflow-dev').waitFor();
  expect(await (await visitor.starts()).count()).toBe(1);
  // The bot works as before.
  await visitor.say('/qs-creds history airflow-dev');
  await visitor.message('confirmed').waitFor();
});
