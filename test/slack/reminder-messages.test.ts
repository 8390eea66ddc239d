import { describe, expect, test } from 'vitest';
import { MAX_NEW_TEXT, messageRejection } from '../../playground/slack/limits/limits.ts';
import type { Recipient, UnreachableCode } from '../../src/reminders/ports.ts';
import type { OwnerGroup } from '../../src/reminders/recipients.ts';
import type { Digest } from '../../src/reminders/rounds.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import * as views from '../../src/slack/messages/reminders.ts';
import { accountId } from '../support/samples.ts';
import { faultsOfMrkdwn, HOSTILE } from './hostile.ts';
import { credential, hostile, NOW, ORDINARY, overview } from './samples.ts';

const WINDOW = { key: '2025-06-30/7', days: 7, date: '2025-06-23' };
const LAST_WINDOW = { key: '2025-06-30/0', days: 0, date: '2025-06-30' };
const PAUSE = { by: 'U0ADMIN001', at: NOW, until: '2025-06-25' };
const MIGRATORS = '<@U0ADMIN001>';

const named = (name: string, number = 1) =>
  credential(ORDINARY, { name, technicalAccountId: accountId(number), sandboxes: ['prod', 'dev'] });

const group = (email: string | null, recipient: Recipient | null, ...names: string[]): OwnerGroup => ({
  email,
  recipient,
  credentials: names.map((name, i) => named(name, i)),
});
const person = (userId: string) => ({ kind: 'person', userId }) as const;
const away = (why: UnreachableCode) => ({ kind: 'unreachable', why }) as const;

const digest = (groups: readonly OwnerGroup[], changes: Partial<Digest> = {}): Digest => ({
  days: 7,
  overview: overview(null),
  groups,
  pause: null,
  now: NOW,
  ...changes,
});

const buttonsOf = ({ blocks }: Message) =>
  [...JSON.stringify(blocks).matchAll(/"action_id":"(\w+)"/g)].map(([, id]) => id);

