import { describe, expect, test } from 'vitest';
import type { CredentialStatus } from '../../src/credentials/credential.ts';
import { ACTIONS } from '../../src/slack/ids.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { faqMessage } from '../../src/slack/messages/faq.ts';
import { grouped } from '../../src/slack/messages/formatting.ts';
import { listMessage } from '../../src/slack/messages/list.ts';
import type { ListView } from '../../src/slack/messages/list-view.ts';
import { progressMessage } from '../../src/slack/messages/progress.ts';
import { closedQuestion, questionMessage } from '../../src/slack/messages/question.ts';
import { productionModal } from '../../src/slack/messages/question-modal.ts';
import { credentialMessage } from '../../src/slack/messages/status.ts';
import { countdown, sandboxWords, whereWords } from '../../src/slack/messages/terms.ts';
import { withdrawMessage } from '../../src/slack/messages/withdraw.ts';
import { confirmed, credential, deadlineIn, migration, NOW, ORDINARY, overview } from './samples.ts';

const DEV = { ...ORDINARY, sandboxes: ['dev'] };

/** The parts of an element that these tests check. */
interface Element {
  readonly type: string;
  readonly action_id?: string;
  readonly value?: string;
  readonly accessibility_label?: string;
  readonly confirm?: { readonly text: { readonly text: string } };
}

/** Every button of a message, by its action id. */
function buttonsOf({ blocks }: Message): Record<string, Element> {
  const elements = blocks.flatMap((block): Element[] => {
    if (block.type === 'actions') return block.elements;
    return block.type === 'section' && block.accessory !== undefined ? [block.accessory] : [];
  });
  return Object.fromEntries(elements.map((element) => [element.action_id, element]));
}

function listOf(view: ListView, changes: Partial<Parameters<typeof listMessage>[0]> = {}): Message {
  const page = { rows: [credential(ORDINARY)], total: 31 };
  const adobe = { sandboxes: ['prod', 'dev'], productionSandboxes: null };
  return listMessage({
    view,
    overview: overview(null),
    page,
    ownerIds: new Map(),
    mayMigrate: true,
    endsHere: false,
    adobe,
    deadline: deadlineIn(29),
    now: NOW,
    ...changes,
  });
}

test.each<[CredentialStatus, string]>([
  ['eligible', 'Eligible'],
  ['migrating', 'Migrating'],
  ['unfinished', 'Unfinished'],
  ['migrated', 'Migrated'],
  ['not_eligible', 'Not eligible'],
  ['unknown', 'Unknown'],
  ['needs_attention', 'Needs attention'],
])('the list calls %s %j, in its row and in the counts, and offers Migrate only for Eligible', (status, words) => {
  const { counts, sync } = overview(null);
  const known = { counts: { ...counts, unfinished: 2 }, sync };
  const page = { rows: [credential(ORDINARY, { status })], total: 1 };
  const shown = status === 'eligible' ? '' : ` · \\*${words}\\*`;
  const usage = ['migrated', 'not_eligible'].includes(status) ? '' : ' · use not known yet';
  const message = listOf({ offset: 0 }, { overview: known, page });
  expect(message.text).toMatch(new RegExp(`^\\S+ \`bi-nightly\`${shown}${usage}\\n🔒 \`prod\`, \`dev\``, 'm'));
  expect(message.text).toMatch(new RegExp(`${words} \\d+( ·|\\n)`));
  expect(ACTIONS.migrate in buttonsOf(message)).toBe(status === 'eligible');
});

test('the list offers a person with read-only access only buttons that turn its pages, filter it and refresh it', () => {
  expect(Object.keys(buttonsOf(listOf({ offset: 0 }, { mayMigrate: false })))).toEqual([
    ACTIONS.listNext,
    ACTIONS.listShow,
    ACTIONS.listRefresh,
  ]);
});

test('a Migrate button names its credential to screen readers and carries its id', () => {
  expect(buttonsOf(listOf({ offset: 0 }))[ACTIONS.migrate]).toMatchObject({
    accessibility_label: 'Migrate bi-nightly',
    value: credential(ORDINARY).technicalAccountId,
  });
});

