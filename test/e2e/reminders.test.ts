import { expect, test } from 'vitest';
import { visits } from './setup.ts';

const visit = visits();

/** Part of every reminder to an owner. */
const REMINDER = 'of your credentials must be migrated';

test('an owner snoozes a reminder until the next window, and others still get theirs', async () => {
  const { visitor, another } = await visit();
  const { page } = visitor;
  const owner = await another();
  await owner.be('owner');
  const theirs = owner.link('Apps', 'qs-creds');
  await visitor.tab('time');
  await page.locator('[data-clock^="2025-06-02T"]').waitFor();
  // Wait for the round that was due at the start, or it would end in the next window.
  await page.locator('[data-window="30"][data-state="served"]').waitFor();
  await visitor.control('move next-reminder').click();
  await page.locator('[data-window="14"][data-state="served"]').waitFor();
  await page.locator('[data-clock^="2025-06-16T"]').waitFor();

  // The digest is posted to the channel and mentions no one.
  const digest = visitor.message('14 days left');
  await digest.getByText(/4 of \d+ migrated/).waitFor();
  expect(await digest.locator('[data-broadcast]').count()).toBe(0);

  // The owner has the channel open: the direct message is marked unread in the sidebar until it is read.
  await theirs.and(owner.page.locator('[data-unread]')).waitFor();
  await owner.openApp('Messages');
  const reminder = owner.message(REMINDER);
  await reminder.getByText('airflow-dev · dev').waitFor();
  await expect.poll(() => theirs.getAttribute('data-unread')).toBe(null);
  const before = await owner.messages(REMINDER).count();
  await reminder.getByRole('button', { name: 'More actions' }).click();
  await reminder.getByRole('button', { name: 'Snooze until 23 June 2025' }).click();
  await reminder.getByText('Snoozed until 23 June 2025.').waitFor();

  // Sent manually: another owner gets a reminder, the one who snoozed does not.
  const others = await another();
  await others.be('bi-team');
  await others.openApp('Messages');
  const othersBefore = await others.messages(REMINDER).count();
  await visitor.say('/qs-creds remind preview');
  await visitor.message('Snoozed, no message:').waitFor();
  await visitor.say('/qs-creds remind now');
  await visitor.message('Send reminders now?').getByRole('button', { name: 'Send now' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
  await expect.poll(() => others.messages(REMINDER).count(), { timeout: 30_000 }).toBe(othersBefore + 1);
  await expect.poll(() => visitor.messages('14 days left').count(), { timeout: 30_000 }).toBe(3);
  expect(await owner.messages(REMINDER).count()).toBe(before);

  // From the next window on the owner gets reminders again.
  await visitor.control('move next-reminder').click();
  await page.locator('[data-window="7"][data-state="served"]').waitFor();
  await owner.message('7 days left').waitFor();
  expect(await owner.messages(REMINDER).count()).toBe(before + 1);
});

test('credentials without a recipient are assigned and given back, and the digest shows both', async () => {
  const { visitor, another } = await visit();
  const { page } = visitor;
  const digest = visitor.message('No one was notified about');
  const row = digest.locator('section, .section, div').filter({ hasText: 'No owner' }).last();
  await digest.getByRole('button', { name: 'Assign the credentials of no owner' }).click();
  const modal = page.getByRole('dialog');
  await modal.getByLabel('Notify').selectOption({ label: 'Member' });
  await modal.getByRole('button', { name: 'Assign' }).click();
  await row.getByText('is notified, assigned by').waitFor();
  const member = await another();
  await member.be('member');
  await member.openApp('Messages');
  await member.message('assigned you the reminders for').getByRole('button', { name: 'Give back' }).click();
  await member.message('You gave back').waitFor();
  await expect.poll(() => digest.getByText('is notified, assigned by').count()).toBe(0);
});

test('an owner says which credential is not theirs, and a migrator assigns it from the channel', async () => {
  const { visitor, another } = await visit();
  const owner = await another();
  await owner.be('owner');
  await owner.openApp('Messages');
  const reminder = owner.message(REMINDER);
  await reminder.getByRole('button', { name: 'More actions' }).click();
  await reminder.getByRole('button', { name: 'Not mine…' }).click();
  const form = owner.page.getByRole('dialog');
  await form.getByLabel('Credentials').selectOption([{ label: 'airflow-dev' }]);
  await form.getByLabel('Note').fill('I moved in March');
  await form.getByRole('button', { name: 'Send' }).click();
  await reminder.getByText('that airflow-dev is not yours').waitFor();
  const asked = visitor.message('says that airflow-dev is not theirs');
  await asked.getByRole('button', { name: 'Assign what is not theirs' }).click();
  const modal = visitor.page.getByRole('dialog');
  await modal.getByText('until somebody else is assigned').waitFor();
  await modal.getByLabel('Notify').selectOption({ label: 'Member' });
  await modal.getByRole('button', { name: 'Assign' }).click();
  await owner.message('You no longer get the reminders for').waitFor();
});
