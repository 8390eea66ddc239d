import { expect, test } from 'vitest';
import { CONSOLE_CHANGES } from '../../src/adobe/developer-console.ts';
import { AdobeHealth } from '../../src/adobe/health.ts';
import { START } from '../../src/adobe/query-service.ts';
import type { AdobeErrorKind } from '../../src/credentials/adobe-error.ts';
import { recording } from '../lib/recording.ts';
import { TestClock } from '../support/clock.ts';

const QUARTER_HOUR = 15 * 60;

function start() {
  const clock = new TestClock();
  const { logger, lines } = recording([], 'info');
  const health = new AdobeHealth({ clock, logger });
  const read = (outcomes: readonly ('ok' | AdobeErrorKind)[]) => {
    for (const outcome of outcomes) health.note({ operation: 'read an integration', outcome, seconds: 0 });
  };
  return { clock, health, lines, read };
}

test.each([[['not_allowed', 'ok']], [['ok', 'not_allowed']], [['ok', 'no_such_path', 'ok', 'refused']]] as const)(
  'a single unreadable item among many, at every sync, is not reported as a fault of Adobe or of the settings: %j',
  (outcomes) => {
    const { clock, health, lines, read } = start();
    read(['ok']);
    for (let i = 0; i < 3; i++) {
      clock.advance(QUARTER_HOUR);
      read(outcomes);
      expect(health.state()).toEqual({ ok: true });
      clock.advance(120);
      expect(health.state()).toEqual({ ok: true });
    }
    expect(lines).toEqual([]);
  },
);

test('the loss of a permission is reported after a minute', () => {
  const { clock, health, lines, read } = start();
  read(['ok']);
  clock.advance(QUARTER_HOUR);
  read(['not_allowed', 'not_allowed']);
  clock.advance(61);
  expect(health.state().detail).toContain('Adobe does not let the app read an integration');
  read(['not_allowed']);
  read(['not_allowed']);
  expect(lines).toHaveLength(1);
});

test.each([START, ...CONSOLE_CHANGES])('a failed call to %s is not reported as a fault of Adobe', (operation) => {
  const { clock, health, lines } = start();
  for (const outcome of ['not_allowed', 'unavailable'] as const) {
    health.note({ operation, outcome, seconds: 0 });
    clock.advance(QUARTER_HOUR);
    expect(health.state()).toEqual({ ok: true });
  }
  expect(lines).toEqual([]);
});

test('an outage that affects several operations is logged in one line, and its end in another', () => {
  const { clock, health, lines } = start();
  const note = (outcome: 'ok' | AdobeErrorKind) => {
    for (const operation of ['list the integrations', 'read a migration status', 'list the accounts'])
      health.note({ operation, outcome, seconds: 0 });
  };
  note('ok');
  for (let i = 0; i < 3; i++) {
    note('unavailable');
    clock.advance(QUARTER_HOUR);
  }
  note('ok');
  expect(lines.map((each) => JSON.parse(each).msg)).toEqual([
    expect.stringContaining('Adobe has failed to list the integrations since'),
    'Adobe is well again',
  ]);
});
