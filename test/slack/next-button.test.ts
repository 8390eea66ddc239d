import { expect, test } from 'vitest';
import { migrateNextButton } from '../../src/slack/messages/next-button.ts';

const next = (name: string) => ({ name, technicalAccountId: 'A1' });

test('the Migrate next button names its credential within Slack’s limit, keeps the number whole, and carries the credential’s id', () => {
  expect(migrateNextButton(next('crm-sync'), 12)).toMatchObject({
    text: { text: 'Migrate next: crm-sync (12 left)' },
    value: 'A1',
  });
  expect(migrateNextButton(next('crm-sync'), null).text.text).toBe('Migrate next: crm-sync');
  expect(migrateNextButton(null, null)).not.toHaveProperty('value');
  const long = migrateNextButton(next('n'.repeat(200)), 10_000).text.text;
  expect(long).toMatch(/^Migrate next: n+… \(10000 left\)$/);
  expect(long).toHaveLength(75);
});
