import { expect, test } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { boltLogger } from '../../src/slack/bolt-logger.ts';
import { recording } from '../lib/recording.ts';

test.each([
  ['debug', 'trace'],
  ['info', 'debug'],
  ['warn', 'warn'],
  ['error', 'error'],
] as const)('Bolt’s %s is logged as %s', (method, level) => {
  const { logger, last } = recording();
  boltLogger(logger)[method]('message', { a: 1 }, 7);
  expect(last()).toMatchObject({ level, msg: 'message {"a":1} 7', component: 'bolt' });
});

test('the first error Bolt logs is serialised, and further errors and circular objects are described', () => {
  const { logger, last } = recording();
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  boltLogger(logger).error(new RangeError('first'), new Error('second'), circular);
  expect(last()).toMatchObject({ err: { type: 'RangeError', message: 'first' } });
  expect(last().msg).toMatch(/^Error: second .*Circular/);
  boltLogger(logger).error(new RangeError('alone'));
  expect(last().msg).toBe('alone');
});

test.each([
  ['trace', 'debug'],
  ['debug', 'info'],
  ['info', 'warn'],
  ['warn', 'warn'],
  ['error', 'error'],
  ['silent', 'error'],
] as const)('with LOG_LEVEL %s, Bolt sees level %s', (level, expected) => {
  const bolt = boltLogger(createLogger({ level, secrets: [] }));
  expect(bolt.getLevel()).toBe(expected);
});