test.each([
  [0, '1–1 of 31', [null, 12]],
  [3, '4–4 of 31', [0, 15]],
  [12, '13–13 of 31', [0, 24]],
  [20, '21–21 of 31', [8, null]],
  [30, '31–31 of 31', [18, null]],
])('the list turns the pages of a search from offset %i', (offset, range, [back, on]) => {
  const message = listOf({ words: ['bi'], offset });
  const buttons = buttonsOf(message);
  const turn = (to: number | null | undefined) =>
    typeof to === 'number' ? JSON.stringify({ words: ['bi'], offset: to }) : undefined;
  expect(message.text).toContain(range);
  expect(buttons[ACTIONS.listPrevious]?.value).toBe(turn(back));
  expect(buttons[ACTIONS.listNext]?.value).toBe(turn(on));
});

test('a list page beyond the end says that it is', () => {
  const message = listOf({ offset: 45 }, { page: { rows: [], total: 31 } });
  expect(message.text).toContain('Nothing from 46 on; there are 31.');
});

test.each<[ListView, string]>([
  [{ offset: 0 }, 'No credential is left to migrate.'],
  [{ mine: true, offset: 0 }, 'No non-expiring credential is assigned to you.'],
  [{ statuses: ['eligible'], offset: 0 }, 'No credential is Eligible.'],
  [{ statuses: ['needs_attention'], offset: 0 }, 'No credential needs attention.'],
  [{ statuses: ['unknown', 'needs_attention'], offset: 0 }, 'No credential is Unknown or needs attention.'],
  [{ words: ['a', 'b'], offset: 0 }, 'No credential matches `a b`.'],
])('an empty list for %j says what it looked for', (view, words) => {
  expect(listOf(view, { page: { rows: [], total: 0 } }).text).toContain(words);
});

test('the list gives the reason for Unknown once, however many credentials share it', () => {
  const unknown = credential(ORDINARY, { status: 'unknown', unknownBecause: { code: 'not_in_console' } });
  const { text } = listOf({ offset: 0 }, { page: { rows: [unknown, unknown, unknown], total: 3 } });
  expect(text.split('*Unknown*: The Developer Console shows no integration')).toHaveLength(2);
});

test.each([
  [30, '30 days left'],
  [1, '1 day left'],
  [0, 'last day'],
  [-1, '1 day overdue'],
  [-400, '400 days overdue'],
])('%i days before the deadline is written %j', (days, words) => {
  expect(countdown(days)).toBe(words);
});

