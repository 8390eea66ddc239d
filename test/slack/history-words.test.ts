import { expect, test } from 'vitest';
import { entryWords } from '../../src/slack/messages/history-words.ts';
import { credential, NOW, ORDINARY } from './samples.ts';

test('the history labels what a person wrote as the form labelled it', () => {
  const wrote = (action: 'owner_asked' | 'not_mine' | 'held') =>
    entryWords({
      at: NOW,
      actor: 'U0OWNER001',
      action,
      migrationId: null,
      technicalAccountId: credential(ORDINARY).technicalAccountId,
      credentialName: 'crm-sync',
      detail: { note: 'Before Friday' },
    });
  expect(wrote('owner_asked')).toMatch(/asked the migrators to migrate `crm-sync`\. Note: `Before Friday`$/);
  expect(wrote('not_mine')).toMatch(/\. Note: `Before Friday`$/);
  expect(wrote('held')).toMatch(/put `crm-sync` on hold\. Reason: `Before Friday`$/);
});
