import { expect, test } from 'vitest';
import type { OwnerGroup } from '../../src/reminders/owner-group.ts';
import { previewMessage } from '../../src/slack/messages/digest.ts';
import { credential, deadlineIn, digest, ORDINARY } from '../slack/samples.ts';

const WINDOW = { key: '2025-06-30/30', days: 30, date: '2025-05-31' };

/** The lines of the preview that are about people. */
function people(groups: readonly OwnerGroup[], snoozed: readonly string[] = []): string[] {
  const lines = previewMessage(digest({ groups, deadline: deadlineIn(30) }), {
    window: WINDOW,
    next: '2025-06-16',
    isServed: false,
    snoozed: new Set(snoozed),
  }).text.split('\n');
  expect(lines[0]).toBe(
    '👁️ *Preview: nothing is sent.* The reminder of 31 May 2025 (30 days left) is due. The next is on 16 June 2025.',
  );
  return lines.filter((line) => /@|more|^\*No one|No one would|direct message/.test(line));
}

const group = (email: string | null, recipient: OwnerGroup['recipient']): OwnerGroup => ({
  email,
  recipient,
  credentials: [credential(ORDINARY)],
});

test('the preview names owners by email until they are looked up in Slack, and marks those who snoozed', () => {
  const lines = people(
    [
      group('one@example.com', { kind: 'person', userId: 'U0OWNER001' }),
      group('two@example.com', { kind: 'person', userId: 'U0OWNER002' }),
      group('three@example.com', null),
    ],
    ['U0OWNER002'],
  );
  expect(lines).toEqual([
    '<@U0OWNER001> · 1 left · 🔒 1: `bi-nightly`',
    '<@U0OWNER002> · 1 left · 🔒 1: `bi-nightly`',
    '`three@example.com` · 1 left · 🔒 1: `bi-nightly`',
    'A direct message goes to 2 people. Snoozed, no message: <@U0OWNER002>.',
  ]);
});

test('the preview cuts long lists and counts the rest', () => {
  const many = (recipient: OwnerGroup['recipient']) =>
    Array.from({ length: 40 }, (_, i) => group(`p${i}@example.com`, recipient));
  const direct = people(many(null));
  expect(direct.length).toBeLessThan(20);
  expect(direct.slice(-2)).toEqual([
    '25 more owners · 25 left: `/qs-creds list left`',
    'A direct message goes to 40 people.',
  ]);
  const lost = people(many({ kind: 'unreachable', why: 'unknown' }));
  expect(lost.length).toBeLessThan(15);
  expect(lost.slice(-2)).toEqual([
    'and 30 more owners · 30 left: `/qs-creds list left`',
    'No one would get a direct message.',
  ]);
});