describe('the digest', () => {
  test('says how long is left, how many are open, what follows, and who has which', () => {
    const { text, blocks } = views.digestMessage(
      digest([
        group('a@example.com', person('U0A'), 'nightly', 'weekly'),
        group(null, person('U0B'), 'taken over'),
        group('left@example.com', away('unknown'), 'lonely'),
        group(null, null, 'nobody’s'),
      ]),
    );
    expect(text.split('\n')).toEqual([
      '*Query Service credentials: 7 days left.* 5000 open, 4000 migrated.',
      '▰▰▰▰▰▰▰▰▱▱▱▱▱▱▱▱▱▱▱▱ 4000 of 9000',
      expect.stringMatching(/^After the deadline, JWT credentials no longer refresh or authenticate/),
      '`a@example.com`: `nightly` in `prod` (production), `dev`; `weekly` in `prod` (production), `dev`',
      '<@U0B>: `taken over` in `prod` (production), `dev`',
      '*Nobody hears of these.* A migrator takes over:',
      '`lonely` · `prod` (production), `dev` · owner `left@example.com`: nobody active in Slack has this email',
      '`nobody’s` · `prod` (production), `dev` · no owner',
      '⚠️ Needs attention: 99. `/qs-creds list` shows them first.',
      'As Adobe had it 1 hour ago.',
    ]);
    expect(buttonsOf({ text, blocks })).toEqual(['take_over', 'take_over', 'review', 'migrate_next']);
  });

  test.each<[OwnerGroup, string]>([
    [group('a@example.com', away('deactivated'), 'x'), 'owner `a@example.com`: deactivated in Slack'],
    [group('a@example.com', away('guest'), 'x'), 'owner `a@example.com`: a guest, who may not use this'],
    [group('a@example.com', away('not_a_member'), 'x'), 'owner `a@example.com`: not a member'],
    [group('a@example.com', away('rejected'), 'x'), 'owner `a@example.com`: Slack takes no direct message'],
    [group('a@example.com', null, 'x'), 'owner `a@example.com`: Slack did not say who it is'],
    [group(null, away('rejected'), 'x'), 'whoever took it over: Slack takes no direct message to them'],
  ])('says why %j is not reached', (lost, words) => {
    expect(views.digestMessage(digest([lost])).text).toContain(words);
  });

  test.each([
    [1, '1 day left'],
    [0, 'last day'],
    [-1, '1 day overdue'],
    [-10, '10 days overdue'],
  ])('with %i days left says "%s"', (days, words) => {
    const { text } = views.digestMessage(digest([], { days }));
    expect(text).toContain(`credentials: ${words}.`);
    expect(text.includes('2026-03-01')).toBe(true);
    expect(text).toContain("Developer Console's page");
  });

  test('says how old it is where Adobe cannot be reached, and that reminders are paused', () => {
    const problem = { kind: 'unreachable', operation: 'list the accounts' } as const;
    const { text } = views.digestMessage(digest([], { overview: overview(problem), pause: PAUSE }));
    expect(text).toMatch(/⚠️ Adobe could not be reached to list the accounts; this is the last known state\./);
    expect(text).toContain('As Adobe had it 1 hour ago.');
    expect(text).toContain('⏸️ Reminders are paused until 2025-06-25, by <@U0ADMIN001>');
  });

  test('of 1 000 owners with 10 credentials each is cut, with counts that add up', () => {
    const names = Array.from({ length: 10 }, (_, i) => `credential ${i}`);
    const owners = Array.from({ length: 1_000 }, (_, i) =>
      i % 2 === 0
        ? group(`owner${i}@example.com`, person(`U0OWNER${i}`), ...names)
        : group(`owner${i}@example.com`, away('unknown'), ...names),
    );
    const { text, blocks } = views.digestMessage(digest(owners));
    expect(messageRejection(text, blocks, MAX_NEW_TEXT)).toBeNull();
    const shown = text.match(/^`owner\d+@example.com`: /gm)?.length ?? 0;
    const [, owned, credentials] = /and (\d+) more owners with (\d+) credentials/.exec(text) ?? [];
    expect(shown + Number(owned)).toBe(500);
    expect(Number(credentials)).toBe(10 * Number(owned));
    const lost = text.match(/in Slack has this email$/gm)?.length ?? 0;
    expect(lost + Number(/and (\d+) more credentials:/.exec(text)?.[1])).toBe(5_000);
    for (const line of text.match(/^`owner\d+@example.com`: .*$/gm) ?? []) {
      const listed = line.match(/`credential \d`/g)?.length ?? 0;
      expect(listed + Number(/ and (\d+) more$/.exec(line)?.[1])).toBe(10);
    }
  });
});

describe('an owner’s reminder', () => {
  const reminder = { credentials: [named('nightly'), named('weekly')], days: 7, maySnooze: true };

  test('names all of theirs', () => {
    const { text } = views.ownerMessage(reminder, NOW, MIGRATORS);
    expect(text).toContain('*7 days left: 2 Query Service credentials of yours are still to be migrated.*');
    expect(text).toContain('• `nightly` · `prod` (production), `dev`\n• `weekly` · ');
    expect(text).toContain(`ask ${MIGRATORS}.`);
  });

  test('offers to snooze where that is possible', () => {
    expect(buttonsOf(views.ownerMessage(reminder, NOW, MIGRATORS))).toEqual(['review', 'snooze']);
    const late = { ...reminder, maySnooze: false };
    expect(buttonsOf(views.ownerMessage(late, NOW, MIGRATORS))).toEqual(['review']);
  });

  test('of a thousand credentials counts those it does not name', () => {
    const credentials = Array.from({ length: 1_000 }, (_, i) => named(`credential ${i}`, i));
    const { text, blocks } = views.ownerMessage({ ...reminder, credentials }, NOW, MIGRATORS);
    expect(messageRejection(text, blocks, MAX_NEW_TEXT)).toBeNull();
    const shown = text.match(/^• /gm)?.length ?? 0;
    expect(shown + Number(/^and (\d+) more$/m.exec(text)?.[1])).toBe(1_000);
  });
});

