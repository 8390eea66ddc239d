import { expect, test } from 'vitest';
import type { AssignedNotice } from '../../src/notices/notice.ts';
import { assignmentNotice } from '../../src/slack/messages/assign.ts';

const NOTICE: AssignedNotice = {
  kind: 'assigned',
  by: 'U0ADMIN001',
  assignment: 'a1',
  owner: null,
  names: ['etl'],
  count: 1,
};

test('the notice of an assignment uses the singular for one credential and the plural for several', () => {
  const textOf = (changes: Partial<AssignedNotice>) =>
    assignmentNotice({ ...NOTICE, ...changes }).text.match(/: (.+)/)?.[1];
  const several = { names: ['etl', 'crm'], count: 2 };
  expect([{}, several, { owner: 'left@example.com' }, { ...several, owner: 'left@example.com' }].map(textOf)).toEqual([
    'it has no owner.',
    'they have no owner.',
    'its owner `left@example.com` cannot be notified.',
    'their owner `left@example.com` cannot be notified.',
  ]);
});
