import { expect, test } from 'vitest';
import { progressMessage } from '../../src/slack/messages/progress.ts';
import { questionMessage } from '../../src/slack/messages/question.ts';
import { whereWords } from '../../src/slack/messages/terms.ts';
import { credential, migration, ORDINARY } from './samples.ts';

test('an owner is shown as a mention where Slack has identified them, and as an email address otherwise', () => {
  const shown = { sandboxes: ['dev'], production: [], owner: 'owner@example.com' };
  expect(whereWords(shown)).toBe('sandbox `dev` · owner `owner@example.com`');
  expect(whereWords({ ...shown, ownerId: 'U0OWNER001' })).toBe('sandbox `dev` · owner <@U0OWNER001>');
  const asked = migration(ORDINARY);
  const question = { ...asked, shown: { ...asked.shown, ownerId: 'U0OWNER001' } };
  const messages = [
    questionMessage(question, credential(ORDINARY), null),
    progressMessage({ ...question, state: 'confirmed' }, { kind: 'confirmed' }),
  ];
  for (const { text } of messages) expect(text).toContain('owner <@U0OWNER001>');
});
