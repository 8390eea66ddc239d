import { expect, test } from 'vitest';
import { failedAfterRows, watchMessage, watchStatusRows } from '../../src/slack/messages/watch.ts';
import { givenUp, type SandboxWatch, type WatchedMigration } from '../../src/watch/watch.ts';
import { sandbox, schedule, watched } from './every-watch.ts';
import { NOW, ORDINARY } from './samples.ts';

const FAILING = { since: NOW, mayBeEarlier: false, error: 'no access' };
const TIME = '<!date^1748779200^{date_short_pretty} {time}|2025-06-01 12:00 UTC>';
const job = (name: string, changes: Parameters<typeof schedule>[1] = {}) =>
  schedule({ ...ORDINARY, text: name }, { lastRun: { at: NOW, outcome: 'succeeded' }, ...changes });

function textOf(each: WatchedMigration): string[] {
  return watchMessage(each, { isOwner: false }).text.split('\n');
}

test('the end of a watch says how many schedules ran, which did not, and what else ran', () => {
  const queries = { count: 12, isAtLeast: false, failing: null, failedBefore: false };
  const waiting = job('weekly', { lastRun: null, isDue: false });
  const overdue = job('nightly', { lastRun: null, isOverdue: true });
  expect(textOf(watched(ORDINARY, [sandbox([job('a'), job('b'), waiting, overdue], { queries })]))).toEqual([
    '✅ *Jobs of* `bi-nightly` in the 24 hours since its migration:',
    '• 2 of 4 schedules ran, all succeeded',
    expect.stringMatching(/^• `nightly` \(next .+\) should have run and has not$/),
    expect.stringMatching(/^• not run yet: `weekly` \(next .+\)$/),
    '• 12 queries outside schedules',
  ]);
  expect(textOf(watched(ORDINARY, [sandbox([waiting])]))[1]).toMatch(
    /^• no schedule has run yet; the next is `weekly` at /,
  );
  expect(textOf(watched(ORDINARY, [sandbox([])]))).toEqual([
    '🕓 *Jobs of* `bi-nightly` in the 24 hours since its migration:',
    '• no enabled schedule uses it',
  ]);
});

test('a job that failed before its migration, or that works again, is described as such', () => {
  const failed = watched(ORDINARY, [sandbox([job('a', { failing: FAILING, failedBefore: true })])]);
  expect(textOf(failed)).toContain(`• \`a\` failing since ${TIME}: \`no access\`; it also failed before the migration`);
  const again: WatchedMigration = { ...failed, watch: { ...failed.watch, found: [sandbox([job('a')])] } };
  expect(textOf(again)[0]).toBe('⚠️ *Jobs failed after the migration, and work again*: `bi-nightly` · <@U0ADMIN001>');
  expect(textOf(again)).toContain(
    `• \`a\` failed ${TIME}: \`no access\`; it also failed before the migration; it has succeeded since`,
  );
  const rows = [failed, again].map((each) => failedAfterRows({ rows: [each], total: 1 }, { mayAcknowledge: true })[1]);
  expect(rows.map((row) => row?.text)).toEqual([
    `⚠️ \`bi-nightly\` · \`a\` failing since ${TIME}: \`no access\``,
    `⚠️ \`bi-nightly\` · \`a\` failed ${TIME}: \`no access\` · works again`,
  ]);
});

test('a watch whose last look was cut short says that nobody looks any more, and what is known', () => {
  const cut = 'the last of 12 looks at its jobs was cut short. Check in Adobe that they run';
  const cutShort = (found: readonly SandboxWatch[]) => {
    const each = watched(ORDINARY, found);
    return { ...each, watch: givenUp(each.watch) };
  };
  const [head, ...rest] = textOf(cutShort([]));
  expect(head).toBe('⚠️ *Jobs no longer watched after the migration*: `bi-nightly` · <@U0ADMIN001>');
  expect(rest).toEqual([expect.stringContaining(cut)]);
  expect(textOf(cutShort([sandbox([job('a')])])).slice(1)).toEqual([
    expect.stringContaining(cut),
    '• its only schedule ran and succeeded',
  ]);
  const status = watchStatusRows(cutShort([]), { mayAcknowledge: true })[0]?.text;
  expect(status).toContain(cut);
});

test('a failure requires no action once it is acknowledged', () => {
  const failed = watched(ORDINARY, [sandbox([job('a', { failing: FAILING })])]);
  const acknowledged = { ...failed, watch: { ...failed.watch, acknowledged: { by: 'U1', at: NOW } } };
  const hasButton = (each: WatchedMigration) =>
    watchMessage(each, { isOwner: false }).blocks.some(({ type }) => type === 'actions');
  expect([failed, acknowledged].map(hasButton)).toEqual([true, false]);
  expect(textOf(acknowledged).join()).not.toContain('until a migrator');
});
