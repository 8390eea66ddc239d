import { expect, test } from 'vitest';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { ownerMessage } from '../../src/slack/messages/reminders.ts';
import { credential, NOW, ORDINARY, ownerReminder, usages } from './samples.ts';

const MIGRATORS = { users: ['U0ADMIN001'], groups: [] };

const reminder = ownerReminder(['nightly', 'weekly'].map((name) => credential(ORDINARY, { name })));

const buttonsOf = ({ blocks }: Message) =>
  [...JSON.stringify(blocks).matchAll(/"action_id":"(\w+)"/g)].map(([, id]) => id);

test('the message to an owner names who may migrate, or the workspace admins and owners where no one is set', () => {
  const nobody = { users: [], groups: [] };
  const asked = (migrators: readonly string[]) => ownerMessage({ ...reminder, migrators }, NOW, nobody).text;
  expect(asked([])).toContain('\nTo migrate, ask a workspace admin or owner. Next');
  expect(asked(['U0ADMIN001'])).toContain('\nTo migrate, ask <@U0ADMIN001>. Next');
  expect(asked(['U1', 'U2', 'U3'])).toContain('\nTo migrate, ask <@U1>, <@U2> or <@U3>. Next');
});

test('an owner who may migrate is offered the first credential that can be migrated, and is not referred to anyone', () => {
  const may = { ...reminder, mayMigrate: true };
  const { text, blocks } = ownerMessage(may, NOW, MIGRATORS);
  expect(text).toContain('\nNext reminder: 27 June 2025.');
  expect(buttonsOf({ text, blocks })).toEqual(['migrate', 'review', 'hold', 'reminder_more']);
  expect(JSON.stringify(blocks)).toContain('"Migrate nightly…"');
  const held = { by: 'U1', at: NOW, reason: 'x', lastDay: '2025-06-29' };
  const [first, second] = reminder.credentials;
  if (first === undefined || second === undefined) throw new Error('no credentials');
  const others = [
    { ...first, hold: held },
    { ...second, status: 'unfinished' as const },
  ];
  expect(buttonsOf(ownerMessage({ ...may, credentials: others }, NOW, MIGRATORS))).toEqual([
    'review',
    'hold',
    'reminder_more',
  ]);
});

test('the message to an owner who snoozed says until when, and offers to undo the snooze', () => {
  const snoozed = ownerMessage({ ...reminder, snoozedUntil: '2025-06-27' }, NOW, MIGRATORS);
  expect(snoozed.text).toContain('\n😴 Snoozed until 27 June 2025.\n');
  expect(buttonsOf(snoozed)).toEqual(['review', 'ask_for_migration', 'hold', 'reminder_more', 'end_snooze']);
  expect(ownerMessage({ ...reminder, credentials: [] }, NOW, MIGRATORS).text).toBe(
    '✅ None of your credentials is left to migrate.',
  );
});

test('the message to an owner marks failing credentials, as the digest does', () => {
  const [first, second] = reminder.credentials;
  if (first === undefined || second === undefined) throw new Error('no credentials');
  const credentials = [{ ...first, usage: usages(ORDINARY)[0] ?? [] }, second];
  const { text } = ownerMessage({ ...reminder, credentials }, NOW, MIGRATORS);
  const rows = text.split('\n').filter((row) => row.startsWith('•'));
  expect(rows.map((row) => row.endsWith(' · *failing*'))).toEqual([true, false]);
});

test('the message to an owner names all of their credentials', () => {
  const { text } = ownerMessage(reminder, NOW, MIGRATORS);
  expect(text).toContain('2 of your credentials must be migrated by 30 June 2025 · 7 days left\n');
  expect(text).toContain('• `nightly` · 🔒 `prod`, `dev`\n• `weekly` · ');
  expect(text).toContain('To migrate, ask <@U0ADMIN001>. Next reminder: 27 June 2025.');
});

test('the message to an owner offers to snooze where that is possible, and always offers Not mine…', () => {
  const all = ['review', 'ask_for_migration', 'hold', 'reminder_more'];
  const moreOf = ({ blocks }: Message) =>
    blocks.flatMap((block) =>
      block.type === 'actions'
        ? block.elements.flatMap((each) => (each.type === 'overflow' ? each.options.map(({ text }) => text.text) : []))
        : [],
    );
  const early = ownerMessage(reminder, NOW, MIGRATORS);
  expect([buttonsOf(early), moreOf(early)]).toEqual([all, ['Snooze until 27 June 2025', 'Not mine…']]);
  const late = ownerMessage({ ...reminder, maySnooze: false }, NOW, MIGRATORS);
  expect([buttonsOf(late), moreOf(late)]).toEqual([all, ['Not mine…']]);
});
