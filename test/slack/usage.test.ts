import { expect, test } from 'vitest';
import { NO_CREDENTIALS } from '../../src/credentials/credential.ts';
import { digestParts } from '../../src/slack/messages/digest.ts';
import { impactLines, impactSummary } from '../../src/slack/messages/impact.ts';
import { pickerOption } from '../../src/slack/messages/picker.ts';
import { failingMark, usagePlain, usageWords } from '../../src/slack/messages/usage.ts';
import { impactOf } from '../../src/usage/impact.ts';
import { credential, digest, NOW, ORDINARY, overview, problems, usages } from './samples.ts';

const of = (usage: ReturnType<typeof usages>[number], status: 'eligible' | 'migrated' = 'eligible') =>
  credential(ORDINARY, { usage, status });

test('a row says in a few words why it has its position', () => {
  expect(usages(ORDINARY).map((usage) => usagePlain(of(usage), NOW))).toEqual([
    'failing since at least 2025-06-01: bi-nightly',
    'next run 2025-06-01 13:00 UTC',
    'last query 2025-06-01',
    'failing since 2025-06-01',
    'idle for 30 days',
  ]);
  expect(usageWords(of(usages(ORDINARY)[0] ?? []), NOW)).toMatch(
    /^failing since at least <!date\^.+\|2025-06-01>: `bi-nightly`$/,
  );
});

test('use that could not be read is never called idle, and use that is not known yet is described as such', () => {
  const [problem = null] = problems(ORDINARY);
  const idle = usages(ORDINARY).at(-1) ?? [];
  expect(usageWords(of(idle.map((each) => ({ ...each, problem }))), NOW)).toBe('use could not be read');
  expect(usageWords(of([]), NOW)).toBe('use not known yet');
  const later = new Date(NOW.getTime() + 3 * 86_400_000);
  expect(usageWords(of(idle), later)).toBe('use not known yet');
});

test('one line before the name is typed says what depends on the credential', () => {
  const said = usages(ORDINARY).map((usage) =>
    impactSummary(impactOf({ sandboxes: usage.map(({ sandbox }) => sandbox), usage }, NOW)),
  );
  const next = 'next <!date^1748782800^{date_short_pretty} {time}|2025-06-01 13:00 UTC>';
  expect(said).toEqual([
    `⚠️ *Failing* · 24 schedules, ${next} · at least 200 queries in 30 days`,
    `24 schedules, ${next} · 0 queries in 30 days`,
    'No schedules, and no queries in 30 days',
    '⚠️ *Failing* · No schedules, and no queries in 30 days',
    'No schedules, and no queries in 30 days',
  ]);
  expect(impactSummary(impactOf({ sandboxes: ['dev'], usage: [] }, NOW))).toBe('What uses it is not known yet.');
});

test('the last run is not called a query where only runs are known', () => {
  const said = usages(ORDINARY).map((usage) =>
    impactLines(impactOf({ sandboxes: usage.map(({ sandbox }) => sandbox), usage }, NOW), NOW).at(-1),
  );
  const last = '<!date^1748779200^{date_short_pretty} {time}|2025-06-01 12:00 UTC>: failed';
  expect(said.slice(0, 3)).toEqual([
    `At least 200 queries in 30 days, the last ${last}`,
    `No query in 30 days; the last run ${last}: \`bi-nightly\``,
    `No query in 30 days; the last run ${last}: \`bi-nightly\``,
  ]);
  expect(said.at(-1)).toBe('No query in 30 days');
});

test('nothing is said about the use of a credential that is no longer left to migrate', () => {
  const failing = usages(ORDINARY)[0] ?? [];
  expect(usageWords(of(failing, 'migrated'), NOW)).toBe('');
  expect([failingMark(of(failing), NOW), failingMark(of(failing, 'migrated'), NOW)]).toEqual([' · *failing*', '']);
  expect(pickerOption(of(failing, 'migrated'), NOW)).not.toHaveProperty('description');
  expect(pickerOption(of(failing), NOW).description?.text).toBe('failing since at least 2025-06-01: bi-nightly');
});

test('the digest counts and marks failing credentials', () => {
  const credentials = [usages(ORDINARY)[0] ?? [], []].map((usage) => of(usage));
  const groups = [
    { email: 'owner@example.com', recipient: { kind: 'person', userId: 'U0OWNER001' } as const, credentials },
  ];
  const counts = { ...NO_CREDENTIALS, eligible: 2 };
  const [part] = digestParts(digest({ groups, overview: { ...overview(null), counts } }));
  const message = part?.message;
  expect(message?.text).toMatch(/^Query Service credentials: 2 left, 1 failing · 30 June 2025 · /);
  expect(message?.text.match(/ · \*failing\*/g)).toHaveLength(1);
});
