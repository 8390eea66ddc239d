import { expect, test } from 'vitest';
import { TaskTracker } from '../../src/lib/task-tracker.ts';
import { createErrorBoundary } from '../../src/slack/error-boundary.ts';
import { ACTIONS, VIEWS } from '../../src/slack/ids.ts';
import { SILENT } from '../support/services.ts';

test.each([
  ['does not promise', ACTIONS.confirm, false],
  ['does not promise', VIEWS.production, false],
  ['promises', ACTIONS.migrate, true],
  ['promises', 'command', true],
])('the reply %s that nothing was started, after an error of %s', async (_, what, promises) => {
  const boundary = createErrorBoundary({
    tasks: new TaskTracker(),
    logger: SILENT,
    migrators: { users: [], groups: [] },
    newReference: () => 'A2B3C4D5',
    countDenial: () => {},
  });
  const replies: string[] = [];
  const reply = async ({ text }: { text: string }) => void replies.push(text);
  // The database may have recorded a confirmation although its response was lost.
  await boundary(what, reply, () => Promise.reject(new Error('the connection broke')));
  expect(replies.map((text) => text.includes('this started nothing'))).toEqual([promises]);
  expect(replies[0]).toContain('A2B3C4D5');
});