describe.each([...Object.entries(HOSTILE), ['a mention in the middle', `x<!channel>y${'z'.repeat(200)}`]])(
  'with %s for every name',
  (_, text) => {
    const outside = hostile(text ?? '');
    const many = Array.from({ length: 30 }, () => credential(outside));
    const groups = [
      ...Array.from({ length: 20 }, () => ({
        email: outside.text,
        recipient: person('U0A'),
        credentials: many,
      })),
      ...[away('rejected'), null].map((recipient) => ({ email: outside.text, recipient, credentials: many })),
    ];
    const problem = { kind: 'refused', operation: 'read', code: outside.text, detail: outside.text } as const;
    const whole = digest(groups, { overview: overview(problem), pause: { ...PAUSE, by: outside.user } });

    test.each<[string, Message]>([
      ['digest', views.digestMessage(whole)],
      ['reminder', views.ownerMessage({ credentials: many, days: 7, maySnooze: true }, NOW, MIGRATORS)],
      ['preview', views.previewMessage(whole, WINDOW, false, new Set(['U0A']))],
      ['question before sending', views.remindNowMessage(whole, 'id')],
    ])('the %s is taken by Slack, and text', (_name, message) => {
      expect(messageRejection(message.text, message.blocks, MAX_NEW_TEXT)).toBeNull();
      expect(faultsOfMrkdwn(message.text)).toEqual([]);
      expect(message.text).not.toMatch(/<!(?!date)/);
      expect(JSON.stringify(message.blocks).replaceAll('&lt;!', '')).not.toMatch(
        /"mrkdwn","text":"[^"]*<!(?!date)/,
      );
    });
  },
);

describe('the preview', () => {
  test('says which reminder is due, to whom it would go, and who is not reached', () => {
    const groups = [
      group('a@example.com', person('U0A'), 'nightly'),
      group('snoozed@example.com', person('U0S'), 'asleep'),
      group('later@example.com', null, 'weekly'),
      group('left@example.com', away('unknown'), 'lonely'),
    ];
    const snoozed = new Set(['U0S']);
    const { text } = views.previewMessage(digest(groups), WINDOW, false, snoozed);
    expect(text).toMatch(/^The reminder of 2025-06-23 \(7 days left\) is due\./);
    expect(text).toContain('*Direct messages to:*\n<@U0A>: `nightly`');
    expect(text).toMatch(/^<@U0A>: `nightly` .*`dev`$/m);
    expect(text).toMatch(/^<@U0S>: `asleep` .* \(snoozed: no message\)$/m);
    expect(text).toContain('`later@example.com`: `weekly`');
    expect(text).toContain('`lonely`');
  });

  test.each([
    [null, false, 'No reminder is due yet.'],
    [LAST_WINDOW, true, 'The reminder of 2025-06-30 (last day) was sent.'],
  ])('of window %j, served: %s', (window, served, words) => {
    const { text } = views.previewMessage(digest([]), window, served, new Set());
    expect(text.split('\n')[0]).toBe(words);
    expect(text).toContain('Nobody would get a direct message.');
  });
});

test('the end gives the totals', () => {
  const { counts } = overview(null);
  expect(views.endMessage(counts).text).toContain('4000 credentials migrated (500 not eligible, 400 unknown');
  const all = { eligible: 0, migrating: 0, migrated: 1, not_eligible: 0, unknown: 0, needs_attention: 0 };
  expect(views.endMessage(all).text).toContain('1 credential migrated. No more reminders');
});

test('the question before sending says how many, and asks again', () => {
  const message = views.remindNowMessage(digest([group('a@example.com', person('U0A'), 'x')]), 'round-1');
  expect(message.text).toContain('5000 open credentials');
  expect(JSON.stringify(message.blocks)).toContain('"value":"round-1"');
  expect(JSON.stringify(message.blocks)).toContain('They cannot be taken back.');
});
