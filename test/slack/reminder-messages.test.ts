import { expect, test } from 'vitest';
import { MAX_NEW_TEXT, MAX_POSTED_BLOCK_TEXT, messageRejection } from '../../playground/slack/limits/limits.ts';
import { NO_CREDENTIALS, progressOf } from '../../src/credentials/credential.ts';
import type { UnreadItems } from '../../src/credentials/ports.ts';
import type { Digest } from '../../src/reminders/digest.ts';
import type { OwnerGroup } from '../../src/reminders/owner-group.ts';
import type { Recipient, UnreachableCode } from '../../src/reminders/ports.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { digestParts, previewMessage } from '../../src/slack/messages/digest.ts';
import { endMessage, ownerMessage, remindNowMessage } from '../../src/slack/messages/reminders.ts';
import { statusMessage } from '../../src/slack/messages/status.ts';
import { accountId } from '../support/samples.ts';
import { credential, deadlineIn, digest, NOW, ORDINARY, overview, ownerReminder, trends } from './samples.ts';

const WINDOW = { key: '2025-06-30/7', days: 7, date: '2025-06-23' };
const LAST_WINDOW = { key: '2025-06-30/0', days: 0, date: '2025-06-30' };
const PAUSE = { by: 'U0ADMIN001', at: NOW, until: '2025-06-25' };
const MIGRATORS = { users: ['U0ADMIN001'], groups: [] };

const named = (name: string, number = 1) =>
  credential(ORDINARY, { name, technicalAccountId: accountId(number), sandboxes: ['prod', 'dev'] });

const group = (email: string | null, recipient: Recipient | null, ...names: string[]): OwnerGroup => ({
  email,
  recipient,
  credentials: names.map((name, i) => named(name, i)),
});
const person = (userId: string) => ({ kind: 'person', userId }) as const;
const away = (why: UnreachableCode) => ({ kind: 'unreachable', why }) as const;

const digestOf = (groups: readonly OwnerGroup[], changes: Partial<Digest> = {}) => digest({ groups, ...changes });

const buttonsOf = ({ blocks }: Message) =>
  [...JSON.stringify(blocks).matchAll(/"action_id":"(\w+)"/g)].map(([, id]) => id);

/** A digest that fits into one message. */
function digestMessage(content: Digest): Message {
  const [part, ...more] = digestParts(content);
  expect(more).toEqual([]);
  return part?.message as Message;
}

test('the digest says how many credentials are left and until when, what happens after the deadline, and who has which', () => {
  const { text, blocks } = digestMessage(
    digestOf([
      group('a@example.com', person('U0A'), 'nightly', 'weekly'),
      group(null, person('U0B'), 'taken over'),
      group('left@example.com', away('unknown'), 'lonely'),
      group(null, null, 'nobody’s'),
    ]),
  );
  expect(text.split('\n')).toEqual([
    'Query Service credentials: 5500 left · 30 June 2025 · 7 days left',
    '4000 of 9500 migrated · 🔒 5 left in production.',
    'After the deadline, JWT credentials no longer refresh or authenticate, and jobs that use them fail.',
    '<@U0A> · 2 left · 🔒 2: `nightly`, `weekly`',
    '<@U0B> · 1 left · 🔒 1: `taken over`',
    '*No one was notified about these 2.* A migrator can assign them:',
    '`left@example.com` · 1 left · 🔒 1: `lonely` · no one active in Slack has this email',
    'No owner · 1 left · 🔒 1: `nobody’s`',
    '⚠️ Needs attention: 99. `/qs-creds list` shows them first.',
    '❔ Unknown: 400. To see why, run `/qs-creds list unknown`.',
    expect.stringMatching(/^Synced <!date.+>\. Next digest on 16 June 2025\.$/),
    'Audit trail: `1234:c0ffee00c0ffee00`',
  ]);
  expect(buttonsOf({ text, blocks })).toEqual(['assign', 'assign', 'review', 'migrate_next']);
});

test('the digest and the status report the same number left, of the same total', () => {
  const known = overview(null);
  const [, left, total] =
    /^(\d+) of (\d+) credentials left/.exec(
      statusMessage(known, [], deadlineIn(7), NOW, { person: { id: 'U0ADMIN001' }, channel: null }).text,
    ) ?? [];
  const { text } = digestMessage(digestOf([], { overview: known }));
  expect(text).toContain(`credentials: ${left} left`);
  expect(text).toContain(`${known.counts.migrated} of ${total} migrated`);
  expect(Number(total)).toBe(Number(left) + known.counts.migrated);
});

