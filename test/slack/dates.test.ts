import { expect, test } from 'vitest';
import type { Migration } from '../../src/migrations/migration.ts';
import { digestParts } from '../../src/slack/messages/digest.ts';
import { faqMessage } from '../../src/slack/messages/faq.ts';
import { historyMessage } from '../../src/slack/messages/history.ts';
import { listMessage } from '../../src/slack/messages/list.ts';
import { progressMessage } from '../../src/slack/messages/progress.ts';
import { questionMessage } from '../../src/slack/messages/question.ts';
import { ownerMessage } from '../../src/slack/messages/reminders.ts';
import { credentialMessage } from '../../src/slack/messages/status.ts';
import { everyHome } from './every-home.ts';
import { everyMessage } from './every-message.ts';
import { confirmed, credential, deadlineIn, digest, history, migration, ORDINARY, overview } from './samples.ts';

const BEFORE = { days: 29, now: new Date('2025-06-01T12:00:00Z') };
const OVERDUE = { days: -15, now: new Date('2025-07-15T12:00:00Z') };
const AFTER_BOTH = { days: -514, now: new Date('2026-11-26T12:00:00Z') };
/** The organisation's own deadline is ahead, and both of Adobe's dates have passed. */
const LATER_DEADLINE = { ...AFTER_BOTH, days: 66, deadline: '2027-01-31' };

/** Matches promises that jobs simply continue. */
const PROMISE = /keep running unchanged/;
const JWT_FAILS = /JWT credentials (no longer refresh|have not refreshed)/;
const SECOND_DATE_AHEAD = /until (its|their) certificate expires or 1 March 2026/;
const CONVERTED =
  /1 March 2026.*Adobe (converts|has converted) what is left|Adobe (converts|has converted) what is left.*1 March 2026/;
const PERHAPS_ADOBE = /perhaps by Adobe itself/;

/** Every message that depends on Adobe's dates, as it reads at `now`. */
function messagesOn({ days, now, deadline = '2025-06-30' }: typeof BEFORE & { deadline?: string }) {
  const left = credential(ORDINARY);
  const about = { overview: overview(null), deadline: deadlineIn(days), now };
  const end = (changes: Partial<Migration> = {}) =>
    progressMessage(
      confirmed(ORDINARY, { state: 'migrated', startedAt: now, endedAt: now, reason: null, ...changes }),
      { kind: 'ended' },
    ).text;
  const moved = history(ORDINARY).filter(({ action }) => action === 'migrated_outside');
  const rows = moved.map((entry) => ({ ...entry, at: now }));
  return {
    list: listMessage({
      ...about,
      view: { offset: 0 },
      page: { rows: [left], total: 1 },
      ownerIds: new Map(),
      mayMigrate: true,
      endsHere: false,
      adobe: { sandboxes: ['prod', 'dev'], productionSandboxes: null },
    }).text,
    digest: digestParts(digest(about))
      .map(({ message }) => message.text)
      .join('\n'),
    owner: ownerMessage(
      {
        ...about,
        credentials: [left],
        next: '2025-06-27',
        maySnooze: false,
        snoozedUntil: null,
        mayMigrate: false,
        migrators: [],
      },
      now,
      { users: [], groups: [] },
    ).text,
    faq: faqMessage(deadline, 'query-service', now).text,
    question: questionMessage({ ...migration(ORDINARY), askedAt: now }, left, null).text,
    migrated: end(),
    elsewhere: end({ reason: { code: 'elsewhere' } }),
    history: historyMessage({ rows, total: rows.length }, { offset: 0 }, null).text,
    status: credentialMessage(
      credential(ORDINARY, { status: 'migrated', adobeStatus: 'completed' }),
      null,
      { mayMigrate: true, endsHere: false },
      now,
    ).text,
  };
}

/** The names of the messages that match. */
const where = (messages: ReturnType<typeof messagesOn>, pattern: RegExp) =>
  Object.entries(messages).flatMap(([name, text]) => (pattern.test(text) ? [name] : []));

test('before the deadline, messages promise what Adobe promises: jobs keep running unchanged', () => {
  const messages = messagesOn(BEFORE);
  expect(where(messages, PROMISE)).toEqual(['owner', 'question', 'migrated']);
  expect(where(messages, JWT_FAILS)).toEqual(['digest', 'owner', 'faq']);
  expect(messages.digest).toContain('After the deadline, JWT credentials');
  expect(where(messages, SECOND_DATE_AHEAD)).toEqual(['faq']);
  expect(where(messages, CONVERTED)).toEqual([]);
  expect(where(messages, PERHAPS_ADOBE)).toEqual([]);
});

test('after the deadline, no message promises that jobs run, and the later date is named while it is in the future', () => {
  const messages = messagesOn(OVERDUE);
  expect(where(messages, PROMISE)).toEqual([]);
  expect(where(messages, JWT_FAILS)).toEqual(['digest', 'owner', 'faq', 'question']);
  expect(messages.digest).not.toContain('After the deadline');
  expect(where(messages, SECOND_DATE_AHEAD)).toEqual(['owner', 'faq', 'question']);
  expect(where(messages, CONVERTED)).toEqual([]);
  expect(where(messages, PERHAPS_ADOBE)).toEqual([]);
  expect(messages.migrated).toContain('run one of them to check');
});

test('after both dates, messages say that Adobe converts what is left, and which ones it may have converted', () => {
  const messages = messagesOn(AFTER_BOTH);
  expect(where(messages, PROMISE)).toEqual([]);
  expect(where(messages, JWT_FAILS)).toEqual(['digest', 'owner', 'faq', 'question']);
  expect(where(messages, SECOND_DATE_AHEAD)).toEqual([]);
  expect(where(messages, CONVERTED)).toEqual(['owner', 'faq', 'question']);
  expect(where(messages, PERHAPS_ADOBE)).toEqual(['elsewhere', 'history', 'status']);
  expect(messages.faq).not.toContain('Adobe cannot migrate for you');
});

test('what Adobe has ended is described as over, even where an organisation has set a later deadline', () => {
  const late = messagesOn(LATER_DEADLINE);
  expect(where(late, CONVERTED)).toEqual(['owner', 'faq', 'question']);
  expect(where(late, /After the deadline|After 31 January 2027|jobs keep running/)).toEqual([]);
  expect(late.faq).toContain('Since 30 June 2025, JWT credentials have not refreshed');
});

test('no message says that a JWT credential works unless it gives a date', () => {
  const works = /both (credentials )?(of [^.]*)?work|JWT (one|credential) works|jobs keep running, and/i;
  const messages = Object.entries(everyMessage(ORDINARY)).flatMap(([name, samples]) =>
    samples.some((sample) => works.test(JSON.stringify(sample))) ? [name] : [],
  );
  expect(messages).toEqual([]);
  expect(JSON.stringify(everyHome(ORDINARY))).not.toMatch(works);
});
