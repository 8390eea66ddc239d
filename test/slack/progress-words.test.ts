import { expect, test } from 'vitest';
import { CREDENTIAL_STATUSES } from '../../src/credentials/credential.ts';
import type { MigrationState, Reason } from '../../src/migrations/migration.ts';
import { ACTIONS } from '../../src/slack/ids.ts';
import { STATUS_SIGNS } from '../../src/slack/messages/credential-row.ts';
import { progressMessage } from '../../src/slack/messages/progress.ts';
import { STATUS_WORDS } from '../../src/slack/messages/terms.ts';
import { everyMessage } from './every-message.ts';
import { confirmed, NOW, ORDINARY } from './samples.ts';

test('each status has one sign, the same in every message', () => {
  const signs = new Map([
    ...CREDENTIAL_STATUSES.map((status) => [STATUS_WORDS[status], STATUS_SIGNS[status]] as const),
    ['Queued', '🕓'],
    ['Waiting for Adobe', '🕓'],
  ]);
  const lines = Object.values(everyMessage(ORDINARY))
    .flat()
    .flatMap(({ text }) => text.split('\n'));
  const said = lines.flatMap((line) => {
    const [, sign = '', word = ''] = /^(\p{Emoji}\S*) \*([A-Z][a-z]+(?: [a-zA-Z]+)*)/u.exec(line) ?? [];
    const known = [...signs.keys()].find((each) => word.startsWith(each));
    return known === undefined ? [] : [{ line, sign, wanted: signs.get(known) }];
  });
  expect(said.length).toBeGreaterThan(20);
  expect(said.filter(({ sign, wanted }) => sign !== wanted)).toEqual([]);
  expect(lines.filter((line) => / queued\b/.test(line) && /^[⏳🔄]/u.test(line))).toEqual([]);
});

test('the end of a migration says where to learn how the jobs run, where they are watched', () => {
  const said = (watchMs: number, state: MigrationState = 'migrated') =>
    progressMessage(confirmed(ORDINARY, { state }), {
      kind: 'ended',
      after: { url: 'https://example.com', left: 1, next: null, watchMs },
    }).text.includes('Its jobs are watched for 24 hours; this thread says how they run.');
  expect([said(86_400_000), said(0), said(86_400_000, 'failed')]).toEqual([true, false, false]);
});

test('a migration that failed can be tried again from its message, unless the result would be the same', () => {
  const offers = (reason: Reason) => {
    const end = confirmed(ORDINARY, { state: 'failed', reason });
    return JSON.stringify(progressMessage(end, { kind: 'ended' }).blocks).includes(`"${ACTIONS.migrate}"`);
  };
  const held = { code: 'held', by: 'U0OWNER001', words: 'Month-end', lastDay: '2025-06-20' } as const;
  expect([{ code: 'late' } as const, { code: 'outdated' } as const, { code: 'put_back' } as const].map(offers)).toEqual(
    [true, true, true],
  );
  expect([held, { code: 'not_eligible' } as const, { code: 'dry_run_set' } as const].map(offers)).toEqual([
    false,
    false,
    false,
  ]);
});

test('progress and end say production once, next to the sandbox', () => {
  const shown = { sandboxes: ['prod'], production: ['prod'] };
  const running = confirmed(ORDINARY, { shown: { ...confirmed(ORDINARY).shown, ...shown } });
  const ended = { ...running, state: 'migrated', startedAt: NOW, endedAt: NOW } as const;
  for (const { text } of [
    progressMessage(running, { kind: 'running', elapsedSeconds: 12, expectedSeconds: 40 }),
    progressMessage(ended, { kind: 'ended' }),
  ]) {
    expect(text.match(/production/g)).toEqual(['production']);
    expect(text).toContain('\nsandbox 🔒 `prod` (production) · ');
  }
});