test.each<[string, OwnerGroup]>([
  ['`a@example.com` · 1 left · 🔒 1: `x` · deactivated in Slack', group('a@example.com', away('deactivated'), 'x')],
  ['`a@example.com` · 1 left · 🔒 1: `x` · a guest, who may not use this', group('a@example.com', away('guest'), 'x')],
  ['`a@example.com` · 1 left · 🔒 1: `x` · not a member', group('a@example.com', away('not_a_member'), 'x')],
  [
    "`a@example.com` · 1 left · 🔒 1: `x` · can't receive direct messages in Slack",
    group('a@example.com', away('rejected'), 'x'),
  ],
  [
    '`a@example.com` · 1 left · 🔒 1: `x` · could not be reached: Slack cannot look',
    group('a@example.com', away('lookup_rejected'), 'x'),
  ],
  ['an operator has to add the scope `users:read.email`', group('a@example.com', away('not_permitted'), 'x')],
  ['`a@example.com` · 1 left · 🔒 1: `x` · not identified by Slack', group('a@example.com', null, 'x')],
  [
    "<@U0B> · 1 left · 🔒 1: `x` · can't receive direct messages in Slack",
    { ...group(null, away('rejected'), 'x'), takenBy: 'U0B' },
  ],
])('the digest says why an owner gets no message: %s', (words, lost) => {
  expect(digestMessage(digestOf([lost])).text).toContain(words);
});

test.each([
  [1, '1 day left'],
  [0, 'last day'],
  [-1, '1 day overdue'],
  [-10, '10 days overdue'],
])('the digest with %i days left says "%s"', (days, words) => {
  const { text } = digestMessage(digestOf([], { deadline: deadlineIn(days) }));
  expect(text).toMatch(new RegExp(`^Query Service credentials: \\d+ left · 30 June 2025 · ${words}\n`));
  // The FAQ has everything else that Adobe says about its dates.
  const meaning =
    days < 0
      ? 'JWT credentials no longer refresh or authenticate.'
      : 'After the deadline, JWT credentials no longer refresh or authenticate, and jobs that use them fail.';
  expect(text.split('\n')[2]).toBe(meaning);
});

test('the digest says how old its data is when Adobe cannot be reached, and says when reminders are paused', () => {
  const problem = { kind: 'unreachable', operation: 'list the accounts' } as const;
  const { text } = digestMessage(digestOf([], { overview: overview(problem), pause: PAUSE }));
  expect(text).toMatch(/⚠️ Adobe could not be reached to list the accounts; this is the last known state\./);
  expect(text).toMatch(/^Synced <!date.+>\.$/m);
  expect(text).toContain('⏸️ Reminders are paused until 25 June 2025, by <@U0ADMIN001>');
});

test('the digest and its preview name once, at the foot, what could not be read', () => {
  const problem = { kind: 'not_allowed', operation: 'list the accounts of sandbox qa', status: 403 } as const;
  const unread: UnreadItems[] = [
    { what: 'sandbox', count: 1, names: ['qa'], problem },
    { what: 'date', count: 1, names: ['nightly'], problem },
  ];
  const window = { window: WINDOW, next: '2025-06-27', isServed: false, snoozed: new Set<string>() };
  const texts = (content: Digest) => [digestMessage(content), previewMessage(content, window)].map(({ text }) => text);
  for (const text of texts(digestOf([], { overview: overview(null, { unread }) })))
    expect(text).toMatch(
      /\n❔ Unknown: 400\..*\n⚠️ 1 sandbox could not be read: `qa` \(`403`\)\. What was known of them stays.*\nSynced /,
    );
  // If a sync failed as a whole, only that is reported, as in every message.
  for (const text of texts(digestOf([], { overview: overview(problem, { unread }) })))
    expect(text).not.toContain('could not be read');
  for (const text of texts(digestOf([]))) expect(text).not.toContain('could not be read');
});