test('the list says in its last line which sandboxes are production, and why', () => {
  const last = (sandboxes: string[], productionSandboxes: string[] | null) =>
    listOf({ offset: 0 }, { adobe: { sandboxes, productionSandboxes } }).text.match(/^🔒 Production: .*$/m)?.[0];
  const byName = '(by name; set `PRODUCTION_SANDBOXES` to change).';
  expect(last(['dev', 'emea-live', 'prod'], null)).toBe(`🔒 Production: \`emea-live\`, \`prod\` ${byName}`);
  expect(last(['dev', 'emea', 'prod'], ['emea'])).toBe('🔒 Production: `emea` (`PRODUCTION_SANDBOXES`).');
  expect(last(['dev'], null)).toBe(`🔒 Production: none ${byName}`);
  expect(last(Array(12).fill('prod'), null)).toMatch(/`prod`, 2 more \(by name/);
});

test('all sandboxes are named, or the first few with production first where there are many', () => {
  const words = (sandboxes: string[], production: string[]) => sandboxWords({ sandboxes, production });
  expect(words(['dev', 'prod', 'stage'], ['prod'])).toBe('🔒 `prod`, `dev`, `stage`');
  expect(words(['a', 'b', 'c', 'd', 'prod'], ['prod'])).toBe('🔒 `prod`, `a`, `b`, `c`, `d`');
  expect(words(['a', 'b', 'c', 'd', 'e', 'f', 'prod'], ['prod'])).toBe('🔒 `prod`, `a`, `b`, `c`, `d`, 2 more');
});

const UNDESCRIBED = { description: '', certificateUntil: null, adobeStatus: 'not_started' } as const;

test('a question about production requires typing the name, and any other question opens a dialog', () => {
  const production = buttonsOf(questionMessage(migration(ORDINARY), UNDESCRIBED, null));
  expect(Object.keys(production)).toEqual([ACTIONS.confirmProduction, ACTIONS.cancel]);
  const other = buttonsOf(questionMessage(migration(DEV), UNDESCRIBED, null));
  expect(Object.keys(other)).toEqual([ACTIONS.confirm, ACTIONS.cancel]);
  expect(other[ACTIONS.confirm]?.confirm?.text.text).toMatch(/^bi-nightly: It cannot be cancelled once started/);
  for (const { value } of [...Object.values(production), ...Object.values(other)])
    expect(value).toBe(migration(ORDINARY).id);
});

test('a question says what it is about, what cannot be undone, and when it expires', () => {
  const { text } = questionMessage(migration(ORDINARY), { ...UNDESCRIBED, description: 'Nightly load' }, [
    'U0ADMIN002',
  ]);
  for (const words of [
    'Migrate `bi-nightly`?',
    '🔒 `prod`, `dev` (🔒 production) · owner `bi-nightly`',
    'Technical account `0123456789ABCDEF01234567`',
    'Description: `Nightly load`',
    'cannot be undone',
    'This is production.',
    'Asked by <@U0ADMIN001>. A second person has to confirm',
    'Expires at <!date^1748779800^{time}|',
  ])
    expect(text).toContain(words);
});

test('a question says what depends on the credential before what cannot be undone, and gives ids last', () => {
  const { text } = questionMessage(migration(ORDINARY), UNDESCRIBED, null);
  const places = ['Migrate `', '*If nothing is done*', 'cannot be undone', 'Technical account', 'Expires at'];
  const found = places.map((words) => text.indexOf(words));
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  expect(found).not.toContain(-1);
});

test('the production sign is explained where one of several sandboxes has it', () => {
  const owner = null;
  expect(whereWords({ sandboxes: ['prod'], production: ['prod'], owner })).toBe(
    'sandbox 🔒 `prod` (production) · no owner',
  );
  expect(whereWords({ sandboxes: ['dev', 'prod'], production: ['prod'], owner })).toBe(
    'sandboxes 🔒 `prod`, `dev` (🔒 production) · no owner',
  );
});

test.each([
  ['query-service', 'start', '`bi-nightly`'],
  ['developer-console', 'finish', 'inishing the migration of `bi-nightly`'],
  ['developer-console', 'cancel', 'ndoing the migration of `bi-nightly`'],
] as const)('a withdrawal names what was withdrawn: by %s, %s', (method, step, words) => {
  const reason = { code: 'withdrawn', by: 'U0ADMIN001' } as const;
  const end = confirmed(DEV, { method, step, state: 'failed', endedAt: NOW, reason });
  expect(progressMessage(end, { kind: 'ended' }).text).toMatch(new RegExp(`^↩️ \\*Withdrawn\\*: .?${words}`));
  expect(withdrawMessage({ kind: 'withdrawn', migration: end }).text).toMatch(new RegExp(`^.?${words} is withdrawn`));
});

test('the modal asks for the technical account id where the name is too long to type', () => {
  const asked = (text: string) =>
    JSON.stringify(productionModal(migration({ ...ORDINARY, text }), { id: '1', responseUrl: null }).blocks);
  expect(asked('n'.repeat(80))).toMatch(/"n{80}".*"Type the name to confirm"/);
  expect(asked('n'.repeat(81))).toMatch(/"0123456789ABCDEF01234567".*"Type the technical account id to confirm"/);
});

test.each([
  ['cancelled', 'was cancelled by <@U0ADMIN001>'],
  ['expired', 'expired after 10 minutes'],
  ['void', 'no longer valid: the credential has changed since'],
  ['confirmed', 'was confirmed by <@U0ADMIN001>'],
] as const)('a question that is %s has no buttons and says what happened', (state, words) => {
  const message = closedQuestion(confirmed(ORDINARY, { state, reason: { code: 'changed' } }));
  expect(message.text).toContain(words);
  expect(buttonsOf(message)).toEqual({});
});

test('the progress bar shows the progress so far, and never more than full', () => {
  const at = (elapsedSeconds: number) =>
    progressMessage(confirmed(ORDINARY), { kind: 'running', elapsedSeconds, expectedSeconds: 40 }).text;
  expect(at(0)).toContain('▱▱▱▱▱▱▱▱▱▱ 0 s of about 40 s.');
  expect(at(20)).toContain('▰▰▰▰▰▱▱▱▱▱ 20 s of about 40 s.');
  expect(at(40)).toContain('▰▰▰▰▰▰▰▰▰▰ 40 s of about 40 s.');
  expect(at(80)).toContain('▰▰▰▰▰▰▰▰▰▰ 80 s of about 40 s. Longer than usual');
  expect(at(3_624)).toContain('▰▰▰▰▰▰▰▰▰▰ 1 h so far. Longer than usual');
});

test('the end of a migration says who asked, who confirmed, and how long it took', () => {
  const times = { startedAt: NOW, endedAt: new Date(NOW.getTime() + 35_400) };
  const end = confirmed(ORDINARY, { state: 'migrated', askedBy: 'U0OWNER001', ...times });
  const { text } = progressMessage(end, { kind: 'ended' });
  expect(text).toContain('✅ *Migrated*: `bi-nightly` <!date');
  expect(text).toContain(', after 35 s.');
  expect(text).toMatch(/asked by <@U0OWNER001>, confirmed by <@U0ADMIN001> <!date/);
});

describe('the last day of a certificate', () => {
  const MIGRATOR = { mayMigrate: true, endsHere: false };
  const certificateUntil = new Date('2027-05-12T10:00:00Z');
  const later = new Date('2027-05-12T10:00:01Z');

  test('is given in the question and the status of a credential, both before and after that day', () => {
    const question = (askedAt: Date) =>
      questionMessage({ ...migration(ORDINARY), askedAt }, { ...UNDESCRIBED, certificateUntil }, null).text;
    expect(question(NOW)).toContain('Certificate valid until 12 May 2027');
    expect(question(later)).toContain('Certificate expired on 12 May 2027');
    const status = (now: Date) =>
      credentialMessage(credential(ORDINARY, { certificateUntil }), null, MIGRATOR, now).text;
    expect(status(NOW)).toContain('Certificate valid until 12 May 2027');
    expect(status(later)).toContain('Certificate expired on 12 May 2027');
  });

  test('is not given where Adobe does not provide it, nor for a migrated credential', () => {
    for (const changes of [
      { certificateUntil: null },
      { certificateUntil, adobeStatus: 'completed', status: 'migrated' },
    ] as const)
      expect(credentialMessage(credential(ORDINARY, changes), null, MIGRATOR, NOW).text).not.toContain('ertificate');
  });
});

test('numbers are grouped by thousands', () => {
  expect([0, 999, 1_000, 12_345, 1_000_000].map(grouped)).toEqual(['0', '999', '1 000', '12 345', '1 000 000']);
});

test('the end of a migration whose start Adobe throttled says to ask again after the pause, since only a sync continues after a pause', () => {
  const until = '2025-06-01T13:00:00.000Z';
  const problem = { kind: 'throttled', operation: 'start a migration', until } as const;
  const end = confirmed(ORDINARY, { state: 'failed', endedAt: NOW, reason: { code: 'unsent', problem } });
  const { text } = progressMessage(end, { kind: 'ended' });
  expect(text).toMatch(/Adobe asks for a pause until .*\. Nothing was sent\. Ask again after that\./);
  expect(text).not.toContain('the sync goes on');
});

test('the FAQ says for each method whether a migration can be stopped', () => {
  const never = 'It cannot be cancelled once started and cannot be undone.';
  expect(faqMessage('2025-06-30', 'query-service', NOW).text).toContain(never);
  expect(faqMessage('2025-06-30', 'hand-off', NOW).text).toContain(never);
  const inSteps = faqMessage('2025-06-30', 'developer-console', NOW).text;
  expect(inSteps).toContain('The first of its two steps can be undone');
  expect(inSteps).not.toContain(never);
});