test('the digest for 1 000 owners with 10 credentials each is cut, with counts that add up', () => {
  const names = Array.from({ length: 10 }, (_, i) => `credential ${i}`);
  const owners = Array.from({ length: 1_000 }, (_, i) =>
    i % 2 === 0
      ? group(`owner${i}@example.com`, person(`U0OWNER${i}`), ...names)
      : group(`owner${i}@example.com`, away('unknown'), ...names),
  );
  const { text, blocks } = digestMessage(digestOf(owners));
  expect(messageRejection(text, blocks, MAX_NEW_TEXT)).toBeNull();
  const shown = text.match(/^<@U0OWNER\d+> · /gm)?.length ?? 0;
  const [, owned, credentials] = /^(\d+) more owners · (\d+) left:/m.exec(text) ?? [];
  expect(shown + Number(owned)).toBe(500);
  expect(Number(credentials)).toBe(10 * Number(owned));
  const lost = text.match(/in Slack has this email$/gm)?.length ?? 0;
  const [, others, theirs] = /^and (\d+) more owners · (\d+) left:/m.exec(text) ?? [];
  expect(lost + Number(others)).toBe(500);
  expect(Number(theirs)).toBe(10 * Number(others));
  for (const line of text.match(/^<@U0OWNER\d+> · .*$/gm) ?? []) {
    const listed = line.match(/`credential \d`/g)?.length ?? 0;
    expect(listed + Number(/ and (\d+) more$/.exec(line)?.[1])).toBe(10);
  }
});

test('a digest with names of the maximum length Slack accepts is one message', () => {
  const long = (number: number) => named(`${'n'.repeat(200)}-${number}`, number);
  const owners = Array.from({ length: 17 }, (_, i) => ({
    email: `${'o'.repeat(80)}${i}@example.com`,
    recipient: i < 15 ? person(`U0OWNER${i}`) : away('lookup_rejected'),
    credentials: Array.from({ length: 8 }, (_, j) => long(j)),
  }));
  const { text, blocks } = digestMessage(digestOf(owners));
  expect(messageRejection(text, blocks, MAX_NEW_TEXT, MAX_POSTED_BLOCK_TEXT)).toBeNull();
  for (let i = 0; i < 15; i++) expect(text).toContain(`<@U0OWNER${i}> · 8 left · 🔒 8: `);
  expect(text.match(/ and 5 more$/gm)).toHaveLength(15);
  expect(text.match(/ and 5 more · could not be reached/g)).toHaveLength(2);
});

const reminder = ownerReminder([named('nightly'), named('weekly')]);

test('the digest and the message to an owner mark Unfinished credentials, and say how to finish them', () => {
  const left = { ...named('resting'), status: 'unfinished' } as const;
  const how =
    'delete the JWT credential to finish the migration, or the OAuth Server-to-Server credential to cancel it';
  const one = { ...overview(null), counts: { ...NO_CREDENTIALS, unfinished: 1, migrated: 3 } };
  const groups = [{ email: 'a@example.com', recipient: person('U0A'), credentials: [left] }];
  const message = digestMessage(digestOf(groups, { overview: one }));
  expect(message.text).toContain('3 of 4 migrated');
  expect(message.text).toContain('<@U0A> · 1 left · 🔒 1: `resting` · *Unfinished*');
  expect(message.text).toContain(how);
  expect(buttonsOf(message)).toEqual(['review']);
  const unowned = digestMessage(digestOf([{ email: null, recipient: null, credentials: [left] }], { overview: one }));
  expect(unowned.text).toContain('No owner · 1 left · 🔒 1: `resting` · *Unfinished*');
  const own = ownerMessage({ ...reminder, credentials: [left] }, NOW, MIGRATORS).text;
  expect(own).toContain('• `resting` · 🔒 `prod`, `dev` · *Unfinished*');
  expect(own).toContain(how);
  expect(ownerMessage(reminder, NOW, MIGRATORS).text).not.toContain('Unfinished');
});

test('the message about a thousand credentials counts those it does not name', () => {
  const credentials = Array.from({ length: 1_000 }, (_, i) => named(`credential ${i}`, i));
  const { text, blocks } = ownerMessage({ ...reminder, credentials }, NOW, MIGRATORS);
  expect(messageRejection(text, blocks, MAX_NEW_TEXT)).toBeNull();
  const shown = text.match(/^• /gm)?.length ?? 0;
  expect(shown + Number(/^and (\d+) more$/m.exec(text)?.[1])).toBe(1_000);
});

test('the preview says which reminder is due, who would get it, and who would not', () => {
  const groups = [
    group('a@example.com', person('U0A'), 'nightly'),
    group('snoozed@example.com', person('U0S'), 'asleep'),
    group('later@example.com', null, 'weekly'),
    group('left@example.com', away('unknown'), 'lonely'),
  ];
  const snoozed = new Set(['U0S']);
  const { text } = previewMessage(digestOf(groups), { window: WINDOW, next: '2025-06-27', isServed: false, snoozed });
  expect(text).toMatch(
    /^👁️ \*Preview: nothing is sent\.\* The reminder of 23 June 2025 \(7 days left\) is due\. The next is on 27 June 2025\.\n/,
  );
  for (const words of [
    '<@U0A> · 1 left · 🔒 1: `nightly`',
    '`later@example.com` · 1 left · 🔒 1: `weekly`',
    '`left@example.com` · 1 left · 🔒 1: `lonely` · no one active',
    'A direct message goes to 2 people. Snoozed, no message: <@U0S>.',
  ])
    expect(text).toContain(words);
});

test.each([
  ['No reminder is due yet. The next is on 7 July 2025.', null, false],
  ['The reminder of 30 June 2025 (last day) was sent. The next is on 7 July 2025.', LAST_WINDOW, true],
])('the preview begins with the state of the latest window: %s', (words, window, isServed) => {
  const { text } = previewMessage(digestOf([]), { window, next: '2025-07-07', isServed, snoozed: new Set() });
  expect(text.split('\n')[0]).toBe(`👁️ *Preview: nothing is sent.* ${words}`);
  expect(text).toContain('No one would get a direct message.');
});

test('the preview shows what the digest shows, including the chart, but without buttons', () => {
  const [trend = null] = trends();
  const content = digestOf([group('a@example.com', person('U0A'), 'nightly')], { trend });
  const kinds = ({ blocks }: Message) => blocks.map(({ type }) => type).filter((type) => type !== 'actions');
  const preview = previewMessage(content, { window: WINDOW, next: '2025-06-27', isServed: false, snoozed: new Set() });
  // The preview has two more blocks: its stamp, and who would be reminded.
  expect(kinds(preview).toSorted()).toEqual([...kinds(digestMessage(content)), 'section', 'context'].toSorted());
  expect(kinds(preview)).toContain('data_visualization');
  expect(buttonsOf(preview)).toEqual([]);
});

test('the closing message gives the totals, and says that nothing is left only where that is true', () => {
  const many = overview(null);
  const done = (unread: UnreadItems[]) =>
    endMessage({ ...overview(null, { unread }), counts: { ...NO_CREDENTIALS, migrated: 1 } }).text;
  expect(endMessage(many).text).toMatch(/^\*No credential is Eligible any more; 5500 left\.\* /);
  expect(done([])).toMatch(/^🎉 \*Nothing is left to migrate\.\* /);
  expect(endMessage(many).text).toContain('4000 credentials migrated (500 not eligible, 400 unknown');
  expect(done([])).toContain('1 credential migrated. No more reminders');
  // Credentials that could not be read may be left.
  const problem = { kind: 'not_allowed', operation: 'list the accounts of sandbox qa', status: 403 } as const;
  const unread = done([{ what: 'sandbox', count: 1, names: ['qa'], problem }]);
  expect(unread).toMatch(/^\*Nothing that could be read is left to migrate\.\* /);
  expect(unread).toContain('⚠️ 1 sandbox could not be read: `qa`');
});

test('the question before sending reminders says how many are left, as the digest does, and its button asks for confirmation', () => {
  const shown = digestOf([group('a@example.com', person('U0A'), 'x')]);
  const message = remindNowMessage(shown, 'round-1');
  const { left } = progressOf(shown.overview.counts);
  expect(message.text).toContain(`${left} credentials left`);
  expect(JSON.stringify(message.blocks)).toContain('"value":"round-1"');
  expect(JSON.stringify(message.blocks)).toContain('You cannot take them back.');
});

test('sending reminders is not offered when no credential is left', () => {
  const message = remindNowMessage(digest({ overview: { ...overview(null), counts: NO_CREDENTIALS } }), 'round-1');
  expect(message.text).toBe('No credential has to be migrated, so there is nothing to send.');
  expect(buttonsOf(message)).toEqual([]);
});
